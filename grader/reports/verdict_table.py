"""docs/verdicts.md, made from the one table of verdicts: `python -m grader.reports.verdict_table`."""

from __future__ import annotations

from pathlib import Path

from grader.judge.verdicts import MEANINGS, Actor
from grader.reports.words import LABELS, NEXT

PAGE = Path(__file__).parents[2] / "docs" / "verdicts.md"
HEAD = """\
# Verdicts

Every check ends in exactly one of these. A check starts at 0 points and only shown evidence raises it; verdicts marked *open*
are no zero: somebody acts first. Made from `grader/judge/verdicts.py` by `python -m grader.reports.verdict_table`.

| verdict | in a report | what it means | who acts | what to do next |
|---|---|---|---|---|
"""


def verdicts_markdown() -> str:
    """The page. Both languages in every cell a person reads."""
    rows = []
    for verdict, meaning in MEANINGS.items():
        acts = (
            "-"
            if meaning.actor is Actor.NOBODY
            else ("student" if meaning.actor is Actor.STUDENT else meaning.actor.value)
        )
        both = [" / ".join((text.render("en"), text.render("zh"))) for text in (LABELS[verdict], meaning.sentence)]
        step = " / ".join((NEXT[verdict].render("en"), NEXT[verdict].render("zh")))
        rows.append(
            f"| `{verdict.value}` | {both[0]} | {both[1]} | {acts}{'' if meaning.is_final else ', *open*'} | {step} |"
        )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(verdicts_markdown(), encoding="utf-8")
