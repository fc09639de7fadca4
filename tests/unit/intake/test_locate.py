"""Which file of a listing is the homework: exact path, the day's folder, the only one, or an error that helps."""

from __future__ import annotations

import posixpath
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake.locate import Entry, case_clashes, clean_folder, locate

FILE, LINK, MODULE = "100644", "120000", "160000"


def listing(*paths: str, **others: str) -> list[Entry]:
    return [Entry(path, FILE, "0" * 40) for path in paths] + [Entry(p, mode, "0" * 40) for p, mode in others.items()]


def found(paths: list[Entry], wanted: str = "collect.py", day: int | None = 33, folder: str | None = None) -> str:
    return locate(paths, wanted, day, folder).path


def refused(paths: list[Entry], wanted: str = "collect.py", day: int | None = 33, folder: str | None = None) -> str:
    with pytest.raises(IntakeError) as caught:
        locate(paths, wanted, day, folder)
    assert caught.value.remedy or "not follow" in str(caught.value) or "not fetched" in str(caught.value)
    assert caught.value.render("zh") != caught.value.render("en")
    return str(caught.value.message)


def test_the_exact_path_first():
    """The path as asked for wins over everything, and a file in the day's folder beside it is mentioned."""
    located = locate(listing("collect.py", "x/collect.py"), "collect.py", 33)
    assert (located.path, located.notices) == ("collect.py", ())
    located = locate(listing("collect.py", "day33/collect.py"), "collect.py", 33)
    assert located.path == "collect.py"
    assert "there is also day33/collect.py" in str(located.notices[0])
    assert found(listing("day32/quiz.yaml", "quiz.yaml"), "day32/quiz.yaml", 32) == "day32/quiz.yaml"


@pytest.mark.parametrize(
    "folder", ["day33", "33_锁", "第33天", "Day 033", "day33 Lock类", "2026-33", "d33", "33", "day３３"]
)
def test_the_days_folder(folder):
    """A folder whose name has the day in it as a whole number, without a notice."""
    located = locate(listing(f"作业/{folder}/sub/collect.py", "day32/collect.py"), "collect.py", 33)
    assert (located.path, located.notices) == (f"作业/{folder}/sub/collect.py", ())


@pytest.mark.parametrize("folder", ["day133", "330", "day3", "d3_3", "3", "三十三"])
def test_not_the_days_folder(folder):
    """133, 330 and 3 are not 33: there is no day's folder, so two files of the name are too many."""
    assert "several" in refused(listing(f"{folder}/collect.py", "other/collect.py"))


def test_the_file_itself_is_no_folder():
    """A number in the file's own name says nothing about the day."""
    assert "several" in refused(listing("a/33.py", "b/33.py"), wanted="33.py")


def test_the_only_one_of_that_name():
    """Somewhere else, but only once: graded, and said."""
    located = locate(listing("somewhere/collect.py", "README.md"), "collect.py", 33)
    assert located.path == "somewhere/collect.py"
    assert "collect.py was found at somewhere/collect.py" in str(located.notices[0])
    assert found(listing("somewhere/collect.py"), day=None) == "somewhere/collect.py"


def test_several_are_all_named():
    """Two in the day's folder, or two anywhere: missing, and all are listed."""
    said = refused(listing("day33/a/collect.py", "day33/b/collect.py", "x/collect.py"))
    assert "day33/a/collect.py, day33/b/collect.py" in said
    assert "x/collect.py" not in said
    assert "a/collect.py, b/collect.py" in refused(listing("a/collect.py", "b/collect.py"))


def test_a_folder_for_many_days_around_a_folder_per_day():
    """In "day27-day36/day33" and "day27-day36/day36" only the inner folder says which day it is."""
    paths = listing("day27-day36 网络/day33/collect.py", "day27-day36 网络/day36/collect.py")
    assert found(paths, day=33) == "day27-day36 网络/day33/collect.py"
    assert found(paths, day=36) == "day27-day36 网络/day36/collect.py"


def test_the_given_folder_is_the_only_place():
    """What student or roster named is searched, and nothing else."""
    paths = listing("mine/collect.py", "mine/day33/other.py", "day33/collect.py", "mine2/collect.py")
    for folder in ("mine", "mine/", "./mine", "/mine", "mine\\", " mine "):
        assert found(paths, folder=folder) == "mine/collect.py"
    assert found(paths, folder="mine/collect.py") == "mine/collect.py"
    assert "Looked for mine/day33/collect.py, found mine/day33/other.py" in refused(paths, folder="mine/day33")
    paths = listing("day32/quiz.yaml", "quiz.yaml", "x/day32/quiz.yaml")
    located = locate(paths, "day32/quiz.yaml", 32, "day32")
    assert (located.path, located.notices) == ("day32/quiz.yaml", ())
    assert locate(paths, "day32/quiz.yaml", 32, "x").path == "x/day32/quiz.yaml"
    assert "leaves the repository" in refused(paths, folder="../mine")


def test_a_folder_written_another_way():
    """The folder looked for and those that exist are named."""
    assert refused(listing("HW1/collect.py", "hw2/x.py"), folder="hw1") == "Looked for the folder hw1, found HW1."
    assert refused(listing("作业一/collect.py"), folder="作业1") == "Looked for the folder 作业1, found 作业一."
    assert refused(listing("a/x.py", "b/y.py"), folder="zzz") == "Looked for the folder zzz, found a, b."
    assert refused(listing("x.py"), folder="zzz") == "Looked for the folder zzz, found -."


