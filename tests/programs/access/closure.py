import threading


def count_letters(words):
    letters = 0

    def count(word):
        nonlocal letters
        n = len(word)
        letters += n

    threads = [threading.Thread(target=count, args=(w,)) for w in words]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return letters


total = count_letters(["lock", "pool"])
print(total)
assert total == 8
