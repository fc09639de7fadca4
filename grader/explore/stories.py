"""Each kind of failure in one sentence that a first-year student understands: who, which variable or lock, which lines.

Nothing is said that the report does not show: who wrote between whose read and write is looked up in the steps of the failing run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.language import Message, say
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.language import Language

Json = dict[str, Any]
NAME, CODE, TEXT = 60, 100, 200  # characters
MOST = 6  # tasks told of
WAITING = frozenset({"acquire", "wait", "get", "put", "join"})
CLAUSES = 6  # of a circle
INTERNAL = re.compile(r"[A-Za-z]\w* \d+")  # what has no name in the program: `FutureLock 4099`


@dataclass(frozen=True, slots=True)
class Joined(Message):
    """Messages one after another."""

    parts: tuple[Message, ...] = ()
    between: Message | None = None

    def render(self, language: Language) -> str:
        """Each in the reader's language."""
        between = self.between.render(language) if self.between else ""
        return between.join(part.render(language) for part in self.parts)


def joined(parts: Iterable[Message], between: Message | None = None) -> Message:
    """`between` stands between two of `parts`."""
    return Joined("", {}, tuple(parts), between)


def cut(text: object, most: int = NAME) -> str:
    """Text of the program on one line, with an ellipsis where it is long."""
    shown = one_line(str(text))
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def who(task: str) -> Message | str:
    """A task by its name; the main one in the reader's language."""
    return say("main") if task == "main" else cut(task)


def at(found: Mapping[str, Any] | None, main: str = "") -> Message:
    """`line 12`, with the file where it is not the main one."""
    if not found:
        return say("an unknown line")
    if main and found["file"] != main.rpartition("/")[2]:
        return say("line {line} of {file}", line=found["line"], file=cut(found["file"]))
    return say("line {line}", line=found["line"])


def thing(kind: str, about: str) -> Message | str:
    """What an operation is about: its name in the program, or what it is where it has none."""
    if about.startswith("FutureLock"):
        return say("a result")
    if about and not INTERNAL.fullmatch(about):
        return cut(about)
    return say("a queue") if kind in ("put", "get") else say("a lock")


# -- deadlock and hang ------------------------------------------------------------------------------------------------


def circle(failure: Json, main: str) -> Message:
    """Who holds what and waits for what, round the circle."""
    by_number = {task["number"]: task for task in failure["tasks"]}
    tasks = [by_number[number] for number in failure["cycle"]]
    if all(task["is_for_result"] for task in tasks):
        return _pool(tasks, main)
    if len(tasks) == 1:
        (task,) = tasks
        return say(
            "{task} wants {lock} at {line}, but holds it itself{taken}: it waits for itself for ever.",
            task=who(task["name"]), lock=thing(task["kind"], task["about"]),
            line=at(task["place"], main), taken=_taken(failure, task, task["about"], main),
        )  # fmt: skip
    clauses = []
    for before, task in zip([tasks[-1], *tasks[:-1]], tasks, strict=True):
        values = {"task": who(task["name"]), "line": at(task["place"], main), "wanted": _wanted(task)}
        if before["kind"] == "join" and before["about"] == task["name"]:
            clauses.append(say("{task} waits for {wanted} ({line})", **values))
        else:
            held, taken = thing(before["kind"], before["about"]), _taken(failure, task, before["about"], main)
            clauses.append(
                say("{task} holds {held}{taken} and waits for {wanted} ({line})", held=held, taken=taken, **values)
            )
    if len(clauses) > CLAUSES:
        clauses = [*clauses[: CLAUSES - 1], say("… and so on, {n} tasks in all", n=len(tasks))]
    return say("They wait for each other in a circle: {clauses}.", clauses=joined(clauses, say("; ")))


def _pool(tasks: list[Json], main: str) -> Message:
    lines = joined([at(each, main) for each in _once(task["place"] for task in tasks)], say(", "))
    if len(tasks) == 1:
        return say(
            "The only worker of the pool waits for a result ({lines}), and no worker is free to compute it.",
            lines=lines,
        )
    return say(
        "All {n} workers of the pool wait for results ({lines}), and no worker is free to compute them.",
        n=len(tasks), lines=lines,
    )  # fmt: skip


def _once(places: Iterable[Json | None]) -> list[Json | None]:
    found: dict[object, Json | None] = {}
    for place in places:
        found.setdefault(place and (place["file"], place["line"]), place)
    return list(found.values())


