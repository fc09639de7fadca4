"""Questions answered in a YAML file of the repository: what was asked, how an answer is read and marked, and the starter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from grader.course.source import read
from grader.course.text import Text  # noqa: TC001 - pydantic reads the annotations
from grader.course.tree import Items, Scalar
from grader.errors import IntakeError, Place, Problems
from grader.judge.verdicts import Verdict
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.language import Language, Message

MAX_BYTES: Final = 64 * 2**10
MAX_ANSWERS: Final = 200
MAX_VALUES: Final = 2_000  # keys, answers and entries together
Answer = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    """One question of exactly one kind.

    `choose` with `answer` (counted from 1); `fill`, accepted spellings for each blank, blanks in any order; `order`, the right
    order; `terms`, what a short answer should mention (a teaching assistant decides).
    """

    ask: Text
    choose: tuple[Text, ...] = ()
    answer: int | None = None
    fill: tuple[tuple[str, ...], ...] = ()
    order: tuple[str, ...] = ()
    terms: tuple[str, ...] | None = None
    type: Literal["quiz"] = "quiz"


def same(text: str) -> str:
    """What two spellings of one answer have in common: width, case, spaces at the ends and double ones do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_answers(data: bytes, encoding: str, *, file: str = "quiz.yaml") -> Mapping[str, Answer]:
    """A student's answers by question, as characters: `no` and `12:30` are texts here. Questions left empty are left out.

    Raises IntakeError, with a place and a remedy, for anything that is no flat map of answers.
    """
    if len(data) > MAX_BYTES:
        message = say("The answers are larger than {n} kB.", n=MAX_BYTES // 1024)
        raise IntakeError(message, place=Place(file))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode(encoding)
        except (UnicodeError, LookupError):
            message = say("The answers are neither UTF-8 nor {encoding}.", encoding=encoding)
            raise IntakeError(message, place=Place(file), remedy=say("Save the file as UTF-8.")) from None
    try:
        tree = read(text.encode("utf-8", "surrogatepass"), file, most=MAX_VALUES)
    except Problems as problems:
        first = problems.problems[0]
        raise IntakeError(first.message, place=first.place, remedy=first.remedy) from None
    if len(tree) > MAX_ANSWERS:
        raise IntakeError(say("There are more than {n} answers.", n=MAX_ANSWERS), place=tree.place)
    answers: dict[str, Answer] = {}
    for key, value in tree.items():
        if isinstance(value, Scalar):
            if value.strip():
                answers[key] = str(value)
        elif isinstance(value, Items) and all(isinstance(each, Scalar) for each in value):
            answers[key] = tuple(str(each) for each in value)
        else:
            message = say("The answer to `{key}` must be a text or a list of texts.", key=key)
            raise IntakeError(message, place=value.place, remedy=say("Write `{key}: ...` or `{key}: [a, b]`.", key=key))
    return answers


def mark(quiz: Quiz, answer: Answer | None) -> tuple[Verdict, Message]:
    """The verdict on one answer and a sentence about it that gives nothing away; a short answer waits for a TA."""
    texts = (answer,) if isinstance(answer, str) else tuple(answer or ())
    if not any(text.strip() for text in texts):
        return Verdict.MISSING, say("This question was not answered.")
    if quiz.terms is not None:
        return _short(quiz.terms, " ".join(texts))
    if quiz.choose:
        return _choice(quiz, texts)
    if quiz.fill:
        return _blanks(quiz.fill, texts)
    if len(texts) != len(quiz.order):
        return Verdict.FAIL, say("{n} entries were expected, {given} given.", n=len(quiz.order), given=len(texts))
    if tuple(map(same, texts)) == tuple(map(same, quiz.order)):
        return Verdict.PASS, say("Right.")
    if sorted(map(same, texts)) != sorted(map(same, quiz.order)):
        return Verdict.FAIL, say("These are not the entries that were to be put in order.")
    return Verdict.FAIL, say("The order is not right.")


def _choice(quiz: Quiz, texts: Sequence[str]) -> tuple[Verdict, Message]:
    if len(texts) != 1:
        return Verdict.FAIL, say("One choice was expected, {given} given.", given=len(texts))
    given = same(texts[0])
    if given.isdecimal() and len(given) < 4 and 1 <= int(given) <= len(quiz.choose):
        chosen: set[int] = {int(given)}
    elif re.fullmatch("[a-z]", given) and not any(given in (same(c.zh or ""), same(c.en or "")) for c in quiz.choose):
        chosen = {ord(given) - ord("a") + 1} & set(range(1, len(quiz.choose) + 1))  # B is the second choice
    else:  # the choice written out, in either language
        chosen = {
            n
            for n, choice in enumerate(quiz.choose, 1)
            for text in (choice.zh, choice.en)
            if text and same(text) == given
        }
    if not chosen:
        message = say("The answer is the number of a choice, from 1 to {n}.", n=len(quiz.choose))
        return Verdict.FAIL, message
    if chosen == {quiz.answer}:
        return Verdict.PASS, say("Right.")
    return Verdict.FAIL, say("This is not the right choice.")


def _blanks(blanks: Sequence[Sequence[str]], texts: Sequence[str]) -> tuple[Verdict, Message]:
    if len(texts) != len(blanks):
        return Verdict.FAIL, say("{n} entries were expected, {given} given.", n=len(blanks), given=len(texts))
    accepted = [frozenset(map(same, blank)) for blank in blanks]
    found = _matched([same(text) for text in texts], accepted)
    if found == len(blanks):
        return Verdict.PASS, say("Right.")
    if len(blanks) == 1:
        return Verdict.FAIL, say("This is not an accepted answer.")
    return Verdict.FAIL, say("{found} of {n} entries are right.", found=found, n=len(blanks))


def _matched(texts: Sequence[str], accepted: Sequence[frozenset[str]]) -> int:
    """The most blanks that can be filled, each text used once (Kuhn's augmenting paths)."""
    filled_by: dict[int, int] = {}

    def fill(text: int, tried: set[int]) -> bool:
        for blank, spellings in enumerate(accepted):
            if blank not in tried and texts[text] in spellings:
                tried.add(blank)
                if blank not in filled_by or fill(filled_by[blank], tried):
                    filled_by[blank] = text
                    return True
        return False

    return sum(fill(text, set()) for text in range(len(texts)))


def _short(terms: Sequence[str], text: str) -> tuple[Verdict, Message]:
    given = same(text)
    found = [term for term in terms if same(term) in given]
    if not terms:
        return Verdict.PENDING, say("A teaching assistant reads this answer.")
    message = say(
        "A teaching assistant reads this answer; it mentions {found} of {n} expected terms.",
        found=len(found),
        n=len(terms),
    )
    return Verdict.PENDING, message


def starter(questions: Iterable[tuple[str, Quiz]], language: Language) -> str:
    """The file students begin with: every question as a comment, every answer empty. Choices to order are sorted."""
    blocks = []
    for name, quiz in questions:
        lines = [f"# {line}".rstrip() for line in quiz.ask.render(language).strip().splitlines()]
        lines += [f"#   {n}. {choice.render(language)}" for n, choice in enumerate(quiz.choose, 1)]
        if quiz.order:
            lines += [f"#   - {entry}" for entry in sorted(quiz.order)]
        empty = "[" + ", ".join(["''"] * max(len(quiz.fill), len(quiz.order))) + "]"
        lines.append(f"{name}: {empty}" if len(quiz.fill) > 1 or quiz.order else f"{name}: ''")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"
