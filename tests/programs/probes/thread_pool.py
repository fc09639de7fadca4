from multiprocessing.pool import ThreadPool

notes = []


def square(n):
    return n * n


with ThreadPool(2) as pool:
    print(pool.map(square, range(4)))
    later = pool.apply_async(square, (9,), callback=notes.append)
    assert later.get() == 81
    pairs = pool.starmap(pow, [(2, 3), (3, 2)])
    mixed = sorted(pool.imap_unordered(square, [1, 2, 3]))
    pool.close()
    pool.join()

assert pairs == [8, 9]
assert mixed == [1, 4, 9]
assert notes == [81]
