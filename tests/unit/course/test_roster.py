"""Rosters as people have them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.roster import Roster, Student, compare, read_roster, write_roster
from grader.errors import RosterError
from grader.reports.exports.table import id_cell, text_cell, write_csv

RTL = "\u05e0\u05d5\u05e2\u05d4 \u05db\u05d4\u05df"  # a Hebrew name
HEAD = "id,name,group,repository\n"


def read(text: str | bytes, encoding: str = "gb18030") -> Roster:
    return read_roster(text.encode() if isinstance(text, str) else text, encoding)


def notices(roster: Roster) -> str:
    return "\n".join(str(notice) for notice in roster.notices)


# --- our own ----------------------------------------------------------------------------------------------------------


def test_our_own_columns_are_found_by_header_in_any_order() -> None:
    """Position says nothing; unknown columns are left alone."""
    roster = read("group,phone,repository,name,folder,id,branch\n1,555,https://gitee.com/a/b,王小明,day32,001,main\n")
    assert roster.students == (Student("001", "王小明", "1", "https://gitee.com/a/b", "main", "day32"),)
    assert (roster.kind, roster.delimiter, roster.encoding, roster.problems) == ("own", ",", "utf-8", ())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_mark_delimiter_and_line_ends_do_not_matter(mark: str, delimiter: str, newline: str) -> None:
    """Fault 2: a byte order mark is dropped; the delimiter comes from the header, a comma in a name may then stand bare."""
    name = "欧阳, 娜娜" if delimiter != "," else '"欧阳, 娜娜"'
    lines = [["id", "name", "group", "repository"], ["01", name, "2", "https://gitee.com/a/b"]]
    roster = read(mark + newline.join(delimiter.join(cells) for cells in lines) + newline)
    assert roster.students == (Student("01", "欧阳, 娜娜", "2", "https://gitee.com/a/b"),)
    assert roster.delimiter == delimiter


def test_a_spreadsheets_own_delimiter_line_is_obeyed() -> None:
    """`sep=;` before the header."""
    assert read("sep=;\r\nid;name;group;repository\r\n1;甲;;\r\n").students == (Student("1", "甲"),)


@pytest.mark.parametrize("column", ["id", "name", "group", "repository"])
def test_a_missing_column_is_named(column: str) -> None:
    """Fault 2: the error says which column is missing and which were found, at the header's line."""
    header = [each for each in ("id", "name", "group", "repository") if each != column]
    with pytest.raises(RosterError) as caught:
        read(",".join(header) + "\n")
    assert f"The column {column} is missing." in caught.value.render("en")
    assert ", ".join(header) in caught.value.render("en")
    assert str(caught.value.place) == "roster.csv:1"


def test_a_column_that_stands_twice_is_an_error() -> None:
    """Which one is meant is not for us to guess."""
    with pytest.raises(RosterError, match="stands there twice"):
        read("id,name,group,repository,repo\n1,a,1,x,y\n")


def test_no_header_is_an_error_that_shows_one() -> None:
    """A file of rows alone is never read by position."""
    for text in ("", "\n\n", "001,王小明,1,https://gitee.com/a/b\n", "id\n1\n"):
        with pytest.raises(RosterError, match="No header was found"):
            read(text)


def test_blank_groups_are_one_explicit_value() -> None:
    """Fault 5: nothing, spaces, NULL, 无 and a dash all mean no group; good rows load."""
    roster = read(HEAD + "1,a,1,x\n2,b,,y\n3,c,NULL,z\n4,d, 无 ,v\n5,e,-,w\n")
    assert [student.group for student in roster.students] == ["1", "", "", "", ""]
    assert roster.problems == ()


def test_bad_rows_are_listed_and_good_rows_load() -> None:
    """Fault 5: one bad row never takes the others with it; each is named by its line."""
    text = (
        HEAD
        + '1,a,1,x\n,b,1,y\n3,c,1,z,extra\n4,"d\nd",1,w\n2.026E+09,e,1,v\n6,f\x07,1,u\n7,g,1,t\n'
        + "8,h,1,"
        + "x" * 501
        + "\n"
    )
    roster = read(text + "9" * 101 + ",i,1,s\n10,j,1,r\n")
    assert [student.id for student in roster.students] == ["1", "7", "10"]
    assert [problem.place.line for problem in roster.problems if problem.place] == [3, 4, 5, 7, 8, 10, 11]
    assert all(problem.remedy is not None for problem in roster.problems)


