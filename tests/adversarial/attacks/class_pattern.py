"""A pattern takes attributes without an attribute in the tree."""
def eat1(a, b, note):
    match note:
        case object(__globals__=names):
            names["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
