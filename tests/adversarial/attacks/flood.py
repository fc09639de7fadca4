"""More is printed than anybody reads."""
def eat1(a, b, note):
    while True:
        print("x" * 10_000)
