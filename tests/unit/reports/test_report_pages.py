"""Pages: golden files, hostile text, and what a reader without colour, script, network or sight needs."""

import itertools
import os
import re
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import (
    ADJUST,
    BROKEN,
    COMMENT,
    COURSE,
    DEADLOCK,
    EN,
    HIDDEN_COMMENT,
    LINE_COMMENT,
    MATERIAL,
    NOON,
    OUYANG,
    RIGHT_TO_LEFT,
    STAFF,
    STUCK,
    TALK,
    WANG,
    ZH,
    grade,
    nothing,
    open_grade,
    record,
)

from grader.course.checks import Manual
from grader.course.lateness import Late
from grader.course.roster import Student
from grader.course.text import Text
from grader.judge.verdicts import Verdict
from grader.language import say
from grader.reports import render
from grader.reports.classpage import Files, class_view
from grader.reports.contract import grade_json
from grader.reports.days import days
from grader.reports.markdown import report_markdown
from grader.reports.render import class_html, days_html, environment, report_html
from grader.reports.sheet import spotcheck_html, spotcheck_markdown
from grader.reports.spotcheck import spotcheck
from grader.reports.statement import statement_html
from grader.reports.student import Material, Reader, report

GOLDEN = Path(__file__).parent / "golden"
STYLE = Path(render.__file__).parent / "templates" / "style.css"

ONE_LATE = grade(
    comments=(COMMENT, LINE_COMMENT, HIDDEN_COMMENT),
    late=Late("late", 700, 1, Decimal("0.1"), 0),
    notices=(say("There is no column `{column}` in this file.", column="x"),),
)
PASSED = record("test_no_schedule_deadlocks", Verdict.PASS, "6", "6")
PART = record("test_both_are_held", Verdict.PASS, "0.85", "2")
FINE = record("talk", Verdict.PASS, "2", "2")
FEAST = record("test_secret_feast", Verdict.PASS, "4", "4")
ALL_OPEN = open_grade(
    checks=(PASSED, PART, FINE, FEAST), overrides=(ADJUST,), adjustment=Decimal("1.5"), score=Decimal(14)
)
BEFORE = replace(MATERIAL, previous=(STUCK, PART, TALK))


def pages():
    """The golden pages: name -> text."""
    for reader in (ZH, EN):
        language = reader.language
        for name, view in {
            "hidden": report(ONE_LATE, DEADLOCK, COURSE, reader, replace(MATERIAL, previous=(PASSED,))),
            "released": report(ALL_OPEN, DEADLOCK, COURSE, reader, BEFORE),
            "missing": report(
                nothing(problem=say("The ids of the roster must stand in one of: {names}", names="id")),
                DEADLOCK,
                COURSE,
                reader,
            ),
        }.items():
            yield f"{name}.{language}.html", report_html(view, back="index.html")
            yield f"{name}.{language}.md", report_markdown(view)
        pairs = [(ONE_LATE, DEADLOCK), (ALL_OPEN, DEADLOCK), (nothing(WANG), DEADLOCK)]
        yield f"days.{language}.html", days_html(days(pairs, COURSE, reader, lambda name: f"{name}.html"))
        staff = replace(STAFF, language=language)
        yield (
            f"class.{language}.html",
            class_html(class_view(whole_class(), [DEADLOCK], COURSE, staff, Files({"5" * 64: MATERIAL.files}))),
        )
        drawn = spotcheck([ALL_SOUND], {DEADLOCK.name: DEADLOCK}, lambda _: MATERIAL.files, seed="1", language=language)
        yield f"spotcheck.{language}.html", spotcheck_html(drawn, language, with_key=True)
        yield f"spotcheck.{language}.md", spotcheck_markdown(drawn, language, with_key=False)


ALL_SOUND = open_grade(checks=(PASSED, replace(PART, points=Decimal(2)), FINE, FEAST))


