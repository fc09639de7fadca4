from concurrent.futures import ThreadPoolExecutor, as_completed


def letters(word):
    return word, sorted(set(word))


words = ["lock", "queue", "pool", "event", "barrier"]
result = {}
with ThreadPoolExecutor(max_workers=3) as pool:
    futures = [pool.submit(letters, w) for w in words]
    for f in as_completed(futures):
        word, found = f.result()
        result[word] = "".join(found)
print(result)
assert sorted(result) == sorted(words)
assert result["pool"] == "lop"
