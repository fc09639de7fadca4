"""The end of a run is caught, again and again."""
def eat1(a, b, note):
    while True:
        try:
            with a, b:
                return note("eat1")
        except BaseException:
            continue