def whole_class():
    return [
        ONE_LATE,
        replace(grade(RIGHT_TO_LEFT), late=Late()),
        nothing(OUYANG),
        nothing(Student("2026009", "赵静", "10"), status="infra"),
        grade(Student("2026010", "钱伟", "10"), checks=(PASSED, BROKEN, FINE, FEAST)),
    ]


@pytest.mark.parametrize(("name", "text"), list(pages()), ids=[name for name, _ in pages()])
def test_golden(name, text):
    """The page, its style apart, is byte for byte the one in golden/; GRADER_UPDATE_GOLDEN=1 writes it anew, to be read first."""
    path = GOLDEN / name
    text = re.sub("(?s)<style>.*?</style>", "<style>...</style>", text)
    if os.environ.get("GRADER_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


class Page(HTMLParser):
    """What a page is made of; every opened tag must be closed in order."""

    VOID = frozenset({"meta", "br", "rect", "path", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.headings, self.open, self.text = [], [], [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "section",
        "article",
        "nav",
        "div",
        "span",
    ),
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "b",
        "i",
        "bdi",
        "a",
        "br",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "pre",
        "code",
        "figure",
        "figcaption",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "rect", "path", "text", "g"),
}
HTML = [(name, text) for name, text in pages() if name.endswith(".html")]


@pytest.mark.parametrize(("name", "text"), HTML, ids=[name for name, _ in HTML])
def test_a_page_loads_and_runs_nothing(name, text):
    """No script, no handler, no form, no image, nothing from anywhere; links are relative or inside the page."""
    page = Page(text)
    assert page.open == []
    assert set(page.tags) <= TAGS
    for tag, attribute, value in page.attributes:
        assert not attribute.startswith("on")
        assert attribute not in {"src", "srcset", "action", "style", "xlink:href", "background"}
        if attribute == "href":
            assert tag == "a"
            assert re.fullmatch(r"#[a-z0-9-]+|[A-Za-z0-9_~./-]+\.html", value), value
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize(("name", "text"), HTML, ids=[name for name, _ in HTML])
def test_a_page_can_be_heard(name, text):
    """One h1, no heading level skipped, a main landmark, a language, names on pictures, scopes on table headers."""
    page = Page(text)
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(page.headings))
    assert page.tags.count("main") == 1
    assert ("html", "lang", "zh-CN" if ".zh." in name else "en") in page.attributes
    assert page.tags.count("svg") == sum(1 for tag, key, _ in page.attributes if tag == "svg" and key == "aria-label")
    assert page.tags.count("th") == sum(1 for tag, key, _ in page.attributes if tag == "th" and key == "scope")
    assert page.tags.count("table") == page.tags.count("caption")


def test_without_style_and_colour_nothing_is_lost():
    """Verdict, points, state and the bar's meaning stand in the text; nothing is folded away."""
    page = Page(report_html(report(ONE_LATE, DEADLOCK, COURSE, ZH, MATERIAL)))
    for text in (
        "死锁",
        "0 / 6 分",
        "✗",
        "…",
        "异常",
        "3 项检查通过 0 项, 1 项待定",
        "线程 1 在等 fork",
        "第 8 行: with fork:",
        "已公布的检查",
    ):
        assert text in page.text
    assert not {"details", "dialog", "template"} & set(page.tags)
    assert not any(attribute == "hidden" for _, attribute, _ in page.attributes)
    assert "display: none" not in STYLE.read_text().partition("@media print")[0]  # on paper a link leads nowhere


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast():
    """Every text colour has at least 4.5:1 on every ground it can stand on, in light, dark and print."""
    light, dark, printed = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)
    for scheme in (colours(light), {**colours(light), **colours(dark)}, {**colours(light), **colours(printed)}):
        grounds = ["paper", "card", "well"]
        pairs = [
            (text, ground) for text in ("ink", "soft", "link", "good", "bad", "wait", "later") for ground in grounds
        ]
        pairs += [
            ("good", "good-tint"),
            ("bad", "bad-tint"),
            ("wait", "wait-tint"),
            ("ink", "bad-tint"),
            ("ink", "wait-tint"),
        ]
        for text, ground in pairs:
            one, other = sorted((luminance(scheme[text]), luminance(scheme[ground])), reverse=True)
            assert (one + 0.05) / (other + 0.05) >= 4.5, (text, ground, scheme[text], scheme[ground])