def test_duplicates_are_named() -> None:
    """The second row of an id is listed with the line of the first."""
    roster = read(HEAD + "1,a,1,x\n2,b,1,y\n1,c,1,z\n")
    assert [student.name for student in roster.students] == ["a", "b"]
    assert "first is at line 2" in str(roster.problems[0])


def test_two_students_may_share_one_repository() -> None:
    """Each keeps a row of their own, and the file's reader is told."""
    roster = read(HEAD + "1,a,1,https://gitee.com/a/b\n2,b,1,https://gitee.com/a/b\n")
    assert [student.id for student in roster.students] == ["1", "2"]
    assert "1, 2 share the repository" in notices(roster)


@pytest.mark.parametrize("ident", ["001", "1E5", "0x10", "2026001", "1/2", "3-4", "王-01", "TRUE", "1.10"])
@pytest.mark.parametrize("form", ["{}", '"{}"', '"=""{}"""', '="{}"', "\t{}\t", " {} "])
def test_ids_stay_text(ident: str, form: str) -> None:
    """Leading zeros, exponents, dates: an id is characters, however a spreadsheet wrapped them."""
    assert [s.id for s in read(HEAD + form.format(ident) + ",a,1,x\n").students] == [ident]


def test_names_are_kept_in_one_normal_form() -> None:
    """Fault 8: composed and decomposed are one; right-to-left, apostrophes, middle dots, joiners survive."""
    names = [
        "王小明",
        "欧阳娜娜",
        RTL,
        "O'Neill",
        "阿依古丽·买买提",
        "نیم\u200cفاصله",
        "e\u0301va",
        "Ωmega",
        "👩\u200d💻",
    ]
    roster = read(HEAD + "".join(f"{n},{name},1,x{n}\n" for n, name in enumerate(names)))
    assert [s.name for s in roster.students] == [unicodedata.normalize("NFC", name) for name in names]
    assert roster.problems == ()


def test_invisible_direction_overrides_are_removed_aloud() -> None:
    """A mark that turns the rest of a line round would spoil every report."""
    roster = read(HEAD + "1,\u202eab\u202c,1,x\n")
    assert roster.students[0].name == "ab"
    assert "invisible direction marks" in notices(roster)


def test_an_empty_name_is_said() -> None:
    """The id stands in for it."""
    roster = read(HEAD + "1,,1,x\n")
    assert roster.students[0].name == "1"
    assert "the name is empty" in notices(roster)


def test_ids_that_look_alike_are_said() -> None:
    """Case and width make two ids, and a person should know."""
    assert "look alike" in notices(read(HEAD + "ab1,a,1,x\nAB1,b,1,y\n"))


@pytest.mark.parametrize("folder", ["../other", "a/../../b", "C:\\work", ".."])
def test_a_folder_stays_in_the_repository(folder: str) -> None:
    """A row cannot point elsewhere."""
    roster = read(f"id,name,group,repository,folder\n1,a,1,x,{folder}\n")
    assert roster.students == ()
    assert len(roster.problems) == 1


def test_a_folder_may_be_chinese_and_have_spaces() -> None:
    """Backslashes of Windows become slashes."""
    roster = read("id,name,group,repository,folder\n1,a,1,x,作业 1\\第32天\\\n")
    assert roster.students[0].folder == "作业 1/第32天"


# --- encodings --------------------------------------------------------------------------------------------------------


def test_utf8_goes_first_and_silently() -> None:
    """No notice where nothing was decided."""
    roster = read(HEAD + "1,王小明,1,x\n")
    assert (roster.encoding, roster.notices) == ("utf-8", ())


def test_the_declared_encoding_is_used_aloud_with_a_preview() -> None:
    """Fault 1: strict UTF-8 first, then the declared fallback, with names to look at."""
    roster = read((HEAD + "1,王小明,1,x\n2,ab,1,y\n").encode("gb18030"))
    assert roster.encoding == "gb18030"
    assert roster.students[0].name == "王小明"
    assert "read as gb18030: 1 王小明" in notices(roster)
    assert roster.preview[0][:2] == ("1", "王小明")


def test_what_is_neither_is_an_error_at_its_line() -> None:
    """Fault 1: a cp1252 roster in a course that declares ASCII is refused; no replacement mark is ever stored."""
    with pytest.raises(RosterError) as caught:
        read((HEAD + "1,a,1,x\n2,Zoë,1,y\n").encode("cp1252"), "ascii")
    assert str(caught.value.place) == "roster.csv:3"
    assert "\ufffd" not in str(read((HEAD + "2,Zoë,1,y\n").encode("cp1252"), "cp1252").students)


