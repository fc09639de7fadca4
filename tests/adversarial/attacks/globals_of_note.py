"""The two lines: through a function of ours to its module's globals."""
def eat1(a, b, note):
    note.__globals__["run"].watch = frozenset()
    note.__globals__["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
