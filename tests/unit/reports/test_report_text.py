"""Text that others wrote, made safe to look at."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.reports.render import marked
from grader.reports.text import code, decode, excerpt, fence, markdown, markdown_with_code, one_line, segments, visible

ANY = st.text(alphabet=st.characters(), max_size=60)


class Text(HTMLParser):
    """The text of a page, and every tag in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def rendered(source: str) -> Text:
    page = Text()
    page.feed(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(source))
    return page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2066b", "a\\u2066b"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ufeff1", "\\ufeff1"),
        ("a\x00b\x07", "a\\x00b\\x07"),
        ("\ud800", "\\ud800"),
        ("line\r\nline\rover", "line\nline\\rover"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("a\u2028b", "a\\u2028b"),
        ("no\u00a0break", "no\\xa0break"),
        ("wide\u3000space", "wide\u3000space"),
        ("tab\tstays\n", "tab\tstays\n"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    """Control, bidi, zero-width and other invisible characters appear as escapes; newline and tab stay."""
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["王小明", "欧阳娜娜", "نور الهدى", "👩‍👩‍👧 🍜", "می‌خواهم", "O'Neil", "é"])
def test_names_and_emoji_stay_as_they_are(text):
    """Letters of any script, right-to-left ones too, and joiners where a script or an emoji needs them, are shown as they are."""
    assert visible(text) == text


@given(ANY)
def test_nothing_invisible_is_left(text):
    """Whatever went in, what comes out is printable but for newlines and tabs (joiners inside emoji and scripts apart)."""
    shown = visible(text)
    assert all(c.isprintable() or c in "\n\t\u3000\u200c\u200d" for c in shown)
    assert "\n" not in one_line(text)


def test_a_long_text_keeps_head_and_tail():
    """200,000 lines become the first and the last ones, and the number between is said; scores never depend on it."""
    cut = excerpt("\n".join(str(n) for n in range(200_000)))
    assert cut.head.splitlines()[0] == "0"
    assert cut.tail.splitlines()[-1] == "199999"
    assert cut.omitted == 200_000 - len(cut.head.splitlines()) - len(cut.tail.splitlines())


def test_a_long_line_is_cut_and_says_so():
    """One line of 50 MB is a short line with a number at its end."""
    assert excerpt("x" * 50_000).head.endswith("(+49600)")


def test_a_short_text_is_whole():
    """Nothing is left out of a text that fits."""
    assert excerpt("a\nb\n") == excerpt("a\nb")
    assert excerpt("a\nb").omitted == 0


@given(st.one_of(ANY, st.text(alphabet="` x", max_size=12)))
def test_a_code_span_holds_its_text(text):
    """Whatever the text, its span is one code element that contains it and nothing else."""
    page = rendered(f"x {code(text)} y")
    assert page.tags <= {"p", "code"}
    assert one_line(text).split() == page.text.removeprefix("x ").removesuffix(" y\n").split()


@given(st.one_of(ANY, st.text(alphabet="`~ \nx", max_size=20)))
def test_a_fence_holds_its_text(text):
    """Whatever the text, its block is one code block; what follows is outside it."""
    text = visible(text)
    page = rendered(f"{fence(text, 'text')}\n\nafter")
    assert page.tags == {"pre", "code", "p"}
    assert page.text == f"{text}\n\nafter\n"


def test_a_text_that_closes_fences_is_still_inside():
    """Output that prints its own fences, longer and longer ones, stays one block."""
    text = "```\n# out\n````\n`````python"
    page = rendered(f"{fence(text)}\n\nafter")
    assert page.text == f"{text}\n\nafter\n"
    assert page.tags == {"pre", "code", "p"}


MARKUP = st.text(alphabet=st.sampled_from(list("<>[]()!*_`~#|-+=1.:/&$@\\ abwww")), max_size=40)


@given(st.one_of(ANY, MARKUP))
def test_prose_means_itself(text):
    """Whatever the text, as Markdown it is one paragraph of the same words, no link, image, heading or tag."""
    page = rendered(f"{markdown(text)}\n")
    assert page.tags <= {"p"}
    assert page.text.split() == one_line(text).split()


@given(st.one_of(ANY, MARKUP))
def test_backticks_in_product_texts_mark_code_and_nothing_else(text):
    """What stands between backticks is a code span; the rest still means itself."""
    page = rendered(f"x{markdown_with_code(text)}\n")
    assert page.tags <= {"p", "code"}
    assert "".join(page.text.split()) == "x" + "".join("".join(segments(one_line(text))).split()) or "`" in text


def test_code_in_a_product_text():
    """`grader publish` reads as code in both formats, spaces around it stay."""
    assert markdown_with_code("run `grader publish` now") == "run `grader publish` now"
    assert marked("run `a<b` & go") == "run <code>a&lt;b</code> &amp; go"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![x](https://example.org/x.png)",
        "[click](https://example.org)",
        "https://example.org/x",
        "www.example.org",
        "```\n# out",
        "# heading",
        "- item",
        "1. item",
        "| a | b |",
        "&lt;b&gt;",
        "a\n===",
    ],
)
def test_known_ways_out_of_prose_are_shut(text):
    """Each known way to make Markdown do something stays text, also where bare addresses become links."""
    page = Text()
    page.feed(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(markdown(text)))
    assert page.tags <= {"p"}
    assert not re.search(r"(?<!\\)://|www(?<!\\)\.", markdown(text))


def test_dates_and_points_stay_readable():
    """What a program writes needs no backslashes: a report pasted into a chat reads well."""
    assert markdown("Due 2026-12-01 23:59; 7.4 of 10 (74%), day 3.") == "Due 2026-12-01 23:59; 7.4 of 10 (74%), day 3."


def test_source_is_read_as_utf8_then_as_declared():
    """A file in the course's encoding is read; one in neither is shown with marks; none raises."""
    assert decode("锁".encode(), "gb18030") == "锁"
    assert decode("锁".encode("gb18030"), "gb18030") == "锁"
    assert decode(b"\xef\xbb\xbfx", "gb18030") == "x"
    assert decode(b"\xff\xfe\xff", "ascii") == "���"
    assert decode(b"\xff", "no-such-encoding") == "�"