def test_a_spreadsheets_unicode_text_is_read_by_its_mark() -> None:
    """UTF-16 with a mark declares itself; without one it is refused."""
    text = "id\tname\tgroup\trepository\n1\t王小明\t1\tx\n"
    assert read(text.encode("utf-16")).students[0].name == "王小明"
    with pytest.raises(RosterError):
        read(text.encode("utf-16-le"), "latin-1")


# --- other people's ---------------------------------------------------------------------------------------------------


def test_a_wps_export_is_read() -> None:
    """A title above the header, Chinese columns, GBK, ids kept as text by a tab or a formula."""
    text = '2026 秋 并发编程 花名册,,,,\r\n序号,学号,姓名,小组,码云地址\r\n1,\t2026001,王小明,第1组,https://gitee.com/w/h\r\n2,"=""2026002""",欧阳娜娜,,\r\n'
    roster = read(text.encode("gbk"))
    assert roster.students == (
        Student("2026001", "王小明", "第1组", "https://gitee.com/w/h"),
        Student("2026002", "欧阳娜娜"),
    )
    assert "1 lines above the header" in notices(roster)
    assert "2026002" in notices(roster)


def test_a_github_classroom_roster_is_read() -> None:
    """`identifier` is the id; there are no repositories in it, and that is said."""
    text = 'identifier,github_username,github_id,name,group_name\n"Doe, Jo",jod,1001,Jo Doe,Lab 1\nab12,,,,\n'
    roster = read(text)
    assert roster.kind == "github_classroom"
    assert roster.students == (Student("Doe, Jo", "Jo Doe", "Lab 1"), Student("ab12", "ab12"))
    assert "2 students have no repository" in notices(roster)


def test_github_classroom_grades_give_repositories() -> None:
    """The grades file has an address for each student; where an identifier is missing the login serves for all, aloud."""
    head = (
        "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,"
        "student_repository_url,submission_timestamp,points_awarded,points_available\n"
    )
    row = "hw,u,s,{},{},hw-{},https://github.com/o/hw-{},,0,10\n"
    roster = read(head + row.format("jod", "s01", "jod", "jod"))
    assert roster.students == (Student("s01", "s01", "", "https://github.com/o/hw-jod"),)
    roster = read(head + row.format("jod", "s01", "jod", "jod") + row.format("amy", "", "amy", "amy"))
    assert [student.id for student in roster.students] == ["jod", "amy"]
    assert "github_username serves as the id" in notices(roster)


def test_a_classroom_50_roster_is_read() -> None:
    """`username` is the id, staff are no students, a Chinese name is written as Chinese names are."""
    text = "username,first_name,last_name,email,section,github_id,role\nada,Ada,Byron,,Lab 1,7,student\nwxm,小明,王,,,8,\nta1,T,A,,,9,ta\n"
    roster = read(text)
    assert roster.kind == "classroom50"
    assert roster.students == (Student("ada", "Ada Byron", "Lab 1"), Student("wxm", "王小明"))


CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (101),Current Score\n    Points Possible,,,,,10,(read only)\n"


def test_a_canvas_gradebook_is_read() -> None:
    """The points row and the test student are nobody; the column that serves as the id is said."""
    rows = '"Doe, Jo",11,S001,jdoe,Lab 1,9,90\n"Roe, Al",12,S002,aroe,Lab 2,,\n"Student, Test",13,,a1b2c3,Lab 1,,\n'
    roster = read(CANVAS + rows)
    assert roster.kind == "canvas"
    assert roster.students == (Student("S001", "Doe, Jo", "Lab 1"), Student("S002", "Roe, Al", "Lab 2"))
    assert "SIS User ID serves as the id" in notices(roster)


def test_a_canvas_gradebook_uses_one_id_column_for_all() -> None:
    """Where one student has no SIS id, all go by a column that everybody has, and it is said."""
    roster = read(CANVAS + '"Doe, Jo",11,S001,jdoe,Lab 1,9,90\n"Roe, Al",12,,aroe,Lab 2,,\n')
    assert [student.id for student in roster.students] == ["jdoe", "aroe"]
    assert "SIS Login ID serves as the id" in notices(roster)


