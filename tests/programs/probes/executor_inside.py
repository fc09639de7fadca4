def measure(texts):
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = {pool.submit(len, t): t for t in texts}
        done, waiting = wait(futures)
        assert not waiting
        return {futures[f]: f.result() for f in done}


sizes = measure(["a", "bb", "ccc"])
print(sizes["a"], sizes["bb"], sizes["ccc"])
assert sizes == {"a": 1, "bb": 2, "ccc": 3}
