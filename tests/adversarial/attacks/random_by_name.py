"""Choices are no choices any more."""
from random import Random as R

R.random = lambda self: 0.0
R.choice = lambda self, things: things[0]
R.randrange = lambda self, *_: 0