def _wanted(task: Json) -> Message | str:
    if task["kind"] == "join" and task["waits_for"] is not None:
        return say("the end of {task}", task=who(task["about"]))
    return thing(task["kind"], task["about"])


def _taken(failure: Json, task: Json, lock: str, main: str) -> Message | str:
    """` (taken at line 12)`, where the steps show it."""
    for step in reversed(failure["steps"]):
        if step["task"] == task["number"] and step["about"] == lock and step["kind"] in ("acquire", "try", "wait"):
            return say(" (taken at {line})", line=at(step["place"], main)) if step["place"] else ""
    return ""


def stuck(failure: Json, main: str) -> Message | None:
    """Who waits for what, where no circle explains it. None where nobody waits."""
    waiting = [task for task in failure["tasks"] if not task["daemon"] and task["place"]]
    if not waiting:
        return None
    alive = {task["number"] for task in failure["tasks"]}
    roots = [task for task in waiting if task["waits_for"] not in alive] or waiting
    task = next((each for each in roots if each["missed"] and each["kind"] == "wait"), roots[-1])
    values: Json = {
        "task": who(task["name"]), "line": at(task["place"], main), "thing": thing(task["kind"], task["about"]),
    }  # fmt: skip
    kind = task["kind"]
    if kind == "wait" and task["missed"]:
        if _woke_another(failure, task):
            return say(
                "{task} waits for {thing} ({line}); every wake-up call came before it waited or woke another task, and nobody is left to call again.",
                **values,
            )
        return say(
            "{task} waits for {thing} ({line}), but the wake-up call came before it waited, and nobody is left to call again.",
            **values,
        )
    if kind == "get" and task["is_for_result"]:
        return say("{task} waits for a result ({line}), and nobody is left to compute it.", **values)
    if kind == "get":
        return say(
            "{task} waits for an item in {thing} ({line}); it is empty, and nobody is left to put one in.", **values
        )
    if kind == "put":
        return say(
            "{task} waits for room in {thing} ({line}); it is full, and nobody is left to take an item out.", **values
        )
    if kind == "join" and task["waits_for"] is None:
        return say(
            "{task} waits until every item of {thing} is reported done ({line}), and nobody is left to call task_done().",
            **values,
        )
    owner = next((step["name"] for step in failure["steps"] if step["task"] == task["waits_for"]), None)
    if kind == "acquire" and owner is not None and task["waits_for"] not in alive:
        gone = {"number": task["waits_for"]}
        return say(
            "{task} waits for {thing} ({line}), but {owner} holds it{taken} and ended without giving it back.",
            owner=who(owner), taken=_taken(failure, gone, task["about"], main), **values,
        )  # fmt: skip
    if kind == "acquire":
        return say("{task} waits for {thing} ({line}), and nobody is left to give it back.", **values)
    return say("{task} waits for {thing} ({line}), and nobody is left that could wake it.", **values)


def _woke_another(failure: Json, task: Json) -> bool:
    """Whether another task waited for the same thing, then or now."""
    others = (*failure["steps"], *({**each, "task": each["number"]} for each in failure["tasks"]))
    return any(
        each["kind"] == "wait" and each["about"] == task["about"] and each["task"] != task["number"] for each in others
    )


# -- exceptions -------------------------------------------------------------------------------------------------------


def ended(failure: Json, main: str) -> Message:
    """Which exception, where, and which switch or which overrun led there."""
    error = failure["error"]
    values: Json = {"task": who(error["task"]), "type": cut(error["type"])}
    if error["type"] == "SystemExit":
        first = say("{task} ended the program with exit code {text}", text=cut(error["text"], TEXT), **values)
    elif error["text"].strip():
        first = say("{task} ended with {type}: {text}", text=cut(error["text"].strip(), TEXT), **values)
    else:
        first = say("{task} ended with {type}", **values)
    told = [first]
    if error["place"]:
        told.append(say(" ({line}: {code})", line=at(error["place"], main), code=cut(error["place"]["text"], CODE)))
    told.append(say("."))
    early = next((step for step in failure["steps"] if step["early"] and step["place"]), None)
    if early is not None and failure["label"] == "overrun":
        told.append(
            say(
                " It happens when the wait of {task} at {line} is over before the others have done their part.",
                task=who(early["name"]),
                line=at(early["place"], main),
            )
        )
    elif switch := paused(failure["steps"]):
        before, after = switch
        told.append(
            say(
                " Before that, {task} paused after {line} and {other} went on.",
                task=who(before["name"]),
                line=at(before["place"], main),
                other=who(after["name"]),
            )
        )
    return joined(told)


