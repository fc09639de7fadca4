"""The same with a computed name."""
def eat1(a, b, note):
    getattr(note, "__glo" + "bals__")["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