def test_every_template_escapes():
    """Escaping does not depend on a template's name: it is on for all, .j2 included, and nothing switches it off."""
    assert environment().autoescape is True
    names = environment().list_templates(extensions=["j2"])
    assert len(names) >= 6
    for name in names:
        source = (STYLE.parent / name).read_text()
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}\x1b[31m\u202e"


def hostile_grade(text: str):
    """A grade in which everything that somebody else wrote is `text`."""
    everything = dict.fromkeys(("case", "call", "got", "assertion", "why", "exception", "seed", "answer", "task"), text)
    bad = record(
        "test_no_schedule_deadlocks",
        Verdict.ERROR,
        "0",
        "6",
        **everything,
        output={"text": text, "truncated": False},
        events=[{"kind": text, "task": text, "about": text, "holds": [text], "facts": {text: text}}],
        traceback=[{"file": text, "line": 3, "function": text, "text": text}],
        cycle=[{"task": text, "waits_for": text, "held_by": text, "line": 1}],
        left=[text],
        overridden={"by": text, "reason": text, "points": text},
    )
    bad = replace(bad, message={"zh": text, "en": text})
    act = replace(COMMENT.act, by=text, reason=text)
    return open_grade(
        student=Student(text, text, text, text),
        checks=(bad,),
        comments=(replace(COMMENT, text=text, act=act), replace(LINE_COMMENT, text=text, act=act)),
        overrides=(replace(ADJUST, act=act),),
        notices=(say("{x}", x=text),),
        problem=say("{x}", x=text),
        file=text,
        commit=text,
    )


def all_pages_of(text: str):
    assignment = replace(
        DEADLOCK,
        title=Text(zh=text),
        checks=tuple(replace(c, title=Text(zh=text), hint=Text(zh=text)) for c in DEADLOCK.checks),
    )
    hostile = hostile_grade(text)
    material = Material(
        {text: f"{text}\n{text}\n{text}".encode("utf-8", "replace"), "noodles.py": text.encode("utf-8", "replace")}
    )
    view = report(hostile, assignment, COURSE, ZH, material)
    yield report_html(view)
    yield days_html(days([(hostile, assignment)], COURSE, ZH, lambda _: "x.html"))
    yield class_html(class_view([hostile, replace(hostile, student=WANG)], [assignment], COURSE, STAFF))
    yield report_markdown(view)


def test_hostile_text_is_only_text():
    """Tags, attributes, template code and control characters in any field come out as the characters they are."""
    *html, plain = all_pages_of(HOSTILE)
    for text in html:
        page = Page(text)
        assert set(page.tags) <= TAGS
        assert not any(name.startswith("on") for _, name, _ in page.attributes)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "{{ 7*7 }}" in page.text
        assert "49{" not in page.text
    assert "\x1b" not in plain
    assert "\u202e" not in plain


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=30).filter(str.strip))
def test_any_text_in_any_field(text):
    """No text breaks a page: it parses, every tag is one of ours and closed, no control character is in it."""
    *html, plain = all_pages_of(text)
    for page_text in html:
        page = Page(page_text)
        assert page.open == []
        assert set(page.tags) <= TAGS
    for page_text in (*html, plain):
        page_text.encode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page_text)


def test_one_reader_reads_one_language():
    """The English page of an assignment with two titles shows one of them, and no Chinese product text."""
    page = Page(report_html(report(ALL_OPEN, DEADLOCK, COURSE, EN)))
    assert "Mend the deadlock" in page.text
    assert "解决死锁" not in page.text
    words = re.findall(r"[\u4e00-\u9fff]+", page.text)
    assert set(words) == {"王小明", "李老师", "讲得很清楚"}


