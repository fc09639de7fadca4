"""Evidence of one check, made readable: labelled values, the student's own lines, who did what in which order.

What comes from a run is hostile: any key may be absent or of another shape, and nothing here raises for it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from grader.language import say
from grader.reports.text import decode, excerpt, one_line, visible
from grader.reports.view import CodeLine, EvidenceView, Fact, Frame, Step, Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.records import CheckRecord, Json
    from grader.language import Language, Message

AROUND = 2  # lines shown before and after the one an exception or a wait stands in
STEPS = 40  # events shown: the last ones, where it goes wrong
FRAMES = 5

FACTS: dict[str, Message] = {
    "case": say("Case"),
    "call": say("Called"),
    "answer": say("Your answer"),
    "expected_choice": say("Right answer"),
    "got": say("Came out"),
    "assertion": say("Checked"),
    "why": say("What must hold"),
    "terms": say("Looked for"),
}

KINDS: dict[str, Message] = {
    "note": say("notes {about}"),
    "start": say("starts {about}"),
    "join": say("waits for the end of {about}"),
    "acquire": say("takes {about}"),
    "wait": say("waits for {about}"),
    "release": say("gives back {about}"),
    "put": say("puts {about}"),
    "get": say("takes out {about}"),
    "task_done": say("reports {about} as done"),
    "end": say("ends"),
    "exit": say("ends"),
    "read": say("reads {about}"),
    "write": say("writes {about}"),
    "open": say("opens {about}"),
    "notify": say("wakes {about}"),
    "set": say("sets {about}"),
    "sleep": say("sleeps {about}"),
}

_TASKS: dict[str, Message] = {"main": say("main"), "thread": say("thread"), "child": say("child"), "task": say("task")}


class Sources:
    """The student's files as lines, decoded once."""

    def __init__(self, files: Mapping[str, bytes], encoding: str = "utf-8") -> None:
        self._lines = {name: re.split(r"\r\n|\r|\n", decode(data, encoding)) for name, data in files.items()}

    def line(self, file: str, number: int) -> str:
        """One line without its indentation, "" where there is none."""
        lines = self._lines.get(file, [])
        return one_line(lines[number - 1].strip())[:200] if 0 < number <= len(lines) else ""

    def around(self, file: str, number: int) -> tuple[CodeLine, ...]:
        """The line and its neighbours, () where the file is not known."""
        lines = self._lines.get(file, [])
        if not 0 < number <= len(lines):
            return ()
        first, last = max(1, number - AROUND), min(len(lines), number + AROUND)
        return tuple(CodeLine(n, visible(lines[n - 1])[:200], n == number) for n in range(first, last + 1))


def evidence(
    record: CheckRecord, sources: Sources, language: Language, main_file: str, remarks: Sequence[str] = ()
) -> EvidenceView:
    """What a reader sees of `record.evidence`, keys already filtered for this reader. `main_file`: where bare lines are."""
    found = record.evidence
    facts = [
        Fact(label.render(language), excerpt(shown(found[key])))
        for key, label in FACTS.items()
        if found.get(key) not in (None, "", [], {})
    ]
    steps = [event for event in _list(found.get("events")) if isinstance(event, Mapping)]
    output = found.get("output")
    is_ordered = found.get("real") is not True
    return EvidenceView(
        facts=tuple(facts),
        exception=_exception(found.get("exception")),
        frames=_frames(found.get("traceback"), sources),
        waits=_waits(found.get("cycle"), sources, language, main_file),
        steps=_steps(steps, language, main_file, is_ordered=is_ordered),
        is_ordered=is_ordered,
        steps_omitted=max(0, len(steps) - STEPS),
        remarks=(*remarks, *_remarks(found, language)),
        output=excerpt(output["text"])
        if isinstance(output, Mapping) and isinstance(output.get("text"), str) and output["text"]
        else None,
    )


def shown(value: Json) -> str:
    """A plain value as text: a string as it is, everything else compact, an opaque value as `<its type>`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and set(value) == {"opaque"}:
        return f"<{value['opaque']}>"
    if value is None or isinstance(value, bool | int):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def task_name(name: object, language: Language) -> str:
    """`child 1, thread 2` in the reader's language; a name the student gave stays."""
    text = one_line(shown(name))[:60]
    return re.sub(r"\b(main|thread|child|task)\b(?= \d|$)", lambda m: _TASKS[m[1]].render(language), text)


def _list(value: object) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _exception(value: object) -> str:
    if isinstance(value, Mapping):
        name, message = shown(value.get("name", "")), shown(value.get("message", ""))
        value = f"{name}: {message}" if message else name
    return excerpt(shown(value), head=5, tail=3).head if value else ""


