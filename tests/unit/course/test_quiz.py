"""Answers: hostile bytes in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.quiz import Quiz, mark, read_answers, same, starter
from grader.course.starter import starters
from grader.course.text import Text
from grader.course.version import Version
from grader.errors import IntakeError
from grader.judge.verdicts import Verdict
from tests.unit.course.support import EXERCISE, course

if TYPE_CHECKING:
    from pathlib import Path

ASK = Text(zh="问题")
CHOOSE = Quiz(ASK, choose=(Text(zh="并发"), Text("并行", "parallelism"), Text(zh="阻塞")), answer=2)
FILL = Quiz(ASK, fill=(("GIL", "全局解释器锁"),))
BLANKS = Quiz(ASK, fill=(("就绪", "ready"), ("运行", "running"), ("阻塞", "ready")))
ORDER = Quiz(ASK, order=("start", "run", "join"))
SHORT = Quiz(ASK, terms=("解耦", "平衡"))


@pytest.mark.parametrize(
    ("quiz", "answer", "verdict"),
    [
        (CHOOSE, "2", Verdict.PASS),
        (CHOOSE, "２", Verdict.PASS),
        (CHOOSE, " b ", Verdict.PASS),
        (CHOOSE, "并行", Verdict.PASS),
        (CHOOSE, "Parallelism", Verdict.PASS),
        (CHOOSE, ("2",), Verdict.PASS),
        (CHOOSE, "1", Verdict.FAIL),
        (CHOOSE, "0", Verdict.FAIL),
        (CHOOSE, "4", Verdict.FAIL),
        (CHOOSE, "d", Verdict.FAIL),
        (CHOOSE, "-1", Verdict.FAIL),
        (CHOOSE, "9" * 5000, Verdict.FAIL),
        (CHOOSE, ("2", "2"), Verdict.FAIL),
        (CHOOSE, "", Verdict.MISSING),
        (CHOOSE, None, Verdict.MISSING),
        (CHOOSE, ("", " "), Verdict.MISSING),
        (FILL, "gil", Verdict.PASS),
        (FILL, " ＧＩＬ ", Verdict.PASS),
        (FILL, "全局解释器锁", Verdict.PASS),
        (FILL, "锁", Verdict.FAIL),
        (FILL, ("GIL", "GIL"), Verdict.FAIL),
        (BLANKS, ("阻塞", "就绪", "运行"), Verdict.PASS),
        (BLANKS, ("ready", "ready", "running"), Verdict.PASS),
        (BLANKS, ("ready", "就绪", "running"), Verdict.PASS),
        (BLANKS, ("就绪", "就绪", "running"), Verdict.FAIL),
        (BLANKS, ("就绪", "运行"), Verdict.FAIL),
        (ORDER, ("START", "run", " join"), Verdict.PASS),
        (ORDER, ("run", "start", "join"), Verdict.FAIL),
        (ORDER, ("start", "run", "jion"), Verdict.FAIL),
        (ORDER, "start run join", Verdict.FAIL),
        (SHORT, "为了解耦", Verdict.PENDING),
        (SHORT, "不知道", Verdict.PENDING),
        (SHORT, None, Verdict.MISSING),
    ],
)
def test_an_answer_is_marked_fairly(quiz: Quiz, answer: str | tuple[str, ...] | None, verdict: Verdict) -> None:
    """Width, case and spaces do not count; each text fills one blank; nothing but a TA decides a short answer."""
    assert mark(quiz, answer)[0] is verdict


def test_the_note_on_a_wrong_answer_does_not_give_the_right_one() -> None:
    """Students read notes, also before the due time."""
    for quiz, answer in (
        (CHOOSE, "1"),
        (FILL, "x"),
        (BLANKS, ("x", "y", "z")),
        (ORDER, ("join", "run", "start")),
        (SHORT, "x"),
    ):
        note = "".join(mark(quiz, answer)[1].both().values())
        for secret in ("并行", "GIL", "就绪", "解耦", "平衡", "第 2"):
            assert secret not in note


def test_answers_are_read_as_characters() -> None:
    """`no`, `12:30`, `0123` and `3.10` are what the student wrote; empty ones are left out."""
    text = "q1: 2\nq2: no\nq3: 12:30\nq4: 0123\nq5: [a, 3.10]\nq6:\nq7: ''\nq8: 2026-12-01\n"
    assert read_answers(text.encode(), "gb18030") == {
        "q1": "2", "q2": "no", "q3": "12:30", "q4": "0123", "q5": ("a", "3.10"), "q8": "2026-12-01",
    }  # fmt: skip


def test_answers_in_the_course_encoding_are_read() -> None:
    """A file saved by an old editor reads as the course declares; anything else is said, never guessed."""
    assert read_answers("q1: 全局解释器锁\n".encode("gb18030"), "gb18030") == {"q1": "全局解释器锁"}
    assert read_answers("\ufeffq1: 锁\r\n".encode(), "gb18030") == {"q1": "锁"}
    with pytest.raises(IntakeError, match="neither UTF-8 nor ascii"):
        read_answers("q1: 锁\n".encode("gb18030"), "ascii")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "q1：2\n",
        "q1: {a: b}\n",
        "q1: [[a]]\n",
        "q1: 1\nq1: 2\n",
        "q1: &a 1\nq2: *a\n",
        "q1: !!python/object/apply:os.system [id]\n",
        "q1: " + "[" * 1000,
        "".join(f"q{n}: 1\n" for n in range(300)),
        "q1: " + "x" * 70_000,
        "q1: 'a\nq2: b\n",
    ],
)
def test_a_file_that_is_no_list_of_answers_is_the_students_to_mend(text: str) -> None:
    """The error is an IntakeError with a place, so the verdict is `missing` and the batch goes on."""
    with pytest.raises(IntakeError) as caught:
        read_answers(text.encode(), "gb18030", file="day32/quiz.yaml")
    assert caught.value.place is not None
    assert caught.value.place.file == "day32/quiz.yaml"


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise_anything_but_an_intake_error(data: bytes) -> None:
    """Student bytes are hostile."""
    try:
        answers = read_answers(data, "gb18030")
    except IntakeError as error:
        shown = error.render("zh")
        answers = {"": shown}
    if answers:
        for quiz in (CHOOSE, FILL, BLANKS, ORDER, SHORT):
            for answer in answers.values():
                mark(quiz, answer)


@given(st.permutations([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]), st.permutations(["a", "b", "c", "d"]))
@settings(deadline=None)
def test_blanks_in_any_order_find_their_match(blanks: list[tuple[str, str]], answers: list[str]) -> None:
    """Where some assignment of texts to blanks exists it is found, whatever the order."""
    assert mark(Quiz(ASK, fill=tuple(blanks)), tuple(answers))[0] is Verdict.PASS


@given(st.text(max_size=30))
def test_sameness_is_settled(text: str) -> None:
    """What was normalised once stays as it is."""
    assert same(same(text)) == same(text)


def test_the_starter_holds_every_question_and_no_answer() -> None:
    """It reads as no answers at all, and entries to be ordered stand sorted."""
    text = starter([("q1", CHOOSE), ("q2", FILL), ("q3", BLANKS), ("q4", ORDER), ("q5", SHORT)], "en")
    assert read_answers(text.encode(), "utf-8") == {"q3": ("", "", ""), "q4": ("", "", "")}
    assert list(yaml.safe_load(text)) == ["q1", "q2", "q3", "q4", "q5"]
    assert text.index("- join") < text.index("- run") < text.index("- start")
    assert "2. parallelism" in text
    assert "GIL" not in text
    for name, quiz in (("q1", CHOOSE), ("q3", BLANKS)):
        assert mark(quiz, read_answers(text.encode(), "utf-8").get(name))[0] is Verdict.MISSING


def test_an_exercise_begins_with_its_starter_or_a_made_one(tmp_path: Path) -> None:
    """The written starter goes first; without one there are empty functions; questions always get their list."""
    quiz = {
        "assignments/demo.yaml": EXERCISE.replace("{file: work.py,", "{answers: day31/quiz.yaml, file: work.py,")
        + "  q1: {points: 1, quiz: {ask: 问题, fill: [a]}}\n"
    }
    written = Version.of(course(tmp_path / "a", quiz), "demo")
    assert starters(written.assignment, written.reference, "zh") == {
        "work.py": "def collect(sock, n):\n    pass\n",
        "day31/quiz.yaml": "# 问题\nq1: ''\n",
    }
    bare = Version.of(course(tmp_path / "b", {**quiz, "reference/demo/starter.py": None}), "demo")
    assert "class Counter:" in starters(bare.assignment, bare.reference, "zh")["work.py"]
