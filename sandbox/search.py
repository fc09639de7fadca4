"""Explores a program: which runs are made, in which order, within which budget, and what they come to.

Plain data in, plain data out: what is said about it in words is for whoever reads the report.

    1  unpreempted, in creation order and in reverse, with the race detector; then one schedule twice, to see whether it repeats
    2  DPOR for a few runs: if it comes to its end, every schedule was seen
    3  a fixed-seed mixture of random walk, PCT and bursts, half of it late-wake; then DPOR goes on
    4  else plain DFS with at most 0, 1, 2 preemptions, claiming the bound that came to its end
    5  the mixture again, up to the budget
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from sandbox.failures import MOST_STEPS, Failure, failure_of
from sandbox.outcomes import Outcome, facts_of
from sandbox.overlay import access
from sandbox.overlay.learning import Learning
from sandbox.program import Place
from sandbox.scheduler.engine import Limits, Stop
from sandbox.scheduler.minimise import minimise
from sandbox.scheduler.races import Races
from sandbox.scheduler.schedule import Schedule
from sandbox.scheduler.strategies.audit import Audited
from sandbox.scheduler.strategies.check import Check
from sandbox.scheduler.strategies.decided import Decided, Deciding
from sandbox.scheduler.strategies.dfs import Dfs
from sandbox.scheduler.strategies.dpor import Dpor
from sandbox.scheduler.strategies.follow import Follow
from sandbox.scheduler.strategies.mixture import Mixture
from sandbox.scheduler.strategies.replay import Replay
from sandbox.scheduler.strategies.unpreempted import Unpreempted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.program import Program, Run
    from sandbox.scheduler.engine import Strategy
    from sandbox.scheduler.strategies.check import Difference

MIXED = 200  # runs of the mixture before anything is exhausted
OBSERVED = 40  # of these, and of those that DPOR takes first, with the race detector: the unpreempted runs are ordered by chance
FIRST, REDUCED = 40, 200  # runs that DPOR may take before the mixture, and after it
STEPS = 250_000  # of all runs together
TASKS_A_STEP = 10  # tasks to look at that make a step cost twice
PASSES_A_STEP = 10  # passes of a loop, or of a site whose points are thinned out, that count as a step
REPLAYED = 2  # times more that the shortest failing schedule is run
MINIMISING, FEWEST = 200_000, 10  # steps of all runs that minimise, and the fewest runs
LONG = 1500  # steps of a run that make reduction cost more than it brings
LEARN = 12  # runs before sites that no two tasks shared are left out of the choices
WARM = 4  # runs before such sites that were passed very often are left out of the code
BOUNDED = 100  # runs that DFS may take for each bound
MOST_OUTCOMES = 300  # different ones; then it is known well enough that they differ
VERDICTS = (
    "review", "crashed", "memory", "output", "limit", "timeout", "deadlock", "race", "error", "hang", "too_big", "unsupported",
    "needs_input", "needs_peer", "endless", "no_concurrency", "timing",
)  # fmt: skip
"""Findings, the first of this order that was made is the verdict."""


class Search:
    """Explores one program within `schedules` runs."""

    def __init__(
        self,
        program: Program,
        *,
        seed: int = 0,
        schedules: int = 1000,
        limits: Limits | None = None,
        allow: frozenset[str] = frozenset(),
        expect: str = "",
        labels: frozenset[str] = frozenset(),
        collect: bool = False,
    ) -> None:
        self.program = program
        self.seed = seed
        self.budget = schedules
        self.limits = limits or Limits()
        self.made = 0
        self.spent = 0  # steps
        self.longest = 0  # steps of the longest run
        self.is_thinned = False  # an access was passed without a switch point
        self.exhausted = False
        self.preemptions: int | None = None
        self.sampled = 0
        self.mode = "strict"
        self.started = 0
        self.failure: Failure | None = None
        self.races = Races(program.sites)
        self.learned = Learning()
        self.dpor = Dpor()
        self.still: frozenset[int] = frozenset()  # sites that are no choices for it
        self.audited: Audited | None = None  # whose choices can be made again elsewhere
        self.was_early = False  # a sleep or timeout was overrun
        self.unsupported: set[str] = set()
        self.allow = allow
        self.labels = labels  # of failures that cost nothing here
        self.costless: dict[tuple[object, ...], Failure] = {}  # such failures, by signature
        self.expect = expect  # a kind that ends the search, where a circle of two or more shows it
        self.allowed: Failure | None = None  # the first one of a kind that is allowed
        self.outcomes: dict[str, Outcome] | None = {} if collect else None

    def explore(self) -> dict[str, Any]:
        """The report."""
        access.learning = self.learned
        try:
            with self.program:
                self._explore()
        finally:
            access.learning = None
        kinds = {self.failure.kind} if self.failure else set()
        if self.failure and self.failure.label == "overrun":
            kinds = {"timing"}
        if self.unsupported:
            kinds.add("unsupported")
        found = self.races.found()
        if any(race.is_failure for race in found):
            kinds.add("race")
        if not kinds and not self.started:
            kinds.add("no_concurrency")
        verdict = next((name for name in VERDICTS if name in kinds), "ok")
        return {
            "verdict": verdict,
            "label": self._label(verdict),
            "schedules": self.made,
            "exhausted": self.exhausted,
            "bound": {"mode": self.mode, "preemptions": self.preemptions, "sampled": self.sampled},
            "seed": self.seed,
            "python": ".".join(map(str, sys.version_info[:3])),
            "failures": [self.failure.to_json()] if self.failure else [],
            "races": [self._race(race) for race in found if race.is_failure],
            "advice": [{"kind": "race", **self._race(race), "why": race.why} for race in found if not race.is_failure],
            "scaled": [
                {"file": file, "line": line, "old": old, "new": new} for file, line, old, new in self.program.scaled
            ],
            "unsupported": sorted(self.unsupported),
        }

    def _explore(self) -> None:
        for reverse in (False, True):
            if self._try(Unpreempted(reverse=reverse), observer=self.races):
                return
        if not self.started or self._try(check := Check(self.seed, 1)):
            return
        if check.difference is not None:
            self.unsupported.add(self._nondeterminism(check.difference))
        self.still = frozenset(self.learned.cold())
        is_small = self.longest <= LONG and not self.is_thinned
        if is_small and self._reduce(FIRST, observer=self.races) and (self.failure or not self.was_early):
            return
        mixed = min(MIXED, max(0, self.budget - self.made) // 2)
        self.audited = mixture = Audited(self.seed, mixed)
        observed = OBSERVED if is_small else 0
        if self._try(mixture, observer=self.races, most=observed) or self._try(mixture):
            return
        self.sampled += mixture.made
        if self.exhausted:  # with sleeps that may overrun; what needs none of that is known best without
            self._try(Dpor(), most=REDUCED, still=self.still)
            return
        if is_small and not self.is_thinned and (self._reduce(REDUCED) or self._bounded()):
            return
        rest = Mixture(self.seed + 1, max(0, self.budget - self.made))
        if not self._try(rest):
            self.sampled += rest.made

    def _reduce(self, most: int, *, observer: Races | None = None) -> bool:
        """So many more runs of the reduction; True when there is nothing left to do: one failed, or all were seen."""
        until = self.made + most
        while not self._try(self.dpor, late=True, most=until - self.made, still=self.still, observer=observer):
            if not self.still & self.learned.hot or not self._has_budget() or self.made >= until:
                self.exhausted = self.dpor.exhausted and not self.is_thinned and not self.still & self.learned.hot
                self.mode = "late" if self.exhausted else self.mode
                return self.exhausted
            self.dpor = Dpor()  # what seemed unshared is not: anew, with its points
            self.still = frozenset(self.learned.cold())
        return True

    def _bounded(self) -> bool:
        """By the number of preemptions, without reduction; True when one failed."""
        for bound in (0, 1, 2):
            dfs = Dfs(bound)
            still = frozenset(self.learned.cold())
            if self._try(dfs, most=BOUNDED, still=still):
                return True
            if not dfs.exhausted or self.is_thinned or still & self.learned.hot:
                break
            self.preemptions = bound
        return False

    def _try(
        self,
        strategy: Strategy,
        *,
        observer: Any = None,
        late: bool = False,
        most: int | None = None,
        still: frozenset[int] | None = None,
    ) -> bool:
        """Runs of one strategy until one fails (True), it is through, or the budget is.

        Sites that no two tasks shared so far are no choices: those of `still`, and the runs end when one of them is shared after all; or,
        where each run is drawn anyway, those that were not shared by then.
        """
        count = 0
        while self._has_budget() and (most is None or count < most) and strategy.begin():
            quiet = still
            if quiet is None:
                quiet = frozenset(self.learned.cold()) if self.made >= LEARN else frozenset()
            in_late = late or bool(getattr(strategy, "late", False))
            if still is None and observer is None:
                run = self._lean(strategy, quiet, late=in_late)
            else:
                run = self.program.once(
                    strategy,
                    late=in_late,
                    observer=observer,
                    keep=bool(getattr(strategy, "keep", False)),
                    limits=self.limits,
                    still=quiet,
                )
            count += 1
            self.made += 1
            self.spent += cost_of(run)
            if self.made == WARM:
                self.program.leave_out(frozenset(often(run) - self.learned.hot))
            self.was_early = self.was_early or bool(run.early)
            self.started = max(self.started, run.started)
            self.longest = max(self.longest, run.engine.count)
            self.is_thinned = self.is_thinned or run.engine.is_thinned
            self.unsupported.update(run.unsupported)
            if run.stop is Stop.UNSUPPORTED:
                return True
            failure = failure_of(run, late=in_late, seed=self.program.seed)
            if failure is not None and failure.kind == self.expect and len(failure.cycle) > 1:
                self.allowed = self._settled(failure, run)
                return True
            if failure is not None and failure.kind in self.allow:
                self.allowed = self.allowed or self._settled(failure, run)
            elif failure is not None and failure.signature not in self.costless:
                failure = self._settled(failure, run)
                if failure.label not in self.labels:
                    self.failure = failure
                    return True
                self.costless[failure.signature] = failure
            elif self.outcomes is not None and run.stop is Stop.DONE:
                self._collect(run, late=in_late)
            if still is not None and still & self.learned.hot:
                return False
        return False

    def _lean(self, strategy: Strategy, quiet: frozenset[int], *, late: bool) -> Run:
        """A run without the points that were left out; if it fails, again with them and the same decisions, so that it can be replayed."""
        if not self.program.left_out:
            keep = bool(getattr(strategy, "keep", False))
            return self.program.once(strategy, late=late, limits=self.limits, still=quiet, with_names=keep)
        deciding = Deciding(strategy)
        run = self.program.once(deciding, late=late, limits=self.limits, still=quiet, lean=True)
        if failure_of(run, late=late, seed=self.program.seed) is None:
            return run
        still = quiet | self.program.left_out
        return self.program.once(Decided(deciding.decisions), late=late, limits=self.limits, still=still)

    def realistic(self) -> None:
        """Collect what comes of it where this CPython can switch, and nothing overruns."""
        with self.program:
            for strategy in (Unpreempted(), Unpreempted(reverse=True), Mixture(self.seed, MIXED)):
                while self._has_budget() and strategy.begin():
                    run = self.program.once(strategy, realistic=True, limits=self.limits)
                    self.made += 1
                    self.spent += cost_of(run)
                    if run.stop is Stop.DONE and failure_of(run, late=False, seed=self.program.seed) is None:
                        self._collect(run, late=False)

    def shown(self, schedule: Schedule) -> dict[str, Any]:
        """The steps of the shortest schedule found that comes to the same as this one."""
        with self.program:
            first = self.program.once(Follow(schedule), late=schedule.late, limits=self.limits)
            wanted = facts_of(first)

            def same(shorter: Schedule) -> Schedule | None:
                run = self.program.once(Follow(shorter), late=shorter.late, limits=self.limits)
                came = Schedule.of(run.choices, late=shorter.late, seed=shorter.seed)
                return came if run.stop is first.stop and facts_of(run) == wanted else None

            schedule = minimise(schedule, same, max(FEWEST, MINIMISING // (cost_of(first) + 1)))
            run = self.program.once(Replay(schedule), late=schedule.late, limits=self.limits, with_names=True)
        return {"steps": run.steps[-MOST_STEPS:], "schedule": schedule.to_json()}

    def _collect(self, run: Run, *, late: bool) -> None:
        """What the run came to, with the first schedule that leads there; one that needs nothing to overrun is better."""
        assert self.outcomes is not None
        facts = facts_of(run)
        key = json.dumps(facts, sort_keys=True)
        known = self.outcomes.get(key)
        if known is None or (known.early and not run.early):
            schedule = Schedule.of(run.choices, late=late, seed=self.program.seed)
            self.outcomes[key] = Outcome(facts, run.outcome.get("seconds", 0.0), schedule, early=bool(run.early))

    def _has_budget(self) -> bool:
        return self.made < self.budget and self.spent < STEPS and len(self.outcomes or ()) < MOST_OUTCOMES

    # -- what a failure comes to --------------------------------------------------------------------------------------

    def _settled(self, failure: Failure, run: Run) -> Failure:
        """The same failure with as few switches as can be, and what it takes for it to happen."""
        if failure.kind in ("endless", "too_big", "needs_input", "output"):
            return failure
        if run.early:
            strict = self._first_like(failure, Mixture(self.seed, MIXED), late=False)
            if strict is None:
                return self._minimal(failure, "overrun")
            failure = strict
        happens = self._happens(failure.kind, late=failure.schedule.late)
        return self._minimal(failure, "happens" if happens else "language")

    def _minimal(self, failure: Failure, label: str) -> Failure:
        def fails(schedule: Schedule) -> Schedule | None:
            run = self.program.once(Follow(schedule), late=schedule.late, limits=self.limits)
            found = failure_of(run, late=schedule.late, seed=schedule.seed)
            return found.schedule if found is not None and found.signature == failure.signature else None

        run = self.program.once(Follow(failure.schedule), late=failure.schedule.late, limits=self.limits)
        schedule = minimise(failure.schedule, fails, max(FEWEST, MINIMISING // (cost_of(run) + 1)))
        run = self.program.once(Replay(schedule), late=schedule.late, limits=self.limits, with_names=True)
        best = failure_of(run, late=schedule.late, seed=schedule.seed)
        again = [fails(schedule) for _ in range(REPLAYED)]
        if best is None or again != [schedule] * REPLAYED:  # something decides here that is not controlled
            self.unsupported.add("nondeterminism")
            best = best or failure
        best.label, best.steps = label, run.steps
        return best

    def _first_like(self, failure: Failure, strategy: Strategy, *, late: bool) -> Failure | None:
        spent = 0
        while strategy.begin():
            run = self._lean(strategy, frozenset(), late=late)
            found = failure_of(run, late=late, seed=self.program.seed)
            if found is not None and found.kind == failure.kind:
                return found
            spent += cost_of(run)
            if spent > STEPS:
                break
        return None

    def _happens(self, kind: str, *, late: bool) -> bool:
        """Whether it also happens when an access is a switch point only where this CPython can switch."""
        spent = 0
        for strategy in (Unpreempted(), Unpreempted(reverse=True), Mixture(self.seed, MIXED)):
            while spent < STEPS and strategy.begin():
                in_late = late and bool(getattr(strategy, "late", False))
                run = self.program.once(strategy, late=in_late, realistic=True, lean=True, limits=self.limits)
                found = failure_of(run, late=in_late, seed=self.program.seed)
                if found is not None and found.kind == kind:
                    return True
                spent += cost_of(run)
        return False

    def _nondeterminism(self, difference: Difference) -> str:
        """Named by where the same schedule led elsewhere."""
        place = difference.where
        return f"nondeterminism ({place.file}:{place.line})" if isinstance(place, Place) else "nondeterminism"

    def _label(self, verdict: str) -> str | None:
        if self.failure is not None and verdict in (self.failure.kind, "timing", "race"):
            return self.failure.label
        return "language" if verdict == "race" else None

    def _race(self, race: Any) -> dict[str, Any]:
        return {
            "variable": race.variable,
            "first": self._access(*race.first),
            "second": self._access(*race.second),
        }

    def _access(self, task: int, site: int, write: bool) -> dict[str, Any]:
        found = self.program.sites[site]
        return {"task": task, "write": write, "place": asdict(self.program.place(found.file, found.line))}


def cost_of(run: Run) -> int:
    """Of a run, in steps of a small program."""
    found = run.engine
    passes = sum(found.accesses.passes.values()) if found.accesses is not None else 0
    return found.count * (1 + run.started // TASKS_A_STEP) + (passes + found.loops) // PASSES_A_STEP


def often(run: Run) -> set[int]:
    """Sites that a task passed so often that its points were thinned out, or would be if there were anything to see."""
    found = run.engine.accesses
    if found is None:
        return set()
    return {
        place & 0xFFFFFFFF
        for counts in (found.passes, found.idle)
        for place, count in counts.items()
        if count > access.FIRST
    }


def explore(program: Program, *, seed: int = 0, schedules: int = 1000) -> dict[str, Any]:
    """Explore and report."""
    return Search(program, seed=seed, schedules=schedules).explore()


def replay(program: Program, schedule: Schedule) -> dict[str, Any]:
    """One recorded order once more: the steps it takes, and how it fails, if it still does.

    Of another program than the one recorded, `diverged` is the step (from 1) from which on the order is followed only as far as it can be.
    """
    strategy = Replay(schedule)
    with program:
        run = program.once(strategy, late=schedule.late, keep=True, with_names=True)
        if run.stop is Stop.DIVERGED:
            run = program.once(Follow(schedule), late=schedule.late, keep=True, with_names=True)
    failure = failure_of(run, late=schedule.late, seed=schedule.seed)
    return {
        "stop": run.stop.value,
        "diverged": strategy.step,
        "value": run.outcome.get("value"),
        "failure": failure.to_json() if failure else None,
        "steps": run.steps,
    }
