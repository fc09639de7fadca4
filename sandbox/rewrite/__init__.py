"""Puts switch points into a program's syntax tree: before every access of state that more than one task may see, and nowhere else.

    sites      the places, numbered
    scopes     which names are shared
    names      hooks, and what the builtins and containers' methods do
    transform  the rewriting itself
    targets    what is assigned to
    scaling    long loops cut down
    flags      what could reach into the scheduler

A hook announces, it never does the access itself: that stays in the program's own frame, so that tracebacks have the same frames, lines and
columns. Each part of an expression is evaluated once, in Python's order. `sandbox.overlay.access` has the hooks; without a run they do
nothing. Which objects are shared is decided there, when the object is at hand.
"""

from __future__ import annotations

import ast
import warnings

from sandbox.rewrite.flags import flags_of
from sandbox.rewrite.scaling import scale
from sandbox.rewrite.sites import Rewritten, Site, Sites
from sandbox.rewrite.transform import Transformer

__all__ = ["Rewritten", "Site", "Sites", "rewrite"]


def rewrite(source: str, file: str, sites: Sites) -> Rewritten:
    """The code of `source`, with hooks. Raises SyntaxError as compiling it would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, file, "exec", dont_inherit=True)
        tree = ast.parse(source, file)
        flags = flags_of(tree)
        scaled = scale(tree)
        tree = Transformer(tree, file, sites).module()
        code = compile(tree, file, "exec", dont_inherit=True)
    return Rewritten(code, scaled, flags)
