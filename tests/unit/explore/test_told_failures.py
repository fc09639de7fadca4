"""What a person reads of an exploration: one sentence, the timeline, the page. Golden texts for six programs in both languages."""

import copy
import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.cli import app
from grader.explore.page import VERDICTS, explored_html
from grader.explore.shown import LANES, timeline
from grader.explore.words import details, looked, sentence
from grader.reports.timeline import timeline_text
from sandbox.search import VERDICTS as FOUND
from tests.unit.scheduler.corpus import CORPUS
from tests.unit.scheduler.exploring import explored

GOLDEN = Path(__file__).parent / "golden"
SIX = (
    "bugs/01_lost_update.py", "bugs/05_lock_twice.py", "bugs/17_pool_waits_for_itself.py", "bugs/27_lost_signal.py", "bugs/30_two_locks.py",
    "cases/19_thread_error.py",
)  # fmt: skip
HOSTILE = "</svg><script>alert(1)</script>\x1b[31m\u202e\"'&" + "x" * 300
VOID = {"meta", "br", "hr", "img", "input", "link"}
OPTIONAL = {"path", "rect", "circle"}  # of SVG, written as <path/>


@cache
def _report(name):
    return json.dumps(explored(CORPUS[name]))


def report(name):
    return {**json.loads(_report(name)), "file": CORPUS[name].path.name}


def told(name, language):
    """The sentence, the label and who waits, the picture."""
    found = report(name)
    lines = [sentence(found).render(language), *(line.render(language) for line in list(details(found))[:-1])]
    return "\n".join([*lines, "", *(timeline_text(timeline(each, found), language) for each in found["failures"])])


