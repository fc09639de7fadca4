"""Every product text exists in both languages: each `say(...)` of the code, each text of the templates."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import grader
from grader.language import CATALOGUE, LANGUAGES, say, translate

ROOT = Path(grader.__file__).parent
SAYS = frozenset({"say", "t", "translate"})  # `t` is what the command line calls its help texts with
ENGLISH_IS_SOURCE = [language for language in LANGUAGES if language != "en"]
OWN_CATALOGUE = re.compile(r"[\u4e00-\u9fff]")


def spoken(source: str, name: str) -> list[tuple[str, str]]:
    """(text, place) of every `say("...")`, both branches of `say("..." if x else "...")`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS and node.args:
            first = node.args[0]
            for text in [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]:
                if isinstance(text, ast.Attribute) and text.attr == "text":
                    continue  # a message's own text, found where that is said
                literal = text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else ""
                if literal or getattr(node.func, "id", "") == "say":
                    found.append((literal, f"{name}:{node.lineno}"))
    return found


def texts_of_code() -> list[tuple[str, str]]:
    return [
        pair
        for path in sorted(ROOT.rglob("*.py"))
        for pair in spoken(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT.parent)))
    ]


def texts_of_templates() -> list[tuple[str, str]]:
    """Texts in trans blocks and `_("...")` of templates."""
    options = {"silent": "false", "trimmed": "true", "extensions": "jinja2.ext.i18n"}
    found = []
    for path in sorted(ROOT.rglob("*.j2")):
        for line, message, *_ in extract_from_file(
            "jinja2", path, keywords={"_": None, "gettext": None, "say": None}, options=options
        ):
            found.append(
                (str(message[0] if isinstance(message, tuple) else message), f"{path.relative_to(ROOT.parent)}:{line}")
            )
    return found


SAID = [*texts_of_templates(), *texts_of_code()]
USED = {text: place for text, place in SAID if text}


def test_every_text_is_a_literal():
    """A text that is put together cannot be found by this test, nor by a translator."""
    assert not [place for text, place in SAID if not text]


def catalogues(language: str) -> dict[str, tuple[str, str]]:
    """English text -> (translation, file)."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted((CATALOGUE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    found[str(message.id)] = (str(message.string), path.name)
    return found


def places(text: str) -> set[str]:
    """The named places of a text; raises ValueError where braces do not match."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", ENGLISH_IS_SOURCE)
def test_no_text_is_missing_in_the_catalogue(language):
    """Each text of code and templates has a translation."""
    have = catalogues(language)
    missing = [
        f"{place}: {text!r}"
        for text, place in sorted(USED.items(), key=lambda pair: pair[1])
        if not have.get(text, ("",))[0]
    ]
    assert not missing, f"{len(missing)} without {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", ENGLISH_IS_SOURCE)
def test_no_text_of_the_catalogue_is_stale(language):
    """Each translation belongs to a text that is still said."""
    stale = [f"{file}: {text!r}" for text, (_, file) in catalogues(language).items() if text not in USED]
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("language", ENGLISH_IS_SOURCE)
def test_translations_have_the_same_places(language):
    """A value that is named in one language is named in the other."""
    wrong = [
        f"{file}: {text!r}: {sorted(places(text))} against {sorted(places(translation))}"
        for text, (translation, file) in catalogues(language).items()
        if translation and places(text) != places(translation)
    ]
    assert not wrong, "\n".join(wrong)


def test_chinese_texts_are_chinese():
    """A translation that repeats the English was forgotten."""
    same = [
        f"{file}: {text!r}"
        for text, (there, file) in catalogues("zh").items()
        if there
        and not OWN_CATALOGUE.search(there)
        and len(re.findall(r"[a-zA-Z]{2,}", re.sub(r"{.*?}", "", text))) > 1
    ]
    assert not same, "\n".join(same)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_value_that_a_text_names_is_given(path):
    """`say("{n} files", n=...)`: names and values match at each call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
            given = {keyword.arg for keyword in node.keywords}
            if None not in given and given and isinstance(node.args[0], ast.Constant):  # without any: filled later
                assert places(node.args[0].value) == given, f"{path.name}:{node.lineno}"


def test_a_value_with_braces_is_text():
    """What a student wrote is never read as a place to fill."""
    assert (
        say("It says {text}.", text="{n} {text} {0} {text.__class__}").render("en")
        == "It says {n} {text} {0} {text.__class__}."
    )
    assert translate("nobody ever says this", "zh") == "nobody ever says this"
