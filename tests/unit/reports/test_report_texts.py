"""Product texts exist in both languages; pages made from the code are current."""

import re
from pathlib import Path

import grader.judge.mutate
import grader.reports
from grader.judge.verdicts import MEANINGS, Verdict
from grader.language import catalogue
from grader.reports.texts import texts_in
from grader.reports.verdict_table import PAGE, verdicts_markdown
from grader.reports.words import ACTORS, LABELS, NEXT, ORDER

FOLDER = Path(grader.reports.__file__).parent


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)\}", text))


def test_every_text_has_chinese_with_the_same_places():
    """Each `say` of the package and of its templates is in the catalogue, its {places} and no others in it."""
    texts = texts_in(FOLDER)
    assert len(texts) > 150
    chinese = catalogue("zh")
    for text in sorted(texts | {message.text for message in grader.judge.mutate.QUESTIONS.values()}):
        assert text in chinese, text
        assert placeholders(chinese[text]) == placeholders(text), text


def test_templates_hold_no_bare_words():
    """Outside tags and expressions a template has no letters: every word a reader sees comes from the catalogue."""
    for path in sorted((FOLDER / "templates").glob("*.j2")):
        source = re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!DOCTYPE html>", "", path.read_text(encoding="utf-8"))
        bare = re.sub(r"(?s)<[^>]*>", "", source)
        assert not re.search(r"[A-Za-z\u4e00-\u9fff]", bare), (path.name, re.findall(r"[A-Za-z\u4e00-\u9fff]+", bare))


def test_every_verdict_has_its_words():
    """A new verdict needs a label, a next step and a place in the order of mending."""
    assert set(LABELS) == set(NEXT) == set(ORDER) == set(Verdict) == set(MEANINGS)
    assert len(ORDER) == len(set(ORDER))
    assert {meaning.actor for meaning in MEANINGS.values()} == set(ACTORS)


def test_the_page_of_verdicts_is_current():
    """docs/verdicts.md is what the table makes; `python -m grader.reports.verdict_table` writes it."""
    assert PAGE.read_text(encoding="utf-8") == verdicts_markdown()
