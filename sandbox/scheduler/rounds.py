"""Runs of one program under one strategy, one after the other."""

from __future__ import annotations

from sandbox.scheduler.engine import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.scheduler.engine import Limits, Observer, Strategy


def rounds(
    main: Callable[[], object],
    strategy: Strategy,
    *,
    late: bool = False,
    limits: Limits | None = None,
    observer: Observer | None = None,
    keep: bool = False,
) -> Iterator[Engine]:
    """The engine of each run after it has ended, until the strategy has no more.

    A strategy's own wish (`late`, `keep`) counts beside what is asked for.
    """
    while strategy.begin():
        engine = Engine(
            strategy,
            late=late or bool(getattr(strategy, "late", False)),
            limits=limits,
            observer=observer,
            keep=keep or bool(getattr(strategy, "keep", False)),
        )
        engine.run(main)
        yield engine
