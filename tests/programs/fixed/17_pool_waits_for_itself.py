from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=1)


def part(n):
    return n * 10


def whole(n):
    return part(n) + 1


if __name__ == "__main__":
    answer = pool.submit(whole, 4).result()
    print(answer)
    pool.shutdown()
    assert answer == 41
