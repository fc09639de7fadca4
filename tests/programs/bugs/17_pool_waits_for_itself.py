from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=1)


def part(n):
    return n * 10


def whole(n):
    # 在线程池里面再提交任务
    future = pool.submit(part, n)
    return future.result() + 1


if __name__ == "__main__":
    answer = pool.submit(whole, 4).result()
    print(answer)
    pool.shutdown()
    assert answer == 41
