"""The same failure with fewer context switches."""

from __future__ import annotations

from sandbox.scheduler.schedule import Schedule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Segments = tuple[tuple[int, int], ...]


def minimise(schedule: Schedule, fails: Callable[[Schedule], Schedule | None], runs: int = 2000) -> Schedule:
    """A schedule that fails in the same way and in which no context switch can be dropped, or the best that `runs` runs came to.

    `fails` runs the program under a schedule, following it as far as it can (`Follow`), and returns the order that came of it if the
    program failed in the same way, else None.
    """
    return _Minimiser(schedule, fails, runs).minimal()


class _Minimiser:
    def __init__(self, schedule: Schedule, fails: Callable[[Schedule], Schedule | None], runs: int) -> None:
        self._best = schedule
        self._fails = fails
        self._left = runs
        self._tried: set[Segments] = {schedule.segments}

    def minimal(self) -> Schedule:
        self._in_chunks()
        while self._one_by_one():
            pass
        return self._best

    def _in_chunks(self) -> None:
        """Delta debugging (Zeller and Hildebrandt, 2002): drop many segments at once, then ever fewer."""
        size = len(self._best.segments) // 2
        while size > 1:
            place = 0
            while place < len(self._best.segments):
                segments = self._best.segments
                if not self._is_better(without(segments, place, place + size)):
                    place += size
            size //= 2

    def _one_by_one(self) -> bool:
        """Try to drop each switch in each way; whether one could be."""
        for place in range(len(self._best.segments)):
            for candidate in variants(self._best.segments, place):
                if self._is_better(candidate):
                    return True
        return False

    def _is_better(self, segments: Segments) -> bool:
        if segments in self._tried or self._left <= 0:
            return False
        self._tried.add(segments)
        self._left -= 1
        best = self._best
        found = self._fails(Schedule(segments, best.late, best.seed))
        if found is None or found.switches >= best.switches:
            return False
        self._best = found
        self._tried.add(found.segments)
        return True


def without(segments: Segments, start: int, stop: int) -> Segments:
    """Segments left out; what they did is done when their task is next up."""
    return _joined((*segments[:start], *segments[stop:]), segments, start, stop)


def _joined(kept: Segments, segments: Segments, start: int, stop: int) -> Segments:
    """Steps that were cut out go to the next segment of their task, so that it ends where it ended."""
    missing: dict[int, int] = {}
    for task, steps in segments[start:stop]:
        missing[task] = missing.get(task, 0) + steps
    found = list(kept)
    for place in range(start, len(found)):
        task, steps = found[place]
        found[place] = (task, steps + missing.pop(task, 0))
    return merged(found)


def merged(segments: list[tuple[int, int]]) -> Segments:
    """Neighbours of the same task become one."""
    found: list[tuple[int, int]] = []
    for task, steps in segments:
        if found and found[-1][0] == task:
            found[-1] = (task, found[-1][1] + steps)
        elif steps:
            found.append((task, steps))
    return tuple(found)


def variants(segments: Segments, place: int) -> Iterator[Segments]:
    """Ways to do without the switch into or out of one segment: do it later, do it earlier, or stop following there."""
    task, steps = segments[place]
    if place + 1 < len(segments):
        yield without(segments, place, place + 1)
    for before in range(place - 1, -1, -1):
        if segments[before][0] == task:
            earlier = list(segments)
            earlier[before] = (task, segments[before][1] + steps)
            del earlier[place]
            yield merged(earlier)
            break
    yield segments[:place]
