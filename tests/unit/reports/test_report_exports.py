"""Files for other systems."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import (
    BROKEN,
    COURSE,
    DEADLOCK,
    EN,
    FEAST,
    FORMULA,
    OUYANG,
    RIGHT_TO_LEFT,
    STUCK,
    TALK,
    WANG,
    ZH,
    grade,
    nothing,
    open_grade,
    record,
)

from grader.course.roster import Student, read_roster
from grader.errors import InfrastructureError, UsageError
from grader.judge.verdicts import Verdict
from grader.reports.exports.canvas import fill_canvas, fill_moodle
from grader.reports.exports.fill import read_sheet
from grader.reports.exports.gradescope import gradescope
from grader.reports.exports.junit import junit
from grader.reports.exports.moodle import moodle
from grader.reports.exports.table import id_cell, read_cell, read_csv, table, text_cell, write_csv

MAXIMA = {"deadlock-fix": Decimal(14)}
TRICKY = [
    WANG,
    OUYANG,
    RIGHT_TO_LEFT,
    FORMULA,
    Student("0012", "O'Neil", "", "https://gitee.com/s12/homework", "main", "作业 1"),
    Student("202600100123", "@cmd|' /C calc'!A0", "10", "https://gitee.com/s13/homework"),
    Student("1E5", "-2+3", "03"),
    Student("3-4", 'a,"b";c', "4"),
    Student("s1", "'=1", "4"),
]


def test_the_student_id_is_the_first_column():
    """One table: id, name, group, a column for each assignment, totals; scores rounded once."""
    half = open_grade(score=Decimal("3.335"))
    rows = list(csv.reader(io.StringIO(table([half, nothing()], MAXIMA).decode("utf-8-sig"))))
    assert rows[0][:4] == ["id", "name", "group", "deadlock-fix"]
    assert rows[1][:8] == ["2026001", "王小明", "3", "3.34", "3.34", "14.00", "", "deadlock-fix"]
    assert rows[2][:8] == ["2026002", "欧阳娜娜", "3", "", "0.00", "14.00", "deadlock-fix", ""]


def test_nothing_graded_is_no_zero():
    """A zero, nothing handed in, and our failure are three different things in the table."""
    zero, none, ours = open_grade(score=Decimal(0)), nothing(), nothing(RIGHT_TO_LEFT, "infra")
    cells = [(row["deadlock-fix"], row["missing"], row["open"]) for row in read_csv(table([zero, none, ours], MAXIMA))]
    assert cells == [("0.00", "", "deadlock-fix"), ("", "deadlock-fix", ""), ("", "", "deadlock-fix")]


def test_it_opens_in_a_spreadsheet_as_text():
    """There is a byte order mark; no cell of text begins a formula; ids a spreadsheet would change begin with a tab."""
    data = table([grade(s) for s in TRICKY], MAXIMA)
    assert data.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not any(cell[:1] in "=+-@" and cell for cell in (*row[:4], *row[6:]))
        assert not row[0].lstrip("0123456789") or row[0].startswith("\t") or row[0].isalnum()
    assert b"\t0012" in data
    assert b"\t202600100123" in data


def test_export_then_import_changes_nothing():
    """Our own table is a roster: read back by the roster reader it gives the same students, with two columns swapped too."""
    students = {s.id: s for s in TRICKY}
    data = table([grade(s) for s in TRICKY], MAXIMA)
    assert {s.id: s for s in read_roster(data, "utf-8").students} == {s.id: bare(s) for s in students.values()}
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    swapped = [[row[1], row[0], *row[2:]] for row in rows]
    out = io.StringIO()
    csv.writer(out).writerows(swapped)
    again = read_roster(out.getvalue().encode("utf-8-sig"), "utf-8")
    assert {s.id: s for s in again.students} == {s.id: bare(s) for s in students.values()}
    assert again.problems == ()


def bare(student: Student) -> Student:
    return replace(
        student, repository=student.repository or None, branch=student.branch or None, folder=student.folder or None
    )


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_survives_the_table(texts):
    """Text cells and ids come back as they were, whatever they hold, and no cell begins a formula."""
    header = [f"c{n}" for n in range(len(texts))]
    data = write_csv(header, [[text_cell(text) for text in texts], [id_cell(text) for text in texts]])
    assert [list(row.values()) for row in read_csv(data)] == [texts, texts]
    assert not any(text_cell(text)[:1] in "=+-@\t\r" for text in texts if text)
    assert all(read_cell(id_cell(text)) == text for text in texts)


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,解决死锁 科学家吃面 (4711),Other (4712),Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,14,5,(read only),(read only)\r\n"
    '"王, 小明",101,2026001,wang@example.org,"A and B",,3.00,"60,5",60.5\r\n'
    "'=1+1,102,007,formula@example.org,B,EX,,,\r\n"
    '"欧阳, ""娜娜""",103,2026002,ou@example.org,A,"1.00",N/A,,\r\n'
    "نور الهدى,104,2026003,n@example.org,A,2.50,,,\r\n"
    '"Student, Test",999,,abc,A,,,,\r\n'
)
SCORES = {"2026001": Decimal("7.125"), "2026002": Decimal(0), "2026003": None, "007": Decimal(3), "2026009": Decimal(1)}


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode(),
        lambda t: t.encode("utf-8-sig"),
        lambda t: b"\xff\xfe" + t.encode("utf-16-le"),
        lambda t: t.replace("نور الهدى", "Nur").encode("gb18030"),
    ],
)
def test_one_column_of_the_canvas_export_changes(encode):
    """Everything else is byte-equal: points row, posting row, test student, sections, quotes, mark and encoding."""
    before = encode(CANVAS)
    filled = fill_canvas(before, "解决死锁 科学家吃面", SCORES, Decimal(14), encoding="gb18030")
    expected = CANVAS.replace('"A and B",,3.00', '"A and B",7.13,3.00').replace('A,"1.00",N/A', 'A,"0.00",N/A')
    assert filled.data == encode(expected)
    assert filled.changed == 2
    assert filled.left_out == ("2026009",)
    notices = [notice.render("en") for notice in filled.notices]
    assert notices == ["Left as they are, excused or not assigned: 007.", "Not in this file: 2026009."]