def _frames(value: object, sources: Sources) -> tuple[Frame, ...]:
    frames = []
    for item in _list(value)[-FRAMES:]:
        if isinstance(item, Mapping):
            file, line, text = shown(item.get("file", "")), _number(item.get("line")), shown(item.get("text") or "")
            lines = sources.around(file, line) or (
                (CodeLine(line, visible(text)[:200], is_marked=True),) if text else ()
            )
            frames.append(Frame(one_line(file), line, one_line(shown(item.get("function", "")))[:100], lines))
    return tuple(frames)


def _waits(value: object, sources: Sources, language: Language, main_file: str) -> tuple[Wait, ...]:
    return tuple(
        Wait(
            task=task_name(item.get("task", "?"), language),
            waits_for=one_line(shown(item.get("waits_for", "?")))[:60],
            held_by=""
            if item.get("held_by") in ("", item.get("waits_for"))  # a task whose end is waited for is held by nobody
            else task_name(item.get("held_by", "?"), language),
            place=_place(item, sources, language, main_file),
        )
        for item in _list(value)[:20]
        if isinstance(item, Mapping)
    )


def _place(item: Mapping[str, Json], sources: Sources, language: Language, main_file: str) -> str:
    """`line 8: with fork:`; `line` is a number in the student's file, or a whole place."""
    place = item.get("line")
    at: Mapping[str, Json] = place if isinstance(place, Mapping) else item
    line = _number(at.get("line"))
    if not line:
        return ""
    code = sources.line(shown(at.get("file") or main_file), line) or one_line(shown(at.get("text") or "")).strip()[:200]
    where = say("line {line}", line=line).render(language)
    return f"{where}: {code}" if code else where


def _steps(
    events: Sequence[Mapping[str, Json]], language: Language, main_file: str, *, is_ordered: bool
) -> tuple[Step, ...]:
    """The last `STEPS` events. In real runs only each task's own order is known, so there every task counts from 1."""
    lanes: dict[str, int] = {}
    counts: Counter[str] = Counter()
    steps = []
    for number, event in enumerate(events, start=1):
        task = task_name(event.get("task", "?"), language)
        lane = lanes.setdefault(task, len(lanes))
        counts[task] += 1
        if number <= len(events) - STEPS:
            continue
        holds = ", ".join(one_line(shown(lock))[:60] for lock in _list(event.get("holds")))
        line = _number(event.get("line"))
        place = f"{one_line(shown(event.get('file') or main_file))}:{line}" if line else ""
        steps.append(Step(number if is_ordered else counts[task], task, lane, _what(event, language), holds, place))
    return tuple(steps)


def _what(event: Mapping[str, Json], language: Language) -> str:
    kind = shown(event.get("kind", ""))
    about = one_line(shown(event["about"]))[:120] if event.get("about") is not None else ""
    text = say(KINDS[kind].text, about=about).render(language) if kind in KINDS else f"{one_line(kind)[:60]} {about}"
    facts = event.get("facts")
    more = facts if isinstance(facts, Mapping) else {k: v for k, v in event.items() if k not in _EVENT}
    if more:
        text += (
            " ("
            + ", ".join(f"{one_line(str(k))[:60]}={one_line(shown(v))[:60]}" for k, v in sorted(more.items(), key=str))
            + ")"
        )
    return text.strip()


_EVENT = frozenset({"kind", "task", "about", "holds", "facts", "line", "file"})


def _remarks(found: Mapping[str, Json], language: Language) -> tuple[str, ...]:
    remarks: list[Message] = []
    if found.get("notice") == "encoding":
        remarks.append(say("Your file is not UTF-8; it was read in the course's encoding. Save it as UTF-8."))
    if task := found.get("task"):
        remarks.append(say("It happened in {task}.", task=task_name(task, language)))
    if unsupported := found.get("unsupported"):
        names = ", ".join(one_line(shown(item))[:80] for item in (_list(unsupported) or [unsupported]))
        remarks.append(say("Not watched by this grader: {names}", names=names))
    if left := found.get("left"):
        names = ", ".join(task_name(item, language) for item in (_list(left) or [left]))
        remarks.append(say("Still running at the end: {names}", names=names))
    known = [task for task in _list(found.get("tasks")) if not isinstance(task, Mapping)]
    if known:
        remarks.append(say("Tasks: {tasks}", tasks=", ".join(task_name(task, language) for task in known)))
    if runs := found.get("runs"):
        remarks.append(say("Runs looked at: {runs}", runs=one_line(shown(runs))))
    if (seed := found.get("seed")) is not None:
        remarks.append(say("Inputs drawn with seed {seed}", seed=one_line(shown(seed))))
    return tuple(remark.render(language) for remark in remarks)
