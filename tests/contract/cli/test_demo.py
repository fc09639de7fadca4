"""The sample class: each odd repository ends as it should, and both sandboxes agree about everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.demo.run import demo, drawn
from grader.judge.verdicts import Verdict
from grader.verbs.context import Context
from tests.judging import sandbox

if TYPE_CHECKING:
    from grader.store.grade import Grade

EXERCISE = {"python 2": "join-one-all"}  # where it is not udp-collect
ENDS = {  # kind of repository -> status, verdicts of the checks
    "identical copy": ("graded", {Verdict.PASS}),
    "empty repository": ("missing", set()),
    "missing file": ("missing", set()),
    "wrong folder": ("missing", set()),
    "another branch": ("graded", {Verdict.PASS}),
    "odd default branch": ("graded", {Verdict.PASS}),
    "force-push after receipt": ("graded", {Verdict.PASS}),
    "syntax error": ("graded", {Verdict.ERROR}),
    "python 2": ("graded", {Verdict.ERROR}),
    "GBK source": ("graded", {Verdict.PASS}),
    "endless loop": ("graded", {Verdict.TIMEOUT}),
    "hostile": ("graded", {Verdict.CRASHED, Verdict.REVIEW}),
}


def graded(into: Path, name: str) -> tuple[dict[str, str], dict[tuple[str, str], Grade]]:
    """Kinds of repositories by student, and the grades of a sample class made below `into`."""
    sandbox(name)
    with Context.open(None, "en", is_json=False) as c:
        made = demo(c, into, name, 0)
    return made.kinds, {(grade.student.id, grade.assignment): grade for grade in made.grades}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return graded(tmp_path_factory.mktemp("demo") / "demo", "bubblewrap")


def test_each_odd_repository_ends_as_it_should(sample: Any) -> None:
    """Never a pass for an attack, never a zero for what is ours, and a reason for whatever is missing."""
    kinds, grades = sample
    assert set(kinds.values()) == {*ENDS, "answers"}
    for student, kind in kinds.items():
        if kind == "answers":
            continue
        status, verdicts = ENDS[kind]
        grade = grades[student, EXERCISE.get(kind, "udp-collect")]
        assert grade.status == status, kind
        found = {check.verdict for check in grade.checks} - {Verdict.NOT_RUN}
        assert found <= verdicts, (kind, grade.checks)
        assert found or not verdicts, kind
        assert grade.problem or status == "graded", kind
        if kind == "hostile":
            assert grade.raw == 0


def test_right_answers_earn_everything(sample: Any) -> None:
    """The first student has every right answer."""
    kinds, grades = sample
    assert kinds["s01"] == "answers"
    for (student, name), grade in grades.items():
        if student == "s01":
            assert {c.verdict for c in grade.checks} <= {Verdict.PASS, Verdict.PENDING}, (name, grade.checks)


@pytest.mark.docker
def test_both_sandboxes_agree(sample: Any, tmp_path: Path) -> None:
    """Every check of every student has the same verdict and points in Docker as in bubblewrap."""
    _, there = graded(tmp_path / "demo", "docker")
    for key, here in sample[1].items():
        mine = [(c.test, c.verdict, c.points) for c in here.checks]
        other = [(c.test, c.verdict, c.points) for c in there[key].checks]
        assert (here.status, mine) == (there[key].status, other), key


def test_a_race_and_a_deadlock_are_drawn(sample: Any) -> None:
    """Somebody in the class has one of each with the steps of a run that shows it: their pages draw it."""
    _, grades = sample
    assert [verdict for verdict, _ in drawn(list(grades.values()), Path())] == [Verdict.RACE, Verdict.DEADLOCK]