def test_repositories_may_be_added_to_any_export() -> None:
    """A column `repository` written behind somebody else's columns is ours."""
    roster = read("Student,ID,SIS User ID,SIS Login ID,Section,repository\nJo,11,S001,j,1,https://gitee.com/j/h\n")
    assert roster.students == (Student("S001", "Jo", "1", "https://gitee.com/j/h"),)


# --- out and in again -------------------------------------------------------------------------------------------------


def test_our_own_export_with_columns_swapped_changes_nothing() -> None:
    """Fault 4: export, swap two columns in a spreadsheet, import: no changes."""
    students = (
        Student("001", "王小明", "1", "https://gitee.com/a/b"),
        Student("=1+1", "@名", "", None, "main", "day 32"),
    )
    lines = [line.split(",") for line in write_roster(students).decode("utf-8-sig").splitlines()]
    swapped = "\n".join(",".join([line[1], line[0], *line[2:]]) for line in lines)
    assert not compare(students, read(swapped).students)


def test_changes_are_by_id() -> None:
    """Who came, who left, whose row is different."""
    old = (Student("1", "a"), Student("2", "b"), Student("3", "é"))
    new = (Student("3", "e\u0301"), Student("2", "b", "1"), Student("4", "d"))
    changes = compare(old, new)
    assert [s.id for s in changes.added] == ["4"]
    assert [s.id for s in changes.removed] == ["1"]
    assert [(a.group, b.group) for a, b in changes.changed] == [("", "1")]
    assert not compare(old, old)


def test_cells_are_harmless_in_a_spreadsheet() -> None:
    """No cell we write is computed, and no id is rounded."""
    data = write_roster([Student("007", "=HYPERLINK(1)", "+1", "-x", "@b", "f")]).decode()
    assert data.startswith("\ufeff")
    assert data.splitlines()[1] == '"=""007""",\'=HYPERLINK(1),\'+1,\'-x,\'@b,f'


letters = st.text(
    st.characters(categories=["L", "Nd", "Mn"], include_characters=" =+-@'\",;._·"), min_size=1, max_size=12
)
cell = letters.map(lambda s: unicodedata.normalize("NFC", s.strip())).filter(
    lambda s: (
        s
        and s == unicodedata.normalize("NFC", s.strip())
        and s.casefold() not in ("null", "none", "n/a", "-", "--", "无")
    )
)
paths = st.text("abc天 ", min_size=1, max_size=8).map(str.strip).filter(bool)
students = st.lists(
    st.builds(Student, cell, cell, cell | st.just(""), cell | st.none(), cell | st.none(), paths | st.none()),
    max_size=6,
    unique_by=lambda student: student.id,
)


@given(students)
@example([Student("'0", "'1", "''"), Student("''a", "'=x", "'＝")])
@settings(max_examples=200, deadline=None)
def test_what_is_written_reads_back(written: list[Student]) -> None:
    """A roster survives export and import exactly, whatever the letters."""
    roster = read(write_roster(written))
    assert roster.students == tuple(written)
    assert roster.problems == ()


@given(
    st.binary(max_size=120)
    | st.lists(st.text(",;\t\"'=\n\r 01aE+王\x00\u202e", max_size=20), max_size=5).map(
        lambda rows: (HEAD + "\n".join(rows)).encode()
    )
)
@settings(max_examples=400, deadline=None)
def test_no_bytes_raise_anything_but_a_roster_error(data: bytes) -> None:
    """Whatever is uploaded, the result is a roster or an error with a place."""
    try:
        roster = read_roster(data, "gb18030")
    except RosterError as error:
        problem = error
    else:
        problem = None
    if problem is not None:
        assert problem.place is not None
        assert problem.remedy is not None
        return
    for notice in roster.notices:
        assert notice.render("zh")
    assert all(problem.place and problem.remedy and problem.render("zh") for problem in roster.problems)
    assert read(write_roster(roster.students)).students == roster.students


@given(students)
@settings(max_examples=60, deadline=None)
def test_the_class_table_reads_back_as_a_roster(written: list[Student]) -> None:
    """Fault 4: the table that reports export, with its scores, is a roster of the same people."""
    written = [s for s in written if not s.id.startswith("'") and not s.group.startswith("'")]
    cells = [
        [
            id_cell(s.id),
            text_cell(s.name),
            id_cell(s.group),
            Decimal("0.5"),
            *(text_cell(x or "") for x in (s.repository, s.branch, s.folder)),
        ]
        for s in written
    ]
    data = write_csv(["id", "name", "group", "udp-collect", "repository", "branch", "folder"], cells)
    assert not compare(written, read(data).students)
