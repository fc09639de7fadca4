"""What students begin with: the written starter, or one made from what the exercise asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.quiz import Quiz
from grader.course.quiz import starter as quiz_starter
from grader.course.signatures import do_nothing

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.course.reference import Reference
    from grader.language import Language

FILE = "starter.py"


def starters(assignment: Assignment, reference: Reference, language: Language) -> dict[str, str]:
    """File to hand in -> its starter: reference/NAME/starter.py or a file of empty functions; and for questions their list."""
    found, submit = {}, assignment.submit
    if submit.file is not None:
        found[submit.file] = reference.text(FILE) if FILE in reference.files else do_nothing(submit.provides)
    if submit.answers is not None:
        questions = [(check.name, check.kind) for check in assignment.checks if isinstance(check.kind, Quiz)]
        found[submit.answers] = quiz_starter(questions, language)
    return found
