"""Every way a session or a child can end, and the verdict of the table it comes to, with a sentence in both languages."""

import base64
import fcntl

import pytest

from grader.containers.session import Ending, SandboxSpec
from grader.judge.answer import ENDINGS
from grader.judge.relay import MOST_SANDBOXES, PATIENCE, Relay, load_message
from grader.judge.verdicts import MEANINGS, Verdict
from tests.judging import SCHEDULE, Arena, Scripted, came, exercise, exploration, facts, raised, ran, told

TESTS = """
import pytest

def test_call(call):
    assert call("answer") == 42

def test_explore(explore):
    explore("answer").always(lambda run: run.value == 42)
"""
CHECKS = "{test_call: 2, test_explore: 3}"
CYCLE = [
    {"task": "thread 2", "waits_for": "fork", "held_by": "thread 1", "line": None, "holds": ["noodle"]},
    {"task": "thread 1", "waits_for": "noodle", "held_by": "thread 2", "line": None, "holds": ["fork"]},
]


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    one = Arena(exercise(tmp_path_factory.mktemp("course"), TESTS, CHECKS), None)
    with one.judges:
        yield one


def judged(arena, answer, **more):
    arena.backend = Scripted(answer, **more)
    return arena.checks("def answer(): pass")


def b64(text):
    return base64.b64encode(text.encode()).decode()


ENDED = {
    Ending.CPU: "timeout",
    Ending.IDLE: "timeout",
    Ending.WALL: "infra",
    Ending.MEMORY: "memory",
    Ending.PIDS: "limit",
    Ending.DISK: "limit",
    Ending.OUTPUT: "output",
    Ending.PROTOCOL: "review",
    Ending.EXIT: "crashed",
    Ending.SIGNAL: "crashed",
    Ending.INFRA: "infra",
}


@pytest.mark.parametrize("ending", [one for one in Ending if one is not Ending.OK])
def test_every_ending_of_a_session_has_its_verdict(arena, ending):
    """No ending is a pass, none is without a sentence in either language, and the table in the code has them all."""
    assert set(ENDINGS) == set(ENDED)
    records = judged(arena, lambda _: ending, explored=lambda _: ending)
    for record in [*records.values(), judged(arena, lambda _: ending)["test_explore"]]:
        assert (record.verdict, record.points) == (ENDED[ending], 0), told(records)
        assert record.message["zh"] != record.message["en"]


