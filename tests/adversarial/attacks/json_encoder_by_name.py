"""The same under another name."""
from json import JSONEncoder as J

J.encode = lambda self, thing: "{}"
J.iterencode = lambda self, thing, _one_shot=False: iter(["{}"])
