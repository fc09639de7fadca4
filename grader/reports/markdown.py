"""The report of one student and one assignment as Markdown. Whatever came out of a run stands in fences or code spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.reports.render import speaker
from grader.reports.text import code, fence, markdown, markdown_with_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from grader.reports.text import Excerpt
    from grader.reports.view import CheckView, CommentView, EvidenceView, ExploredView, Frame, ReportView


def report_markdown(view: ReportView) -> str:
    """The same content as the HTML page, in the same order."""
    return "\n\n".join(block for block in _blocks(view) if block) + "\n"


def _blocks(view: ReportView) -> Iterator[str]:
    say = speaker(view.language)
    yield f"# {markdown(view.title)}"
    who = [f"**{markdown(view.name)}**" if view.name else "", code(view.student) if view.student else ""]
    group = markdown(say("Group {group}", group=view.group)) if view.group else ""
    yield " · ".join(part for part in (markdown(view.course), " ".join(filter(None, who)), group) if part)
    if view.status == "graded":
        yield f"**{view.points} / {view.out_of}** {view.unit}"
        yield "\n".join(f"- ◷ {markdown(line)}" for line in view.later)
    if view.sum:
        rows = [[line.label, line.value, line.note] for line in view.sum]
        yield _table([say("What"), say("Points"), say("Why")], rows)
    if view.commit:
        yield f"{markdown(say('Commit'))} {code(view.commit)} · {markdown(say('received {time}', time=view.received))}"
    yield f"**{markdown(view.headline)}**"
    yield _prose(view.problem) if view.problem else ""
    for sign, text, titles in (
        ("↑", say("Fixed since the attempt before: {titles}", titles=" · ".join(view.fixed)), view.fixed),
        ("↓", say("Passed in the attempt before: {titles}", titles=" · ".join(view.broken)), view.broken),
    ):
        if titles:
            yield f"{sign} {markdown(text)}"
    yield f"## {markdown(say('What to do next'))}"
    yield "\n".join(f"{n}. {markdown_with_code(step)}" for n, step in enumerate(view.next, start=1))
    yield "\n".join(f"- {markdown_with_code(notice)}" for notice in view.notices)
    if view.comments:
        yield f"## {markdown(say('Comments'))}"
        yield from (_comment(comment, say) for comment in view.comments)
    sections = (say("To mend"), view.failed), (say("Not decided yet"), view.open), (say("Passed"), view.passed)
    for heading, checks in sections:
        if checks:
            yield f"## {markdown(heading)} ({len(checks)})"
            for check in checks:
                yield from _check(check, say)
    if view.rows:
        yield f"## {markdown(say('What was graded'))}"
        yield "\n".join(
            f"- {markdown(r.label)}: {code(r.value) if r.is_code else markdown(r.value)}" for r in view.rows
        )
    if len(view.attempts) > 1:
        head = [say("No."), say("Commit"), say("Received"), say("Points"), say("Counts")]
        yield _table(
            head,
            (
                [str(a.number), a.commit, a.received, a.points or "–", say("yes") if a.counts else say("no")]
                for a in view.attempts
            ),
        )
    yield "\n".join(f"- {markdown(line)}" for line in view.footer)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell if n == 1 else markdown(cell) for cell in line) + " |" for n, line in enumerate(lines)
    )


def _prose(text: str) -> str:
    """Several lines of a person's text, each meaning itself."""
    return "  \n".join(markdown_with_code(line) for line in text.split("\n"))


