"""A failing run as it is drawn: of all steps those that tell the story, the others folded, the failure itself marked.

The schedule keeps every step; only the display is shorter. Steps keep the numbers they have in the schedule's run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.explore.stories import INTERNAL, lost
from grader.reports.timeline import Link, Step, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.reports.timeline import Mark

Json = dict[str, Any]
LANES = 6  # more tasks than that share the last one
FEW = 3  # of very many tasks those that are drawn at least
TOGETHER = 6  # steps of one task in a row; of more, the middle is folded
MARKED = 2
ACCESSES = frozenset({"read", "write"})


def timeline(failure: Mapping[str, Any], report: Mapping[str, Any] | None = None) -> Timeline:
    """For `grader.reports.timeline`. `report`: with its races the two accesses are marked."""
    before = failure.get("earlier", 0)  # steps of the run that are not in `steps`
    steps: list[Json] = [{**step, "number": number} for number, step in enumerate(failure["steps"], before + 1)]
    races: tuple[int, ...] | None = None
    if report and report.get("races"):
        races = lost({**report, "failures": [failure]}) or _meeting(report["races"][0], steps)
    marks: dict[int, Mark] = dict.fromkeys(races or (), "race")
    failing = _failing(failure, steps)
    if failing is not None:
        marks[failing] = "error"
    names: dict[int, str] = {step["task"]: step["name"] for step in steps}
    names |= {task["number"]: task["name"] for task in failure["tasks"]}
    is_stuck = failure["kind"] in ("deadlock", "hang")
    standing = [task for task in failure["tasks"] if is_stuck and task["place"]]
    lanes = _lanes(failure, steps, standing, marks, names)
    many = max(lanes.values(), default=0) + 1
    called = [""] * many
    crowd = 0
    for number, lane in lanes.items():
        crowd += lane == many - 1 and len(names) > LANES
        called[lane] = names[number]
    if len(names) > LANES:
        called[-1] = f"+{crowd}"
    drawn = [
        _step(step, lanes[step["task"]], marks.get(place), is_crowd=bool(crowd) and lanes[step["task"]] == many - 1)
        for place, step in _kept(steps, marks)
    ]
    if (error := failure["error"]) and failing is None:
        place = next((n for n in reversed(range(len(drawn))) if called[drawn[n].task] == error["task"]), len(drawn) - 1)
        task = drawn[place].task if drawn else 0
        raised = _place(error["place"]), _text(error["place"])
        number = drawn[place].number if drawn else 0  # it comes of that step
        drawn.insert(place + 1, Step(task, "raise", error["type"], *raised, (), "error", number))
        called = called or [error["task"]]
    for number, task in enumerate(standing, before + len(steps) + 1):
        lane = lanes[task["number"]]
        if not (crowd and lane == many - 1):
            held = tuple(task["holds"])
            drawn.append(
                Step(
                    lane, task["kind"], _about(task), _place(task["place"]), _text(task["place"]), held, "stuck", number
                )
            )
    by_number = {task["number"]: task for task in failure["tasks"]}
    links = tuple(
        Link(lanes[number], _about(by_number[number]), lanes.get(by_number[number]["waits_for"]))
        for number in failure["cycle"]
        if not (crowd and many - 1 in (lanes[number], lanes.get(by_number[number]["waits_for"])))
    )
    return Timeline(tuple(called), tuple(drawn), links)


def _meeting(race: Mapping[str, Any], steps: list[Json]) -> tuple[int, int] | None:
    """Places of the two accesses of a race that come closest after one another."""
    sides = {(side["place"]["file"], side["place"]["line"], side["write"]) for side in (race["first"], race["second"])}
    found: tuple[int, int] | None = None
    last: dict[int, tuple[int, Json]] = {}  # of each thing
    for place, step in enumerate(steps):
        where = step["place"]
        if step["kind"] not in ACCESSES or not where or step["thing"] is None:
            continue
        if (where["file"], where["line"], step["kind"] == "write") not in sides:
            continue
        before, other = last.get(step["thing"], (0, step))
        is_pair = other["task"] != step["task"] and "write" in (other["kind"], step["kind"])
        if is_pair and (found is None or place - before < found[1] - found[0]):
            found = before, place
        last[step["thing"]] = place, step
    return found


def _failing(failure: Mapping[str, Any], steps: list[Json]) -> int | None:
    """The step after which the exception came, if it is one in the same line."""
    error = failure["error"]
    if not error or not error["place"]:
        return None
    for place in reversed(range(len(steps))):
        step = steps[place]
        if step["name"] == error["task"] and step["kind"] != "end":
            where = step["place"]
            return (
                place
                if where and (where["file"], where["line"]) == (error["place"]["file"], error["place"]["line"])
                else None
            )
    return None


def _lanes(
    failure: Mapping[str, Any],
    steps: list[Json],
    standing: list[Json],
    marks: Mapping[int, Mark],
    names: Mapping[int, str],
) -> dict[int, int]:
    """Task -> lane. With too many tasks those that the failure is about come first, then whoever was active last."""
    if len(names) <= LANES:
        return {number: lane for lane, number in enumerate(sorted(names))}
    wanted = [*failure["cycle"], *(steps[place]["task"] for place in marks)]
    wanted += [number for number, name in names.items() if failure["error"] and name == failure["error"]["task"]]
    wanted += [0]
    if len(set(wanted)) < FEW:
        wanted += [*(step["task"] for step in reversed(steps)), *(task["number"] for task in standing)]
        wanted = list(dict.fromkeys(wanted))[:FEW]
    chosen = sorted(list(dict.fromkeys(wanted))[: LANES - 1])
    return {number: chosen.index(number) if number in chosen else len(chosen) for number in names}


def _kept(steps: list[Json], marks: Mapping[int, Mark]) -> Iterator[tuple[int, Json]]:
    """The steps to draw, with their places; what is folded is one step of kind `more`."""
    users: dict[int, set[int]] = {}
    writers: dict[int, set[int]] = {}
    for step in steps:
        if step["thing"] is not None:
            users.setdefault(step["thing"], set()).add(step["task"])
            if step["kind"] != "read":
                writers.setdefault(step["thing"], set()).add(step["task"])
    second = next((n for n, step in enumerate(steps) if step["task"] != steps[0]["task"]), 0)
    kept: list[tuple[int, Json, int]] = []  # place, step, how much it is of interest: 0, 1, MARKED
    for place, step in enumerate(steps):
        thing, task = step["thing"], step["task"]
        if place in marks:
            kept.append((place, step, MARKED))
        elif step["kind"] == "read" and not writers.get(thing, set()) - {task}:
            continue
        else:
            is_shared = thing is not None and len(users.get(thing, ())) > 1
            is_last = step["kind"] not in ("begin", "end") and not any(
                later["task"] == task for later in steps[place + 1 :]
            )
            interest = step["place"] is not None and (
                is_shared or is_last or bool(step["held"]) or step["early"] or step["kind"] not in ACCESSES
            )
            kept.append((place, step, int(interest and place >= second and step["kind"] not in ("begin", "end"))))
    start = 0
    while start < len(kept):
        end = start
        while end < len(kept) and kept[end][1]["task"] == kept[start][1]["task"]:
            end += 1
        yield from _turn(kept[start:end])
        start = end


def _turn(turn: list[tuple[int, Json, int]]) -> Iterator[tuple[int, Json]]:
    """One task's steps between two switches."""
    shown = [n for n, (_, _, interest) in enumerate(turn) if interest]
    if len(shown) > TOGETHER:
        middle = set(shown[TOGETHER // 2 : -TOGETHER // 2])
        turn = [
            (place, step, 0 if n in middle and interest < MARKED else interest)
            for n, (place, step, interest) in enumerate(turn)
        ]
    folded: list[tuple[int, Json]] = []
    for place, step, interest in turn:
        if not interest:
            folded.append((place, step))
            continue
        yield from _folded(folded)
        folded = []
        yield place, step
    yield from _folded(folded)


def _folded(steps: list[tuple[int, Json]]) -> Iterator[tuple[int, Json]]:
    if len(steps) == 1 and steps[0][1]["kind"] not in ("begin", "end") and steps[0][1]["place"]:
        yield steps[0]
    elif steps and any(step["kind"] not in ("begin", "end") for _, step in steps):
        place, last = steps[-1]
        yield place, {**last, "kind": "more", "about": str(len(steps)), "place": None}


def _step(step: Json, lane: int, mark: Mark | None, *, is_crowd: bool) -> Step:
    held = () if is_crowd else tuple(step["held"])
    return Step(
        lane, step["kind"], _about(step), _place(step["place"]), _text(step["place"]), held, mark, step["number"]
    )


def _about(step: Mapping[str, Any]) -> str:
    """Nothing where it has no name in the program."""
    return "" if INTERNAL.fullmatch(step["about"]) and step["kind"] not in ("more", "join") else step["about"]


def _place(found: Mapping[str, Any] | None) -> str:
    return f"{found['file']}:{found['line']}" if found else ""


def _text(found: Mapping[str, Any] | None) -> str:
    return found["text"] if found else ""