def paused(steps: list[Json]) -> tuple[Json, Json] | None:
    """The last switch away from a task in its own code that was to go on later: its step, and the first of the next task."""
    later: set[int] = set()
    for before, after in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        later.add(after["task"])
        is_other = before["task"] != after["task"]
        if is_other and before["task"] and before["place"] and before["kind"] != "end" and before["task"] in later:
            return before, after
    return None


# -- races ------------------------------------------------------------------------------------------------------------


def lost(report: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Places in the failing run's steps of a read, another task's write, and the reader's write that still went by what it had read.

    Only for a variable that the race is about, and only where a step's thing is one variable: not for items of containers.
    """
    failure = next(iter(report.get("failures", ())), None)
    if not failure or not report["races"]:
        return None
    race = report["races"][0]
    if "[" in race["variable"]:
        return None
    sides = [race["first"], race["second"]]
    writing = {_line(each["place"]) for each in sides if each["write"]}
    reading = {_line(each["place"]) for each in sides if not each["write"]} or writing
    read: dict[tuple[int, int], int] = {}  # task, thing -> the read that its next write goes by
    written: dict[tuple[int, int], int] = {}  # the last write of another task since then
    for place, step in enumerate(failure["steps"]):
        where, key = step["place"], (step["task"], step["thing"])
        if step["kind"] not in ("read", "write") or not where or not _is(race["variable"], step["about"]):
            continue
        if step["kind"] == "read":
            if _line(where) in reading or key not in read:
                read[key] = place
                written.pop(key, None)
            continue
        if key in read and key in written and _line(where) in writing:
            return read[key], written[key], place
        written |= {other: place for other in read if other[1] == step["thing"] and other[0] != step["task"]}
        read.pop(key, None)
    return None


def _line(place: Json) -> tuple[str, int]:
    return place["file"], place["line"]


def _is(variable: str, about: str) -> bool:
    """`Post._Post__likes` is what a method calls `self.__likes`."""
    one, two = variable.rpartition(".")[2], about.rpartition(".")[2]
    return one == two or (two.startswith("__") and one.endswith(two))


def raced(report: Mapping[str, Any]) -> Message:
    """The update that was lost, where the failing run shows it; else the two accesses."""
    main, race = report["file"], report["races"][0]
    found = lost(report)
    variable = cut(race["variable"])
    if found:
        steps = report["failures"][0]["steps"]
        read, other, write = (steps[place] for place in found)
        again = any(
            step["kind"] == "read" and step["task"] == read["task"] and step["thing"] == read["thing"]
            for step in steps[found[1] : found[2]]
        )
        return say(
            "{task} looked at {variable} ({read}), then {other} changed it ({between}), then {task} changed it too ({write}), going by what it had seen before."
            if again else
            "{task} read {variable} ({read}), then {other} wrote it ({between}), then {task} wrote it without looking again ({write}): what {other} wrote is lost.",
            task=who(read["name"]), other=who(other["name"]), variable=variable,
            read=at(read["place"], main), between=at(other["place"], main), write=at(write["place"], main),
        )  # fmt: skip
    return accesses(race, main)


def accesses(race: Json, main: str) -> Message:
    """Two accesses and why nothing orders them."""
    one, two = race["first"], race["second"]
    words = [say("writes") if each["write"] else say("reads") for each in (one, two)]
    return say(
        "One task {does} {variable} ({first}) and another {also} it ({second}) in no order: they hold no lock in common, and neither waits for the other in between.",
        does=words[0], also=words[1], variable=cut(race["variable"]), first=at(one["place"], main), second=at(two["place"], main),
    )  # fmt: skip


def waits(failure: Json, main: str) -> Iterator[Message]:
    """A line for each task that did not end and is in no circle."""
    tasks = [task for task in failure["tasks"] if task["place"] and task["number"] not in failure["cycle"]]
    for task in tasks[:MOST]:
        values: Json = {"task": who(task["name"]), "line": at(task["place"], main)}
        if task["kind"] in WAITING:
            yield say("{task}: waits for {wanted} at {line}{holds}", wanted=_wanted(task), holds=_holds(task), **values)
        else:
            yield say("{task}: stands at {line}{holds}", holds=_holds(task), **values)
    if len(tasks) > MOST:
        yield say("… and {n} more tasks", n=len(tasks) - MOST)


def _holds(task: Json) -> Message | str:
    return say("; holds {locks}", locks=cut(", ".join(task["holds"]), CODE)) if task["holds"] else ""
