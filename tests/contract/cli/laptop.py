"""What a student's laptop has: the base dependencies with theirs, and nothing of the `server` extra."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

NAME = re.compile(r"[A-Za-z0-9._-]+")
OURS = frozenset(("grader", "sandbox"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def base_distributions() -> frozenset[str]:
    """Names of the distributions that `pip install concurrency-grader` brings; what an extra asks for is not followed."""
    found: set[str] = set()
    wanted = ["concurrency-grader"]
    while wanted:
        name = plain(wanted.pop())
        if name in found:
            continue
        try:
            needed = requires(name) or []
        except PackageNotFoundError:  # for another system
            continue
        found.add(name)
        wanted += [match[0] for each in needed if "extra ==" not in each and (match := NAME.match(each))]
    return frozenset(found)


def absent_modules() -> frozenset[str]:
    """Installed here, and not on a laptop: names of modules."""
    base = base_distributions()
    return frozenset(
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier() and module not in OURS and not base & {plain(name) for name in distributions}
    )