def test_times_are_in_the_courses_zone_with_seconds():
    """Commit and receipt are named with the zone of the course, whoever reads."""
    for reader in (ZH, EN):
        page = report_html(report(ALL_OPEN, DEADLOCK, COURSE, reader))
        assert "2026-12-01 12:00:05 UTC+08:00" in page
        assert "2026-12-01 10:00:05 UTC+08:00" in page
        assert ALL_OPEN.commit in page


def test_every_page_reads_in_one_language():
    """A name in two languages is shown in the reader's, and in no other, on every page: a student's, all days', the class's."""
    titles = {language: DEADLOCK.title.render(language) for language in ("zh", "en")}
    for name, text in pages():
        language = name.split(".")[1]
        assert [other for other, title in titles.items() if title in text] == [language], name


def test_a_moment_is_the_same_whatever_zone_it_came_in():
    """Commit and receipt in a student's and a machine's own zones: the course's zone on every page, UTC in JSON, for any reader."""
    seoul, far = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))
    abroad = replace(ALL_OPEN, commit_date=ALL_OPEN.commit_date.astimezone(seoul), received_at=NOON.astimezone(far))
    for reader in (ZH, EN):
        here, there = (report(g, DEADLOCK, COURSE, reader) for g in (ALL_OPEN, abroad))
        assert report_html(there) == report_html(here)
        assert report_markdown(there) == report_markdown(here)
    assert grade_json(abroad, DEADLOCK)["received_at"] == "2026-12-01T04:00:05+00:00"


def test_fixed_and_broken_since_the_attempt_before():
    """What changed between two attempts is said at the top and at the check; undecided checks are no change."""
    view = report(ALL_OPEN, DEADLOCK, COURSE, EN, BEFORE)
    assert view.fixed == ("no schedule deadlocks",)
    assert view.broken == ()
    again = report(open_grade(), DEADLOCK, COURSE, EN, replace(MATERIAL, previous=(PASSED, BROKEN, FINE)))
    assert again.broken == ("no schedule deadlocks",)
    assert report(ALL_OPEN, DEADLOCK, COURSE, EN).fixed == ()


def test_a_question_is_its_own_title():
    """A quiz or manual check without a title is named by what it asks, cut where it is long; q1 alone says nothing."""
    view = report(ONE_LATE, DEADLOCK, COURSE, ZH)
    assert view.open[0].title == "talk: 讲讲为什么会死锁"
    long = replace(DEADLOCK, checks=(replace(DEADLOCK.checks[2], kind=Manual(Text(zh="长" * 100 + "\n第二行"))),))
    assert report(open_grade(checks=(TALK,)), long, COURSE, ZH).open[0].title == "talk: " + "长" * 60 + "…"


def test_a_url_without_a_student_shows_no_student():
    """Work handed in without an id is shown without one; the made-up key of the store is nowhere."""
    anonymous = Student("url:https://gitee.com/s09/homework", "", "", "https://gitee.com/s09/homework")
    page = report_html(report(grade(anonymous), DEADLOCK, COURSE, ZH))
    assert "url:" not in page


def test_a_statement_is_rendered_and_cleaned():
    """Markdown becomes HTML with headings below the page's; raw HTML, images and odd links do nothing."""
    html = statement_html(
        "# 题目\n\n`collect(sock, n)`\n\n<script>x</script> ![pic](https://example.org/x.png) [a](javascript:alert(1)) [b](https://example.org/)\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nwith lock:\n    pass\n```\n"
    )
    assert "<h2>题目</h2>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript" not in re.sub(r">[^<]*<", "><", html)
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<table>" in html
    assert '<code class="language-python">with lock:' in html


def test_staff_reader_in_another_language():
    """A course in Chinese can be read in English by staff, hidden checks included."""
    view = report(ONE_LATE, DEADLOCK, COURSE, Reader("en", NOON, "staff"), MATERIAL)
    assert len(view.checks) == 4
    assert view.later == ()
