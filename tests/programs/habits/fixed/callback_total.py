import time, random
from concurrent.futures import ThreadPoolExecutor, as_completed, wait, ALL_COMPLETED


def fetch(url):
    time.sleep(random.random())  # 模拟网络
    return url, len(url)


urls = [f"http://example.com/{i}" for i in range(6)]
results = {}


def save(future):
    url, n = future.result()
    results[url] = n


if __name__ == "__main__":
    start = time.time()
    with ThreadPoolExecutor(max_workers=3) as pool:
        fs = [pool.submit(fetch, u) for u in urls]
        for f in fs:
            f.add_done_callback(save)
        done, not_done = wait(fs, return_when=ALL_COMPLETED)
    assert len(done) == 6 and not not_done
    assert len(results) == 6
    print("耗时%.2f" % (time.time() - start))