def test_a_canvas_export_that_is_filled_with_its_own_scores_is_the_same_file():
    """Filling twice changes nothing more."""
    once = fill_canvas(CANVAS.encode(), "解决死锁 科学家吃面 (4711)", SCORES, Decimal(14)).data
    assert fill_canvas(once, "解决死锁 科学家吃面", SCORES, Decimal(14)).data == once


def test_decimal_commas_and_semicolons_stay():
    """A file of a country with decimal commas gets decimal commas."""
    text = "Student;ID;SIS Login ID;Section;X (1)\nPoints Possible;;;;10,00\nA;1;2026001;S;3,50\n"
    filled = fill_canvas(text.encode(), "X", SCORES, Decimal(10))
    assert filled.data.decode() == text.replace("3,50", "7,13")
    assert filled.notices[-1].render("en").startswith("Not in this file: 007, 2026002")


def test_other_points_in_canvas_are_said_not_scaled():
    """A column of 100 for an exercise of 14 is named."""
    filled = fill_canvas(CANVAS.replace("14,5", "100,5").encode(), "解决死锁 科学家吃面", SCORES, Decimal(14))
    assert (
        filled.notices[0].render("en")
        == "Canvas expects 100 points where the exercise has 14; the scores were not scaled."
    )


@pytest.mark.parametrize(
    ("data", "column", "message"),
    [
        (CANVAS.encode(), "解决死锁", "There is no column"),
        (
            CANVAS.replace("Other (4712)", "解决死锁 科学家吃面 (4712)").encode(),
            "解决死锁 科学家吃面",
            "2 columns are called",
        ),
        (b"id,name\n1,2\n", "name", "This is not a Canvas gradebook"),
        (b"", "x", "The file is empty"),
        (b"Student,ID,Section,X\nA,1,S,\n", "X", "No row of this file"),
        (b"\xff\xff\xff,\x81", "x", "The file is empty, or is neither"),
    ],
)
def test_a_wrong_canvas_file_is_refused_with_a_remedy(data, column, message):
    """Nothing is guessed: a column that is not there, twice there, a foreign file or foreign students end with what to do."""
    with pytest.raises(UsageError) as caught:
        fill_canvas(data, column, SCORES, Decimal(14), encoding="ascii")
    assert caught.value.message.render("en").startswith(message)
    assert caught.value.remedy


