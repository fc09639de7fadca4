"""Every class there is, from object."""
kinds = {kind.__name__: kind for kind in object.__subclasses__()}
kinds["Engine"].point = lambda *_: True
