from concurrent.futures import ThreadPoolExecutor

done = []


def cube(n):
    return n ** 3


with ThreadPoolExecutor(2) as pool:
    for n in range(4):
        pool.submit(cube, n).add_done_callback(lambda f: done.append(f.result()))
    cubes = list(pool.map(cube, range(4)))

print("cubes:", cubes)
assert cubes == [0, 1, 8, 27]
assert sorted(done) == cubes