OUTCOMES = {
    "value": (ran(facts()), "pass"),
    "wrong value": (ran(facts(value=41)), "fail"),
    "value of another type": (ran(facts(value="42")), "fail"),
    "opaque value": (ran(facts(value={"opaque": "A"})), "fail"),
    "float that is equal": (ran(facts(value={"float": "0x1.5p+5"})), "pass"),
    "no answer, exit 0": (ran(None), "crashed"),
    "no answer, exit 7": (ran(None, code=7), "crashed"),
    "no answer, killed": (ran(None, ended="signal", code=11), "crashed"),
    "out of CPU, by signal": (ran(None, ended="signal", code=24, cpu=1), "timeout"),
    "out of CPU, by force": (ran(None, ended="signal", code=9, cpu=999_000), "timeout"),
    "too much output": (ran(None, ended="output", truncated=True, stdout=b64("x" * 1000)), "output"),
    "memory, by the kernel": (({Ending.MEMORY}, ran(None, ended="signal", code=9)), "memory"),
    "memory, and it looks idle": (({Ending.MEMORY}, Ending.IDLE), "memory"),
    "memory, and it looks busy": (({Ending.MEMORY}, Ending.CPU), "memory"),
    "processes, and it looks idle": (({Ending.PIDS}, Ending.IDLE), "limit"),
    "memory, in a task that was not the main one": (({Ending.MEMORY}, ran(facts())), "memory"),
    "an exception of the student's": (ran(facts("raised", **raised())), "error"),
    "an exception without any frame of ours": (ran(facts("raised", **{**raised(), "trace": []})), "error"),
    "an exception in the scenario, student reached": (ran(facts("raised", **raised(file="scenarios.py"))), "fail"),
    "an exception in the scenario, never reached": (
        ran(facts("raised", reached=False, **raised(file="scenarios.py"))),
        "infra",
    ),
    "a scenario that does not load": (ran(facts("scenario", reached=False, raised=raised()["raised"])), "infra"),
    "an exception in a thread": (ran(facts(traces=[{"task": "thread 1", **raised()}])), "error"),
    "no such name": (ran(facts("absent", name="answer", names=["anser"])), "missing"),
    "does not compile": (ran(facts("load", **raised("SyntaxError", "invalid syntax"))), "error"),
    "Python 2": (ran(facts("load", notices=["python2"], **raised("SyntaxError"))), "error"),
    "fails while it is loaded": (ran(facts("load", **raised("NameError"))), "error"),
    "exits while it is loaded": (ran(facts("load", **raised("SystemExit", "0"))), "error"),
    "deadlock": (ran(facts("finding", finding={"kind": "deadlock", "cycle": CYCLE})), "deadlock"),
    "deadlock in a forked process": (ran(facts(found=[{"kind": "deadlock", "cycle": CYCLE}])), "deadlock"),
    "input at the end of stdin": (ran(facts("raised", **raised("EOFError", "EOF when reading a line"))), "needs_input"),
    "another end of file": (ran(facts("raised", **raised("EOFError", ""))), "error"),
    "MemoryError": (ran(facts("raised", **raised("MemoryError"))), "memory"),
    "MemoryError while loading": (ran(facts("load", **raised("MemoryError"))), "memory"),
    "no more processes": (
        ran(facts("raised", **raised("BlockingIOError", "[Errno 11] Resource temporarily unavailable"))),
        "limit",
    ),
    "no more threads": (ran(facts("raised", **raised("RuntimeError", "can't start new thread"))), "limit"),
    "no more files": (ran(facts("raised", **raised("OSError", "[Errno 24] Too many open files"))), "limit"),
    "no more disk": (ran(facts("raised", **raised("OSError", "[Errno 28] No space left on device"))), "limit"),
    "file too large": (ran(facts("raised", **raised("OSError", "[Errno 27] File too large"))), "limit"),
    "something that cannot be watched": (ran(facts(unsupported=["lock is a Mine"])), "unsupported"),
    "more events than are kept": (ran(facts(dropped=True)), "too_big"),
    "what watched it is broken": (ran({"outcome": "broken", "text": "Traceback"}), "review"),
    "two lines": (ran(None, lines=2), "review"),
    "a line without the nonce": (ran(None, lines=1), "review"),
    "not JSON": (ran("hello"), "review"),
    "not a report": (ran("{}"), "review"),
    "NaN": (ran('{"outcome": NaN}'), "review"),
    "no reply worth the name": ({}, "review"),
    "a reply of wrong types": (ran(facts(), code="0"), "review"),
    "a reply that is not base64": (ran(facts(), stdout="?"), "review"),
    "not a line of JSON": (b"hello\n", "review"),
    "a reply to nobody": (b'{"id": "0", "ran": {}}\n', "review"),
    "an outcome of scripts": (ran(facts("ended")), "review"),
    "a value that is none": (ran(facts(value={"float": "nan"})), "review"),
    "an event that is none": (ran(facts(events=[{"kind": "note"}])), "review"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_of_a_child_has_its_verdict(arena, name):
    """One table: what the driver says of a run, the verdict that comes of it, points only for a pass, two languages."""
    answer, verdict = OUTCOMES[name]
    records = judged(arena, lambda _: answer)
    for record in records.values():
        assert record.verdict == verdict, told(records)
        assert record.points == (record.max if verdict == "pass" else 0)
        assert record.message["en"]
        assert record.message["zh"] != record.message["en"]


def explored(**more):
    return ran({"explored": exploration(**{"outcomes": [came()], **more})})


def failed(kind="error", **more):
    """One way to fail under the scheduler, by default an exception of the student's."""
    spot = {"file": "work.py", "line": 3, "function": "f", "text": "f()"}
    error = (
        {"task": "main", "type": "ValueError", "text": "no", "place": spot, "trace": [spot]}
        if kind == "error"
        else None
    )
    return {
        "kind": kind, "label": "happens", "error": error, "tasks": [], "cycle": [], "steps": [], "schedule": SCHEDULE, "phase": "running",
        **more,
    }  # fmt: skip


FLAG = {"file": "work.py", "name": "__globals__", "line": 2}
RACED = {
    "variable": "n",
    "first": {"task": 1, "write": True, "place": failed()["error"]["place"]},
    "second": {"task": 2, "write": True, "place": failed()["error"]["place"]},
}
EXPLORED = {
    "every schedule comes to 42": (explored(), "pass"),
    "one schedule does not": (explored(outcomes=[came(), came(41)]), "fail"),
    "no outcome at all": (explored(outcomes=[]), "fail"),
    "an exception in some schedule": (explored(failures=[failed()]), "error"),
    "a deadlock": (explored(failures=[failed("deadlock")]), "deadlock"),
    "a hang": (explored(failures=[failed("hang")]), "hang"),
    "only if a sleep overruns": (explored(failures=[failed(label="overrun")]), "timing"),
    "a race": (explored(races=[RACED], label="language"), "race"),
    "waits for input": (explored(failures=[failed("needs_input")]), "needs_input"),
    "never comes to an end": (explored(failures=[failed("endless")]), "endless"),
    "does not load": (ran({"explored": {"load": {"raised": raised("SyntaxError")["raised"], "trace": [], "notices": []}}}), "error"),
    "no report": (ran(None), "crashed"),
    "no report, killed": (ran(None, ended="signal", code=11), "crashed"),
    "too much printed": (ran(None, ended="output", truncated=True), "output"),
    "a flag of the driver": (ran({"explored": exploration(outcomes=[came()])}, flags=[FLAG]), "review"),
    "a flag, and no report": (ran(None, flags=[FLAG]), "crashed"),
    "a flag that is none": (ran({"explored": exploration(outcomes=[came()])}, flags=[{"name": 3}]), "review"),
    "a twin without locks that is as good": (explored(twin=False), "review"),
    "choices that the seed does not make": (ran({"explored": exploration(outcomes=[came()])}, follows=False), "review"),
    "choices that are none": (explored(runs=200, picks=[[["0"]]]), "review"),
    "a field that is not in the form": (explored(more=1), "review"),
    "a number that is text": (explored(schedules="2"), "review"),
    "a value that is none": (explored(outcomes=[came({"float": "nan"})]), "review"),
    "an event that is none": (explored(outcomes=[came(events=[{"kind": "note"}])]), "review"),
    "an order that is none": (explored(outcomes=[came(schedule={**SCHEDULE, "schedule": "x"})]), "review"),
    "the report of a plain run": (ran(facts()), "review"),
    "no map": (ran({"explored": [1]}), "review"),
    "two lines": (ran(None, lines=2), "review"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPLORED)
def test_every_report_of_an_exploration_has_its_verdict(arena, name):
    """What the scheduler says, and what nobody honest says, is read strictly; points only for a pass."""
    answer, verdict = EXPLORED[name]
    shown = ran({"explored": {"steps": [], "schedule": SCHEDULE, "outcomes": [came()]}})
    told_of = judged(arena, lambda _: ran(facts()), explored=lambda run: shown if run["show"] else answer)
    record = told_of["test_explore"]
    assert record.verdict == verdict, told({"": record})
    assert record.points == (record.max if verdict == "pass" else 0)
    assert record.message["zh"] != record.message["en"]


def test_an_exception_in_the_scenario_is_the_operators_only_if_it_happens_without_student_code(arena):
    """A scenario that works with an empty module, but not with this file loaded, was broken by this file."""
    broken = ran(facts("raised", reached=False, **raised(file="scenarios.py")))
    records = judged(arena, lambda run: ran(facts("absent", name="answer", names=[])) if run.get("bare") else broken)
    assert {record.verdict for record in records.values()} == {"error"}, told(records)


def test_the_wall_clock_is_tried_again_once_with_more_time(arena):
    """Neither idle nor out of CPU: once more, alone, with patience; a second time is the operator's."""
    records = judged(arena, lambda _: Ending.WALL)
    assert {record.verdict for record in records.values()} == {"infra"}
    runs = [wall for wall in arena.backend.walls if wall in (10.0, 10.0 * PATIENCE)]
    assert runs == [10.0, 10.0 * PATIENCE] * 2
    answers = iter([Ending.WALL, ran(facts()), Ending.WALL, Ending.CPU])
    records = judged(arena, lambda _: next(answers))
    assert [record.verdict for record in records.values()] == ["pass", "timeout"]


def test_each_killed_run_costs_a_sandbox_and_no_more_than_some(tmp_path):
    """After a death the next run has a fresh sandbox; when there were too many, what ended the last one ends the rest, never `infra`."""
    tests = "import pytest\n@pytest.mark.parametrize('n', range(60))\ndef test_call(call, n):\n    assert call('answer', n) == 42\n"
    arena = Arena(exercise(tmp_path, tests, "{test_call: 2}"), Scripted(lambda _: Ending.EXIT))
    with arena.judges:
        records = arena.checks("def answer(): pass")
    assert records["test_call"].verdict == "crashed"
    assert arena.backend.opened == MOST_SANDBOXES


def test_a_driver_that_died_in_check_1_leaves_check_2_standing(arena):
    """Only the check that asked for the run loses it."""
    answers = iter([Ending.SIGNAL, ran(facts()), ran(facts())])
    records = judged(arena, lambda _: next(answers))
    assert [record.verdict for record in records.values()] == ["crashed", "pass"]
    assert arena.backend.opened == 2


def test_a_deadlock_reads_the_same_wherever_it_was_noticed(arena):
    """The circle begins with the task whose name sorts first."""
    turned = {"kind": "deadlock", "cycle": CYCLE[1:] + CYCLE[:1]}
    one = judged(arena, lambda _: ran(facts("finding", finding={"kind": "deadlock", "cycle": CYCLE})))
    two = judged(arena, lambda _: ran(facts("finding", finding=turned)))
    assert one["test_call"].evidence["cycle"] == two["test_call"].evidence["cycle"]


def test_verdicts_that_are_not_final_give_and_cost_nothing(arena):
    """What is still open is never points, whatever the test awarded before."""
    assert {verdict for verdict, meaning in MEANINGS.items() if not meaning.is_final} == {
        Verdict.TOO_BIG, Verdict.UNSUPPORTED, Verdict.REVIEW, Verdict.PENDING, Verdict.INFRA,
    }  # fmt: skip


def test_every_verdict_says_who_acts_in_both_languages():
    """The table is complete: an actor and two sentences for each verdict."""
    assert set(MEANINGS) == set(Verdict)
    for verdict, meaning in MEANINGS.items():
        both = meaning.sentence.both()
        assert both["zh"] != both["en"], verdict


def test_evidence_can_be_kept_and_sent_whatever_the_child_said(arena):
    """Lone surrogates, NUL, memory addresses and endless texts do not reach a record."""
    nasty = raised("E\ud800", "\x00 at 0x7f0012345678 \udfff" + "x" * 100_000)
    records = judged(arena, lambda _: ran(facts("raised", **nasty), stdout=b64("\x00y" * 9000)))
    text = str([record.to_json() for record in records.values()])
    assert text.encode()
    assert "\x00" not in text
    assert "0x7f" not in text
    assert len(text) < 40_000


def test_a_run_that_is_tried_again_has_the_machine_to_itself(tmp_path):
    """Runs share a lock file; one that reached the wall clock takes it alone the second time."""
    path = tmp_path / "alone.lock"
    seen = []

    def answer(_):
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                seen.append("shared")
            except BlockingIOError:
                seen.append("alone")
        return Ending.WALL

    load = load_message({"work.py": b"x"}, "work.py", "", "", {}, "utf-8")
    with Relay(Scripted(answer), SandboxSpec(), load, path) as relay:
        assert relay.run({"kind": "call"}) == {"ending": Ending.WALL, "ran": None}
    assert seen == ["shared", "alone"]
