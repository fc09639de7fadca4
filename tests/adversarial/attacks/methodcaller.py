"""Another one."""
import operator


def eat1(a, b, note):
    operator.methodcaller("__getattri" + "bute__", "__glo" + "bals__")(note)["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
