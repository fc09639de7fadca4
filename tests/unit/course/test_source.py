"""YAML as somebody wrote it, and what is refused before it can do harm. Messages are in the golden folder."""

from __future__ import annotations

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.near import near
from grader.course.source import MAX_BYTES, MAX_NODES, read
from grader.course.tree import Items, Map, Scalar, Tree
from grader.errors import GraderError, Place, Problems


def faults(data: bytes | str) -> tuple[GraderError, ...]:
    try:
        read(data.encode() if isinstance(data, str) else data, "x.yaml")
    except Problems as problems:
        return problems.problems
    return ()


def test_every_value_and_key_knows_its_place() -> None:
    """Line and column count from 1, in characters, for values and keys at any depth."""
    tree = read("你好: {a: 1,\n  b: [x, 'y']}\n".encode(), "x.yaml")
    assert tree.at(("你好", "b", 1)) == Place("x.yaml", 2, 10)
    assert tree.key_at(("你好", "b")) == Place("x.yaml", 2, 3)
    assert tree.at(("你好", "missing", "deeper")) == Place("x.yaml", 1, 5)


def test_scalars_keep_the_characters_of_the_file() -> None:
    """What YAML would turn into numbers, bools and dates is kept as written, with the kind beside it."""
    tree = read(b"a: 3.10\nb: 12:30\nc: no\nd: 2026-12-01\ne: 0123\nf: ''\ng:\nh: 1e3\ni: '3'\n", "x.yaml")
    kinds = {key: (str(value), value.kind) for key, value in tree.items() if isinstance(value, Scalar)}
    assert kinds == {
        "a": ("3.10", "float"),
        "b": ("12:30", "int"),
        "c": ("no", "bool"),
        "d": ("2026-12-01", "timestamp"),
        "e": ("0123", "int"),
        "f": ("", "str"),
        "g": ("", "null"),
        "h": ("1e3", "str"),
        "i": ("3", "str"),
    }


def test_all_faults_of_a_file_are_told_at_once_in_file_order() -> None:
    """A person mends everything before running again."""
    found = faults("a: 1\na: 2\nno: 3\nb: 1\nb: 2\n")
    assert [error.place.line for error in found if error.place] == [2, 3, 5]


def test_a_byte_order_mark_and_carriage_returns_do_no_harm() -> None:
    """Files saved on Windows read like any other."""
    assert dict(read(b"\xef\xbb\xbfa: x\r\nb: |\r\n  one\r\n  two\r\n", "x.yaml")) == {"a": "x", "b": "one\ntwo\n"}


def test_nothing_can_grow_without_bound() -> None:
    """Bytes, values and depth are capped; a nested alias bomb never expands."""
    bomb = "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n"
    for text in (
        "a: " + "x" * MAX_BYTES,
        "a: [" + "x," * MAX_NODES + "]",
        "a: " + "[" * 5000,
        "- " * 5000,
        "? " * 5000,
        bomb,
    ):
        assert len(faults(text)) == 1


def test_an_escape_beyond_unicode_is_an_error_of_the_file() -> None:
    """`\\U00110000` and lone surrogates never become Python values that break later."""
    assert faults('a: "\\U00110000"\n')
    assert faults('a: "\\ud800"\n')
    assert faults('"\\ud800": a\n')


def test_near_matches_are_near() -> None:
    """A slip finds its word; a stranger finds none."""
    assert near("statment", ["title", "statement"]) == "statement"
    assert near("slip-days", ["slip_days"]) == "slip_days"
    assert near("author", ["title", "day"]) is None
    assert near("x", []) is None


values = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdefg_", min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def plain(tree: Tree) -> object:
    if isinstance(tree, Map):
        return {str(key): plain(value) for key, value in tree.items()}
    return [plain(value) for value in tree] if isinstance(tree, Items) else str(tree)


@given(st.dictionaries(st.text("abcdefg_", min_size=1, max_size=8), values, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_what_a_yaml_writer_writes_reads_back(data: dict[str, object]) -> None:
    """Texts, lists and maps survive; nothing is reinterpreted and no sound file is refused."""
    text = yaml.safe_dump(data, allow_unicode=True, default_style='"', width=10**9)
    assert plain(read(text.encode(), "x.yaml")) == data


@given(st.binary(max_size=60) | st.text("ab: \n\t-?[]{},'\"|>&*!%@`#\\~<=0123.：，“", max_size=60).map(str.encode))
@example(b'a: "\\UFFFFFFFF"')
@example(b"%YAML 9.9\n---\na: b")
@example(b"\xff\xfea\x00")
@settings(max_examples=400, deadline=None)
def test_no_bytes_raise_anything_but_our_errors(data: bytes) -> None:
    """Whatever the bytes, the result is a map or errors with a place and a remedy."""
    for error in faults(data):
        assert error.place is not None
        assert error.remedy is not None
        assert error.render("zh")
        assert error.render("en")
