"""The timeline of a failing run: the same story in text, as a picture and in words."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.reports.timeline import MARKS, STEPS, WORDS, Link, Step, Timeline, picture, sentences, timeline_text
from grader.reports.timeline_svg import timeline_svg

SVG = "{http://www.w3.org/2000/svg}"


def step(task, kind, about, line, code, held=(), mark=None):
    return Step(task, kind, about, f"noodles.py:{line}", code, held, mark)


STUCK = Timeline(
    ("main", "线程甲", "Thread-2"),
    (
        step(0, "start", "线程甲", 20, "a.start()"),
        step(1, "acquire", "fork", 8, "    with fork:", ("fork",)),
        step(2, "acquire", "noodle", 13, "    with noodle:", ("noodle",)),
        step(1, "acquire", "noodle", 9, "        with noodle:", ("fork",), "stuck"),
        step(2, "acquire", "fork", 14, "        with fork:", ("noodle",), "stuck"),
    ),
    (Link(1, "noodle", 2), Link(2, "fork", 1)),
)
RACE = Timeline(
    ("main", "A", "B"),
    (
        step(1, "acquire", "log", 4, "with log:", ("log",)),
        step(1, "release", "log", 5, "with log:"),
        step(1, "read", "n", 6, "n += 1", (), "race"),
        step(2, "write", "n", 6, "n += 1", (), "race"),
        step(0, "join", "A", 12, "a.join()"),
    ),
)
TEXT = """\
Lines of noodles.py
   main                            线程甲                          Thread-2
───────────────────────────────────────────────────────────────────────────────────────────────────
1  starts 线程甲
   20: a.start()
2                                  ┌ takes fork
                                   │ 8: with fork:
3                                  │                               ┌ takes noodle
                                   │                               │ 13: with noodle:
4                                  │ waits for noodle              │
                                   │ 9: with noodle:               │
                                   │ ◆ stuck here (holds fork)     │
5                                  │                               │ waits for fork
                                   │                               │ 14: with fork:
                                   │                               │ ◆ stuck here (holds noodle)

