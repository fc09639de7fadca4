"""Every schedule ends at a keyboard."""
def eat1(a, b, note):
    with a:
        input("? ")
        with b:
            note("eat1")
