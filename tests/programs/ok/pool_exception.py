from concurrent.futures import ThreadPoolExecutor


def divide(a, b):
    return a / b


answers = []
with ThreadPoolExecutor(max_workers=2) as executor:
    futures = [executor.submit(divide, 6, n) for n in (3, 0, 2)]
    for f in futures:
        try:
            answers.append(f.result())
        except ZeroDivisionError:
            answers.append(None)
assert answers == [2.0, None, 3.0]
