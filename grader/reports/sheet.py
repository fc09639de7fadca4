"""A spot check as a page or as text: the questions alone for students, or with the key for those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.language import Message, say
from grader.reports.markdown import explored_markdown
from grader.reports.missing import group_name
from grader.reports.render import page, speaker
from grader.reports.student import student_id
from grader.reports.text import code, fence, markdown, one_line

if TYPE_CHECKING:
    from grader.language import Language
    from grader.reports.spotcheck import Change, Question, Spotcheck
    from grader.reports.view import CodeLine, ExploredView


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    student: str
    group: str
    title: str
    file: str
    commit: str
    lines: tuple[CodeLine, ...]
    question: tuple[str, str, str]  # text, the code it is about, text
    key: str
    shown: tuple[str, ...]
    explored: ExploredView | None


def spotcheck_html(check: Spotcheck, language: Language, *, with_key: bool) -> str:
    """One page; without the key it can be shown to the students asked."""
    items = [_item(question, language, with_key=with_key) for question in check.questions]
    without = _without(check, language) if with_key else ()
    return page(
        "spotcheck.html.j2", language, seed=one_line(check.seed), questions=items, without=without, with_key=with_key
    )


def spotcheck_markdown(check: Spotcheck, language: Language, *, with_key: bool) -> str:
    """The same as text."""
    words = speaker(language)
    blocks = [
        f"# {markdown(say('Spot check').render(language))}",
        markdown(say("Drawn with seed {seed}", seed=check.seed).render(language)),
    ]
    for question in check.questions:
        item = _item(question, language, with_key=with_key)
        who = " · ".join(markdown(part) for part in (item.name, item.student, item.group) if part)
        blocks += [f"## {who}", f"{markdown(item.title)} · {code(item.file)} · {code(item.commit)}"]
        blocks.append(
            fence("\n".join(f"{'>' if n.is_marked else ' '} {n.number:>4} | {n.text}" for n in item.lines), "python")
        )
        before, about, after = item.question
        blocks.append(f"{markdown(before)}{code(about)}{markdown(after)}")
        if with_key:
            blocks += [f"**{markdown(say('Key').render(language))}:** {markdown(item.key)}"]
            blocks.append("\n".join(f"- {markdown(line)}" for line in item.shown))
            if item.explored:
                blocks += [block for block in explored_markdown(item.explored, words) if block]
    blocks += [markdown(line) for line in (_without(check, language) if with_key else ())]
    return "\n\n".join(blocks) + "\n"


def _item(question: Question, language: Language, *, with_key: bool) -> Item:
    grade = question.grade
    return Item(
        name=one_line(grade.student.name),
        student=student_id(grade),
        group=group_name(grade.student.group, language),
        title=question.title,
        file=one_line(grade.file),
        commit=one_line(grade.commit or "")[:10],
        lines=question.lines,
        question=_asked(question.mutant.question, language),
        key=question.key.render(language) if with_key else "",
        shown=tuple(_shown(question, language)) if with_key else (),
        explored=told_in_full(question) if with_key else None,
    )


def told_in_full(question: Question) -> ExploredView | None:
    """The first exploration that found a difference: the others are mostly the same story."""
    return next((change.explored for change in question.changes or () if change.explored), None)


def _asked(question: Message, language: Language) -> tuple[str, str, str]:
    """The question around the code it names."""
    mark = "\0"
    before, _, after = Message(question.text, {**question.values, "code": mark}).render(language).partition(f"`{mark}`")
    return before, one_line(str(question.values["code"])), after


def _shown(question: Question, language: Language) -> list[str]:
    if question.changes is None:
        return [say("The changed file was not run.").render(language)]
    if not question.changes:
        nothing = (
            say("No order of events that was tried showed a difference. That is no proof that there is none: ask for one that would.")
            if question.looked
            else say("Real runs showed no difference. That is no proof that there is none: ask for the order of events that would.")
        )  # fmt: skip
        return [nothing.render(language), *question.looked]
    return [changed(change, language) for change in question.changes]


def changed(change: Change, language: Language) -> str:
    """One check that turned, in a line."""
    return say(
        "{title}: {before} → {after}. {message}",
        title=change.title, before=change.before, after=change.after, message=one_line(change.message.get(language, "")),
    ).render(language)  # fmt: skip


def _without(check: Spotcheck, language: Language) -> tuple[str, ...]:
    return tuple(
        say("{group}, nothing to ask about: {people}", group=group, people=", ".join(people)).render(language)
        for group, people in check.without.items()
    )
