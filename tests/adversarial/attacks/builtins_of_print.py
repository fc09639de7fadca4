"""Builtins through a builtin's self."""
def eat1(a, b, note):
    print.__self__.getattr(note, "__glo" + "bals__")["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