def _check(check: CheckView, say: Callable[..., str]) -> Iterator[str]:
    yield f"### {check.sign} {markdown(check.title)} — {markdown(check.label)}, {markdown(say('{points} points', points=check.points))}"
    if check.change:
        yield f"{'↑' if check.state == 'passed' else '↓'} {markdown(check.change)}"
    if check.state != "passed":
        yield markdown(check.sentence)
        yield _prose(check.detail) if check.detail else ""
        yield f"**{markdown(say('Hint'))}:** {_prose(check.hint)}" if check.hint else ""
        yield f"**{markdown(say('Next'))}:** {markdown(check.next)}" if check.next else ""
        yield markdown(say("Acts now: {actor}", actor=check.actor)) if check.actor else ""
        if check.explored:
            yield from explored_markdown(check.explored, say)
        yield from _evidence(check.evidence, say)
        yield markdown(say("Real runs, not explored.")) if check.is_real else ""
    yield "\n".join(f"- {markdown(remark)}" for remark in check.evidence.remarks)
    yield from (_comment(comment, say) for comment in check.comments)


def explored_markdown(found: ExploredView, say: Callable[..., str]) -> Iterator[str]:
    """What the scheduler found, a block at a time; some are empty."""
    yield "  \n".join(map(markdown, found.told))
    yield markdown(found.label)
    if found.text:
        yield f"**{markdown(say('What happened, in order'))}**"
        yield fence(found.text.rstrip("\n"), "text")
    yield f"**{markdown(say('How far was looked'))}**"
    yield "\n".join(f"- {markdown(line)}" for line in found.looked)
    if found.schedule:
        yield f"**{markdown(say('See it again'))}**"
        yield markdown(say("Save this beside your file as {name}; then run:", name=found.name))
        yield fence(found.command, "text")
        yield fence(found.schedule, "json")


def _evidence(found: EvidenceView, say: Callable[..., str]) -> Iterator[str]:
    if found.waits:
        yield f"**{markdown(say('Who waits for whom'))}**"
        lines = []
        for wait in found.waits:
            text = say(
                "{task} waits for {lock}, which {owner} holds" if wait.held_by else "{task} waits for {lock}",
                task=wait.task, lock=wait.waits_for, owner=wait.held_by,
            )  # fmt: skip
            lines.append(f"{text}    {wait.place}".rstrip())
        yield fence("\n".join([*lines, say("and so on, round and round: nobody can go on")]), "text")
    for fact in found.facts:
        yield f"**{markdown(fact.label)}**"
        yield from _excerpt(fact.text, say)
    if found.exception or found.frames:
        yield f"**{markdown(say('Where it broke'))}**"
        yield fence(
            "\n".join([*(line for frame in found.frames for line in _frame(frame)), *filter(None, [found.exception])]),
            "text",
        )
    if found.steps:
        yield f"**{markdown(say('What happened, in this order') if found.is_ordered else say('What each task did, each in its own order'))}**"
        lines = [say("… {n} earlier events left out …", n=found.steps_omitted)] if found.steps_omitted else []
        for step in found.steps:
            holds = say("(holds {locks})", locks=step.holds) if step.holds else ""
            lines.append(" ".join(filter(None, [f"{step.number:>3}", f"{step.task}:", step.text, step.place, holds])))
        yield fence("\n".join(lines), "text")
    if found.output:
        yield f"**{markdown(say('What your program printed'))}**"
        yield from _excerpt(found.output, say)


def _frame(frame: Frame) -> Iterator[str]:
    yield f"{frame.file}:{frame.line} {frame.function}".rstrip()
    for line in frame.lines:
        yield f"{'>' if line.is_marked else ' '} {line.number:>4} | {line.text}"


def _excerpt(text: Excerpt, say: Callable[..., str]) -> Iterator[str]:
    yield fence(text.head, "text")
    if text.omitted:
        yield markdown(say("… {n} lines left out …", n=text.omitted))
        yield fence(text.tail, "text")


def _comment(comment: CommentView, say: Callable[..., str]) -> str:
    where = f" ({say('line {line}', line=comment.line)})" if comment.line else ""
    body = "\n".join(f"> {markdown(line)}  " for line in comment.text.split("\n"))
    return f"{body}\n> — {markdown(comment.by + where)}, {markdown(comment.at)}"