def hostile(found):
    """The same report, every text of the program replaced by a nasty one."""

    def nasty(value, key=""):
        if isinstance(value, dict):
            return {name: nasty(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [nasty(each, key) for each in value]
        if isinstance(value, str) and key in {
            "name",
            "about",
            "text",
            "file",
            "task",
            "type",
            "variable",
            "held",
            "holds",
            "unsupported",
        }:
            return HOSTILE
        return value

    return nasty(copy.deepcopy(found))


class Checker(HTMLParser):
    """Every element that is opened is closed, in order; ids are unique; what could run or load is named."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.bad, self.text, self.links = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"script", "iframe", "object", "embed", "img", "link", "base", "form", "foreignobject"}:
            self.bad.append(tag)
        self.bad += [
            f"{tag} {name}" for name in given if name.startswith("on") or name in {"style", "src", "xlink:href"}
        ]
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(f"</{tag}>")

    def handle_data(self, data):
        self.text.append(data)


def checked(source):
    page = Checker()
    page.feed(source)
    page.close()
    assert page.bad == []
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("data:application/json;base64,") for link in page.links)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\((?!#)", source)
    for svg in re.findall(r"<svg.*?</svg>", source, re.DOTALL):
        ET.fromstring(svg)
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SIX)
def test_a_failure_is_told_as_it_was(name, language):
    """Sentence, who else waits, label and timeline, word for word."""
    golden = GOLDEN / f"{Path(name).stem}.{language}.txt"
    assert told(name, language) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SIX)
def test_the_page_is_whole(name, language):
    """Well-formed, nothing that runs or loads, the sentence and the schedule on it, and the schedule in the link is the one shown."""
    found = report(name)
    page = checked(explored_html(found, language))
    text = "".join(page.text)
    assert sentence(found).render(language) in text
    assert json.dumps(found["failures"][0]["schedule"]) in text
    assert "schedule.json" in text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SIX)
def test_names_and_lines_of_the_program_are_text(name, language):
    """Markup, quotes, terminal escapes, bidi characters and very long names come out seen and cut, on the page and on a console."""
    found = hostile(report(name))
    source = explored_html(found, language)
    checked(source)
    lines = [sentence(found), *details(found)]
    console = "\n".join(line.render(language) for line in lines)
    console += "".join(timeline_text(timeline(each, found), language) for each in found["failures"])
    for sign in ("\x1b", "\u202e"):
        assert sign not in source
        assert sign not in console
    assert "x" * 250 not in console


def test_every_verdict_has_a_word_on_the_page():
    """Whatever the search can find."""
    assert set(VERDICTS) == {"ok", *FOUND}


@pytest.mark.parametrize(
    ("more", "must", "never"),
    [
        ({"exhausted": True, "bound": {"mode": "late", "preemptions": None, "sampled": 98}}, "also those in which", "may still"),
        ({"exhausted": True, "bound": {"mode": "strict", "preemptions": None, "sampled": 98}}, "are exact", "overrun"),
        ({"exhausted": False, "bound": {"mode": "strict", "preemptions": 2, "sampled": 98}}, "at most 2 times", "Every schedule"),
        ({"exhausted": False, "bound": {"mode": "late", "preemptions": 1, "sampled": 98}}, "at most 1 times", "Every schedule"),
        ({"exhausted": False, "bound": {"mode": "strict", "preemptions": None, "sampled": 98}}, "98 of them drawn", "Every schedule"),
    ],
)  # fmt: skip
def test_no_more_is_promised_than_was_looked_at(more, must, never):
    """Exhausted, bounded and sampled are told apart, in both modes; only the first promises anything about every schedule."""
    text = looked({"verdict": "ok", "failures": [], "schedules": 200, **more}).render("en")
    assert must in text
    assert never not in text
    assert more["exhausted"] or "Another one may still fail." in text


@pytest.mark.parametrize("name", SIX)
def test_the_timeline_keeps_the_numbers_of_the_schedule(name):
    """What is drawn is in order, and what is left out is left out of the picture only."""
    found = report(name)
    (failure,) = found["failures"]
    numbers = [step.number for step in timeline(failure, found).steps]
    assert numbers == sorted(set(numbers))
    first = next(step["task"] for step in failure["steps"])
    second = next(n for n, step in enumerate(failure["steps"], 1) if step["task"] != first)
    assert sum(number < second for number in numbers) <= 1


def crowd(circle):
    """A hundred tasks that wait, those of `circle` for each other."""
    found = report("bugs/30_two_locks.py")
    (failure,) = found["failures"]
    like = failure["tasks"][1]
    after = dict(zip(circle, [*circle[1:], circle[0]], strict=True))
    many = [{**like, "number": n, "name": f"T{n}", "waits_for": after.get(n)} for n in range(10, 110)]
    return {**failure, "tasks": [*failure["tasks"], *many], "cycle": circle}


def test_a_hundred_tasks_are_few_lanes():
    """The circle and the main task have lanes, all others share one; who is in the circle is never among the others."""
    drawn = timeline(crowd([50, 51]))
    assert drawn.tasks == ("main", "T50", "T51", "+100")
    assert [drawn.tasks[link.task] for link in drawn.cycle] == ["T50", "T51"]


def test_a_circle_of_a_hundred_is_drawn_in_part():
    """More than there are lanes for: some of it is drawn, and nothing is said of the rest as if it were one task."""
    drawn = timeline(crowd(list(range(10, 110))))
    assert len(drawn.tasks) == LANES
    assert {lane for link in drawn.cycle for lane in (link.task, link.held_by)} <= set(range(LANES - 1))
    assert all(step.task < LANES - 1 for step in drawn.steps if step.mark == "stuck")


@pytest.mark.parametrize(
    ("order", "is_lost"),
    [
        ("1r 2r 2w 1w", True),
        ("1r 1w 2r 2w", False),
        ("1r 2r 2w 1r 1w", False),
        ("1r 1w 2r 2w 1w", False),
        ("1r 2w 2r 1w", True),
    ],
)
def test_only_an_update_that_was_lost_is_called_lost(order, is_lost):
    """Who read again before it wrote, or wrote without having read, went by no old value, and the sentence does not say so."""
    found = report("bugs/01_lost_update.py")
    steps = found["failures"][0]["steps"]
    like = {
        kind: next(s for s in steps if s["kind"] == kind and s["about"] == "counter" and s["task"])
        for kind in ("read", "write")
    }
    kinds = {"r": "read", "w": "write"}
    found["failures"][0]["steps"] = [{**like[kinds[each[1]]], "task": int(each[0])} for each in order.split()]
    assert ("is lost" in sentence(found).render("en")) is is_lost
    assert ("in no order" in sentence(found).render("en")) is not is_lost


def test_a_replay_is_told_as_what_was_found(tmp_path, capsys):
    """The same order once more: the same sentence, and a page with the picture."""
    found = report("bugs/30_two_locks.py")
    order, page = tmp_path / "schedule.json", tmp_path / "page.html"
    order.write_text(json.dumps(found["failures"][0]["schedule"]))
    file = CORPUS["bugs/30_two_locks.py"].path
    with pytest.raises(SystemExit) as ended:
        app(
            ["replay", str(file), str(order), "--no-sandbox", "--page", str(page), "--lang", "en"],
            standalone_mode=False,
        )
    assert ended.value.code == 1
    assert sentence(found).render("en") in capsys.readouterr().out
    source = page.read_text(encoding="utf-8")
    checked(source)
    assert source.count("<svg") == 1
