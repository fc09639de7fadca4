"""Evidence made readable, whatever shape it has."""

from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import NOODLES, STUCK, record

from grader.judge.records import CheckRecord
from grader.judge.verdicts import Verdict
from grader.reports.clusters import sign
from grader.reports.evidence import STEPS, Sources, evidence, task_name

SOURCES = Sources({"noodles.py": NOODLES.encode()})
KEYS = (
    *(
        "case",
        "call",
        "got",
        "assertion",
        "why",
        "traceback",
        "exception",
        "output",
        "events",
        "cycle",
        "tasks",
        "left",
    ),
    *("runs", "real", "seed", "answer", "task", "notice", "unsupported", "decided", "overridden"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "line", "file", "text", "task", "name"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_a_deadlock_names_tasks_locks_and_lines():
    """Each link says who waits for what, who holds it, and shows the student's own line."""
    found = evidence(STUCK, SOURCES, "zh", "noodles.py")
    assert [(w.task, w.waits_for, w.held_by, w.place) for w in found.waits] == [
        ("线程 1", "fork", "线程 2", "第 8 行: with fork:"),
        ("线程 2", "noodle", "线程 1", "第 13 行: with noodle:"),
    ]


def test_a_link_may_carry_a_whole_place():
    """The judge's links name file, line and text; the text helps where the file is not at hand."""
    place = {"file": "other.py", "line": 3, "function": "f", "text": "  lock.acquire()"}
    stuck = record(
        "x",
        Verdict.DEADLOCK,
        "0",
        "1",
        cycle=[{"task": "main", "waits_for": "lock 1", "held_by": "main", "line": place}],
    )
    (wait,) = evidence(stuck, SOURCES, "en", "noodles.py").waits
    assert wait.place == "line 3: lock.acquire()"


def test_a_traceback_shows_the_lines_around():
    """The innermost frame comes last, its line is marked, its neighbours are there."""
    broken = record(
        "x", Verdict.ERROR, "0", "1", traceback=[{"file": "noodles.py", "line": 8, "function": "eat1", "text": "?"}]
    )
    (frame,) = evidence(broken, SOURCES, "en", "noodles.py").frames
    assert [(line.number, line.is_marked) for line in frame.lines] == [
        (6, False),
        (7, False),
        (8, True),
        (9, False),
        (10, False),
    ]
    assert frame.lines[2].text == "        with fork:"


def test_an_unknown_file_shows_the_line_that_was_sent():
    """Where the snapshot is gone the frame's own text stands."""
    broken = record(
        "x", Verdict.ERROR, "0", "1", traceback=[{"file": "gone.py", "line": 8, "function": "f", "text": "x = 1/0"}]
    )
    (frame,) = evidence(broken, SOURCES, "en", "noodles.py").frames
    assert [line.text for line in frame.lines] == ["x = 1/0"]


def test_events_of_real_runs_claim_no_common_order():
    """Real runs know each task's own order only: steps count within a task, and the page is told so."""
    real = evidence(STUCK, SOURCES, "en", "noodles.py")
    assert not real.is_ordered
    assert [(step.task, step.number) for step in real.steps] == [
        ("thread 1", 1),
        ("thread 2", 1),
        ("thread 1", 2),
        ("thread 2", 2),
    ]
    explored = record("x", Verdict.DEADLOCK, "0", "1", events=STUCK.evidence["events"])
    ordered = evidence(explored, SOURCES, "en", "noodles.py")
    assert ordered.is_ordered
    assert [step.number for step in ordered.steps] == [1, 2, 3, 4]


def test_the_last_events_are_kept():
    """A long timeline loses its beginning, and says how much."""
    long = record(
        "x", Verdict.FAIL, "0", "1", events=[{"kind": "note", "task": "main", "about": str(n)} for n in range(100)]
    )
    found = evidence(long, SOURCES, "en", "noodles.py")
    assert len(found.steps) == STEPS
    assert found.steps[-1].text == "notes 99"
    assert found.steps_omitted == 100 - STEPS


def test_task_names_are_translated_and_a_students_own_are_not():
    """The recorder's names read in the reader's language; a name that only looks similar stays."""
    assert task_name("child 1, thread 2", "zh") == "子进程 1, 线程 2"
    assert task_name("main", "zh") == "主线程"
    assert task_name("太白", "zh") == "太白"
    assert task_name("threadpool", "zh") == "threadpool"


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_no_shape_of_evidence_raises(shape):
    """What a run sent may be of any shape: it is shown or left out, and clusters take it too."""
    given_record = CheckRecord("x", Verdict.FAIL, 0, 0, {"zh": "", "en": ""}, shape)  # type: ignore[arg-type]
    evidence(given_record, SOURCES, "zh", "noodles.py")
    assert "\n" not in sign(given_record)
