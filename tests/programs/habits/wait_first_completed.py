import time
from concurrent.futures import ThreadPoolExecutor, wait, FIRST_COMPLETED, TimeoutError


def job(n):
    time.sleep(n)
    return n


with ThreadPoolExecutor(3) as pool:
    fs = {pool.submit(job, n): n for n in (0.1, 0.2, 0.3)}
    pending = set(fs)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        for f in done:
            print(fs[f], f.result())
    f = pool.submit(job, 1)
    try:
        f.result(timeout=0.1)
    except TimeoutError:
        print("超时")
