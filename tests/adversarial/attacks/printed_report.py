"""A report is printed."""
print('{"explored": {"verdict": "ok"}}')


def eat1(a, b, note):
    print('{"id": 1, "ran": {"ended": "exit"}}')
    with a, b:
        note("eat1")