线程甲 waits for noodle, which Thread-2 holds
Thread-2 waits for fork, which 线程甲 holds
"""


def drawn(timeline, language="en", **more):
    return ET.fromstring(timeline_svg(timeline, language, **more))


def words_of(element):
    return [text.text for text in element.iter(f"{SVG}text")]


def test_text_has_a_column_per_task_that_lines_up():
    """The whole picture: numbers, own lines, bars from the taking of a lock, what is stuck, the cycle in words."""
    assert timeline_text(STUCK, "en") == TEXT


def test_a_bar_ends_where_the_lock_is_given_back():
    """Taken and given back: the bar closes at that step, and the column is free below."""
    lines = timeline_text(RACE, "en").splitlines()
    (taken,) = (line for line in lines if "takes log" in line)
    (given_back,) = (line for line in lines if "gives back log" in line)
    assert taken.index("┌") == given_back.index("└")
    assert not any("│" in line for line in lines[lines.index(given_back) :])


def test_text_speaks_chinese():
    """Words of ours are in the reader's language, the student's stay."""
    text = timeline_text(STUCK, "zh")
    assert "等待 noodle" in text
    assert "卡在这里" in text
    assert "9: with noodle:" in text
    assert "线程甲 在等 noodle" in text


def test_every_step_is_told_in_words():
    """A screen reader gets the order, the line, what is held and the cycle."""
    told = sentences(STUCK, "en")
    assert told[0] == "Lines of noodles.py"
    assert told[4] == "4. 线程甲: waits for noodle ◆ stuck here (holds fork) 9: with noodle:"
    assert told[-1] == "Thread-2 waits for fork, which 线程甲 holds"
    assert tuple(drawn(STUCK).find(f"{SVG}desc").text.strip().split("\n")) == told


def test_svg_has_a_lane_per_task_and_the_own_line_of_each_step():
    """Three lanes, five steps with their code; the picture is named for those who cannot see it."""
    svg = drawn(STUCK, ident="x1")
    texts = words_of(svg)
    assert [name for name in texts if name in STUCK.tasks] == list(STUCK.tasks)
    assert [text for text in texts if re.match(r"\d+: ", text)] == [
        "20: a.start()",
        "8: with fork:",
        "13: with noodle:",
        "9: with noodle:",
        "14: with fork:",
    ]
    assert svg.get("role") == "img"
    named = {element.get("id") for element in svg.iter()}
    assert set(svg.get("aria-labelledby").split()) <= named
    assert all(name.startswith("x1-") for name in named if name)


def test_svg_needs_no_colour_and_no_style():
    """Prints in black, follows a dark page, and passes a policy without inline styles: no colour is named, nothing is styled."""
    source = timeline_svg(STUCK, "en")
    assert set(re.findall(r' (?:fill|stroke|color)="([^"]*)"', source)) <= {
        "currentColor",
        "none",
        *(f"url(#timeline-{n})" for n in range(4)),
    }
    assert "style" not in source


def test_svg_draws_locks_as_bars_with_names():
    """Two locks, two hatchings, both open to the end; the arrows go from who waits to the bar it waits for."""
    svg = drawn(STUCK)
    bars = [r for r in svg.iter(f"{SVG}rect") if (r.get("fill") or "").startswith("url(")]
    assert len({bar.get("fill") for bar in bars}) == len(bars) == 2
    bottoms = {int(bar.get("y")) + int(bar.get("height")) for bar in bars}
    assert len(bottoms) == 1
    assert {"fork", "noodle"} <= set(words_of(svg))
    arrows = [path.get("d") for path in svg.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == 2
    ends = sorted(int(re.search(r"L(\d+)", arrow)[1]) for arrow in arrows)
    edges = sorted({int(bar.get("x")) for bar in bars} | {int(bar.get("x")) + 13 for bar in bars})
    assert set(ends) <= set(edges)


def test_two_accesses_without_order_are_joined():
    """Both are framed, named in words, and a dotted line joins them."""
    svg = drawn(RACE)
    assert words_of(svg).count("◆ access without order") == 2
    dotted = [p for p in svg.iter(f"{SVG}path") if p.get("stroke-dasharray") == "2 2"]
    assert len(dotted) == 1


def test_long_runs_show_their_end():
    """The last steps, with their own numbers, and how many were left out."""
    many = Timeline(("main",), tuple(step(0, "write", "n", 3, f"n = {k}") for k in range(STEPS + 7)))
    text = timeline_text(many, "en")
    assert "… 7 earlier events left out …" in text
    assert text.splitlines()[4].split()[0] == "8"
    assert "n = 6\n" not in text


def test_several_files_are_named_at_each_step():
    """A place without its file would be wrong where there are two."""
    two = Timeline(("main",), (Step(0, "read", "n", "a.py:1", "n"), Step(0, "write", "n", "b.py:2", "n = 1")))
    text = timeline_text(two, "en")
    assert "a.py:1: n\n" in text
    assert "b.py:2: n = 1" in text
    assert "Lines of" not in text


def test_idle_tasks_take_no_room():
    """Tasks without a step get no lane, and a link to one is still told."""
    one = Timeline(
        ("main", "sleeper", "B"),
        (step(2, "get", "queue", 5, "q.get()", (), "stuck"),),
        (Link(2, "queue", None), Link(2, "lock", 1)),
    )
    assert picture(one, "en").names == ("B",)
    assert "B waits for queue, and nothing is left that could wake it" in timeline_text(one, "en")
    assert "B waits for lock, which sleeper holds" in words_of(drawn(one))


def test_locks_side_by_side_keep_their_place():
    """The inner lock stands right of the outer one, and a third takes the place that became free."""
    nested = Timeline(
        ("A",),
        (
            step(0, "acquire", "one", 1, "one.acquire()", ("one",)),
            step(0, "acquire", "two", 2, "two.acquire()", ("one", "two")),
            step(0, "release", "one", 3, "one.release()", ("two",)),
            step(0, "acquire", "three", 4, "three.acquire()", ("two", "three")),
        ),
    )
    bars = {bar.lock: (bar.slot, bar.first, bar.last) for bar in picture(nested, "en").bars}
    assert bars == {"one": (0, 0, 2), "two": (1, 1, None), "three": (0, 3, None)}


def test_what_is_hidden_in_names_is_seen():
    """Control and bidi characters of a student's names are written out; markup is text."""
    odd = Timeline(("<b>\u202eabc",), (step(0, "acquire", "a\x1b[31m", 1, "x</desc><script>"),))
    source = timeline_svg(odd, "en")
    assert "\u202e" not in source + timeline_text(odd, "en")
    assert "\x1b" not in source + timeline_text(odd, "en")
    assert "<script" not in source
    assert "1: x</desc><script>" in words_of(ET.fromstring(source))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Step,
            task=st.integers(0, 3),
            kind=st.sampled_from([*WORDS, "odd"]),
            about=st.text(max_size=40),
            place=st.text(max_size=12),
            line=st.text(max_size=90),
            held=st.lists(st.text(max_size=5), max_size=3).map(tuple),
            mark=st.sampled_from([None, *MARKS]),
        ),
        max_size=12,
    ),
    st.lists(st.builds(Link, st.integers(0, 4), st.text(max_size=9), st.none() | st.integers(0, 4)), max_size=3),
    st.lists(st.text(max_size=12), min_size=2, max_size=5),
    st.sampled_from(["zh", "en"]),
)
def test_any_run_can_be_drawn(steps, links, names, language):
    """Whatever a student's names and lines are: well-formed SVG, as many sentences as told, no line of text past its columns."""
    timeline = Timeline(tuple(names), tuple(steps), tuple(links))
    ET.fromstring(timeline_svg(timeline, language))
    columns = len({each.task for each in steps})
    lines = timeline_text(timeline, language).split("\n")
    end = lines.index("") if "" in lines else len(lines)
    room = 4 + columns * max(26, 100 // max(1, columns))
    assert all(cell_len(line) <= room for line in lines[1:end] if "─" not in line)
    assert all("\n" not in sentence for sentence in sentences(timeline, language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_run_gives_the_same_bytes(language):
    """Nothing of a set, an address or a clock is in it."""
    assert timeline_svg(STUCK, language) == timeline_svg(STUCK, language)
    assert timeline_text(RACE, language) == timeline_text(RACE, language)


def test_what_does_not_fit_is_seen_to_be_cut():
    """A Chinese sign takes two cells: a long line ends in an ellipsis inside its lane, and in text after three turns."""

    def run(code):
        return Timeline(("a", "b", "c"), tuple(step(n, "write", "n", 3, code) for n in range(3)))

    (first, *_) = (text for text in words_of(drawn(run("很长" * 12))) if text.startswith("3: "))
    assert first.endswith("…")
    assert 38 <= cell_len(first) <= 45
    lines = timeline_text(run("很长" * 40), "en").splitlines()
    assert sum("很长" in line or "长很" in line for line in lines) == 6
    assert sum(line.rstrip().endswith("…") for line in lines) == 3


def test_text_turns_between_words():
    """A name is not broken while there is a space to break at."""
    told = Timeline(
        ("a", "b", "c"), tuple(step(n, "join", "Thread-1 (transfer_money)", 3, "t.join()") for n in range(3))
    )
    text = timeline_text(told, "en")
    assert text.count("waits for the end of Thread-1") == 3
    assert text.count("(transfer_money)") == 3