@given(
    st.lists(
        st.lists(st.text(alphabet="ab,;\"'\n\r =\t锁", max_size=5), min_size=3, max_size=3), min_size=1, max_size=5
    )
)
def test_reading_a_sheet_finds_the_cells_that_csv_finds(rows):
    """The cell finder agrees with the csv module, and a sheet with no change is the same bytes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([["x", "y", "z"], *rows])
    data = out.getvalue().encode()
    sheet = read_sheet(data, "utf-8")
    expected = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert [[cell.value for cell in row] for row in sheet.rows] == expected
    assert sheet.filled({}) == data


def test_moodle_gets_ids_and_scores():
    """A row a student by id number, bare, a column an assignment; nothing graded stays empty; no feedback column."""
    data = moodle(
        [open_grade(score=Decimal("3.335")), nothing(), grade(Student("007", "x"), score=Decimal(1))],
        {"deadlock-fix": "解决死锁"},
    )
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["ID number", "解决死锁"], ["007", "1.00"], ["2026001", "3.34"], ["2026002", ""]]


def test_moodles_own_export_is_filled():
    """Only the grade column of the rows whose ID number we know changes."""
    text = "First name,Surname,ID number,Email address,Assignment: 解决死锁,Last downloaded\n小明,王,2026001,w@example.org,-,1\nX,Y,999,z@example.org,-,1\n"
    filled = fill_moodle(text.encode(), "Assignment: 解决死锁", {"2026001": Decimal(7)})
    assert filled.data.decode() == text.replace("w@example.org,-", "w@example.org,7.00")


def test_gradescope_results():
    """Score and status are separate, numbers are numbers, hidden checks have no name and are hidden, undecided ones no status."""
    part = record("test_both_are_held", Verdict.PASS, "0.85", "2")
    results = json.loads(
        gradescope(grade(checks=(STUCK, part, TALK, FEAST), score=Decimal("0.855")), DEADLOCK, COURSE, EN)
    )
    assert results["score"] == 0.86
    assert [(t["name"], t.get("status"), t["score"], t["max_score"], t["visibility"]) for t in results["tests"]] == [
        ("no schedule deadlocks", "failed", 0, 6, "visible"),
        ("Both in hand while eating", "passed", 0.85, 2, "visible"),
        ("talk: Say why it deadlocks", None, 0, 2, "visible"),
        ("Hidden check", None, 0, 4, "after_published"),
    ]
    assert set(results) <= {
        "score",
        "output",
        "output_format",
        "test_output_format",
        "test_name_format",
        "stdout_visibility",
        "tests",
        "extra_data",
    }


@pytest.mark.parametrize("status", ["infra", "pending"])
def test_our_failure_is_no_score_for_gradescope(status):
    """What we could not grade raises instead of sending a zero."""
    with pytest.raises(InfrastructureError):
        gradescope(nothing(status=status), DEADLOCK, COURSE, EN)


def test_junit_parses_and_holds_no_control_character():
    """Output with control characters, lone surrogates and markup gives XML that parsers read."""
    nasty = replace(
        BROKEN,
        message={"zh": "\x00\x1b[31m\ud800\ufffe]]>", "en": "x"},
        evidence={"exception": "\x00<b>\uffff", "got": "]]>\x0b"},
    )
    data = junit(
        [open_grade(checks=(STUCK, nasty, TALK)), nothing(), nothing(RIGHT_TO_LEFT, "infra")],
        {DEADLOCK.name: DEADLOCK},
        COURSE,
        ZH,
    )
    suites = list(junitparser.JUnitXml.fromstring(data))
    assert [(s.tests, s.failures, s.errors, s.skipped) for s in suites] == [(3, 1, 1, 1), (1, 1, 0, 0), (1, 0, 1, 0)]
    assert "\\x00\\x1b[31m\\ud800\\ufffe]]>" in next(iter(suites[0])).result[0].text