def test_a_name_written_another_way():
    """Case, a typing slip, another ending: what was found instead is named."""
    assert refused(listing("day33/Collect.py", "b.py")) == "Looked for collect.py, found day33/Collect.py."
    assert refused(listing("day33/colect.py", "zzz.py")) == "Looked for collect.py, found day33/colect.py."
    assert refused(listing("a.py", "b.txt")) == "Looked for collect.py, found a.py."
    assert refused(listing("b.txt")) == "Looked for collect.py, found b.txt."
    assert "there are no files" in refused([])
    assert "+30" in refused(listing(*(f"{n}.py" for n in range(50))))


def test_composed_and_decomposed_letters_are_one_name():
    """A Mac writes é as two characters; it is the same name."""
    assert found(listing("cafe\u0301/re\u0301sume\u0301.py"), wanted="r\u00e9sum\u00e9.py", folder="caf\u00e9") == (
        "cafe\u0301/re\u0301sume\u0301.py"
    )


@pytest.mark.parametrize(
    "other", ["venv/lib", ".venv", "node_modules/x", "a/site-packages/y", "__pycache__", ".git-old", "__MACOSX/day33"]
)
def test_other_peoples_code_is_not_searched(other):
    """Environments, packages, caches and hidden folders hold no homework."""
    assert found(listing("x/collect.py", f"{other}/collect.py")) == "x/collect.py"
    assert "there are no files" in refused(listing(f"{other}/collect.py"))


def test_an_environment_of_any_name():
    """A folder with pyvenv.cfg, or with lib/python*/site-packages, is an environment whatever it is called."""
    paths = listing(
        "day33/collect.py", "day33/我的/pyvenv.cfg", "day33/我的/Scripts/collect.py",
        "day33/old/Lib/site-packages/pip.py", "day33/old/Lib/collect.py",
        "day33/unix/lib/python3.6/site-packages/pip.py", "day33/unix/bin/collect.py",
    )  # fmt: skip
    assert found(paths) == "day33/collect.py"


def test_links_and_submodules_are_no_homework():
    """Neither is a candidate; where the homework is one, that is the reason given."""
    assert "symbolic link" in refused(listing("README.md", **{"day33/collect.py": LINK}))
    assert found(listing("x/collect.py", **{"day33/collect.py": LINK})) == "x/collect.py"
    assert "symbolic link" in refused(listing("real/collect.py", day33=LINK), folder="day33/sub")
    assert "submodule" in refused(listing("real/x.py", day33=MODULE), folder="day33")
    with pytest.raises(IntakeError, match="Submodules are not fetched: work"):
        locate(listing("README.md", work=MODULE), "collect.py", 33)


def test_hostile_names_are_shown_escaped():
    """Control characters, direction marks, zero width and undecodable bytes never reach a terminal."""
    said = refused(listing("a\x1b[2J/collect.py", "b\u202e/collect.py", "c\u200b/collect.py", "d\udcff\n/collect.py"))
    assert said.isprintable()
    assert "\\u001b" in said
    assert "\\xff" in said


def test_case_clashes():
    """Groups that Windows would merge, folders once and not again for each file in them."""
    assert case_clashes(["Foo.py", "foo.py", "bar.py"]) == [("Foo.py", "foo.py")]
    assert case_clashes(["A/x", "a/x", "a/y", "b"]) == [("A", "a")]
    assert case_clashes(["a/x", "a/y"]) == []


names = st.sampled_from(["collect.py", "Collect.py", "other.py", "x.txt"])
folders = st.sampled_from(["day33", "day133", "33", "作业", "venv", "a", "b", "day32-day36", "DAY33", ".hidden"])
paths = st.lists(
    st.tuples(st.lists(folders, max_size=3), names).map(lambda t: "/".join([*t[0], t[1]])), max_size=12, unique=True
)


def _answer(entries, day, folder):
    try:
        return locate(entries, "collect.py", day, folder)
    except IntakeError as error:
        return error.render("zh")


@settings(deadline=None)
@given(paths, st.sampled_from([None, 33, 36]), st.sampled_from([None, "day33", "a", "作业/day33"]))
def test_locating_any_listing(every, day, folder):
    """Whatever is in a repository: the answer is a file of that very name inside the folder, not in an environment, and where
    the day's folder holds exactly one it is that one; else one of our errors. Order of the listing does not matter."""
    entries = listing(*every)
    scope = f"{folder}/" if folder else ""
    located = _answer(entries, day, folder)
    assert _answer(list(reversed(entries)), day, folder) == located
    if isinstance(located, str):
        assert f"{scope}collect.py" not in every
        return
    assert located.path in every
    assert located.path.startswith(scope)
    assert posixpath.basename(located.path) == "collect.py"
    below = located.path[len(scope) :].split("/")[:-1]
    assert "venv" not in below
    assert ".hidden" not in below
    of_day = [
        path
        for path in every
        if path.startswith(scope)
        and path.endswith("/collect.py")
        and not {"venv", ".hidden"} & set(path[len(scope) :].split("/"))
        and any(re.search(rf"(?<!\d){day}(?!\d)", part) for part in path[len(scope) :].split("/")[:-1])
    ]
    if f"{scope}collect.py" in every:
        assert located.path == f"{scope}collect.py"
    elif len(of_day) == 1:
        assert located.path == of_day[0]
    elif of_day:
        assert located.path in of_day


@settings(deadline=None)
@given(st.text(max_size=30))
def test_cleaning_any_folder(text):
    """A cleaned folder has no empty, "." or ".." parts, and cleaning it again changes nothing."""
    try:
        clean = clean_folder(text)
    except IntakeError:
        assert ".." in text
        return
    assert not {"", ".", ".."} & set(clean.split("/")) or clean == ""
    assert clean_folder(clean).strip() == clean.strip()
