"""What an instructor's tests can be like, and what becomes of them: ids, order, parts, penalties, skips, breakages."""

import json
import textwrap
from decimal import Decimal

import pytest

from grader.errors import InfrastructureError
from tests.judging import Arena, Scripted, came, exercise, exploration, facts, raised, ran, told, with_tests


@pytest.fixture
def judge(tmp_path):
    """A function: tests, checks, answer -> records, graded without any sandbox."""
    arenas = []

    def judges(tests, checks, answer=lambda _: ran(facts()), **more):
        folder = tmp_path / str(len(arenas))
        arena = Arena(exercise(folder, textwrap.dedent(tests), checks, **more), Scripted(answer))
        arenas.append(arena)
        return arena

    yield judges
    for arena in arenas:
        arena.judges.close()


WORK = "def answer(): return 42\n"


BOTH = "def test_one(call): assert call('answer') == 42\ndef test_two(call): assert call('answer') == 42\n"


def test_ids_of_every_kind_are_cases_of_one_check(judge):
    """`a::b`, `x]y`, NUL, escape, empty and repeated ids: the worst case counts and is named."""
    tests = r"""
        import pytest
        @pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6], ids=["a::b", "x]y", "nul\x00", "esc\x1b[0m", "", "twice"])
        @pytest.mark.parametrize("m", [0, 0], ids=["same", "same"])
        def test_cases(call, n, m):
            assert call("answer", n) != 4
        """
    arena = judge(tests, "{test_cases: 6}", lambda run: ran(facts(value=run["args"][0])))
    grading = arena.grade(WORK)
    record = grading.checks[0]
    assert (record.verdict, record.points) == ("fail", 0)
    assert "esc" in record.evidence["case"]
    assert "\x00" not in json.dumps(record.to_json(), ensure_ascii=False)
    assert len(arena.backend.asked) == 12
    arena.backend = Scripted(lambda _: ran(facts(value=0)))
    assert arena.checks(WORK)["test_cases"].points == 6


def test_a_reference_that_does_not_compile_is_the_operators_and_lists_every_check(judge):
    """Nobody loses points to an exercise that cannot be collected; the cause is in the evidence."""
    arena = judge(BOTH, "{test_one: 2, test_two: 3}")
    arena.version = with_tests(arena.version, "def test_one(call:\n")
    records = arena.checks(WORK)
    assert [record.verdict for record in records.values()] == ["infra", "infra"], told(records)
    assert "SyntaxError" in records["test_one"].evidence["assertion"]
    arena.version = with_tests(arena.version, "import nothing_of_this_name\ndef test_one(call): pass\n")
    assert "nothing_of_this_name" in arena.checks(WORK)["test_one"].evidence["assertion"]


def test_a_check_without_a_test_is_the_operators(judge):
    """A name that no test has: infra, and which name."""
    arena = judge(BOTH, "{test_one: 2, test_two: 3}")
    arena.version = with_tests(arena.version, "def test_two(call): assert call('answer') == 42")
    records = arena.checks(WORK)
    assert [record.verdict for record in records.values()] == ["infra", "pass"]
    assert "test_one" in records["test_one"].message["en"]


def test_a_test_that_asks_nothing_shows_nothing(judge):
    """Evidence, not absence: without a run there is no pass, and it is not the student's fault."""
    records = judge(
        "def test_one(call): assert True\ndef test_two(call): assert False", "{test_one: 2, test_two: 2}"
    ).checks(WORK)
    assert [(r.verdict, r.points) for r in records.values()] == [("infra", 0), ("infra", 0)]


def test_a_test_that_breaks_before_student_code_ran_is_the_operators(judge):
    """A NameError of the instructor's own, or one in a fixture, is never a zero; after a run it is a failure of what came back."""
    tests = """
        import pytest
        @pytest.fixture
        def broken(): raise RuntimeError
        def test_early(call): undefined
        def test_fixture(broken, call): call("answer")
        def test_late(call): call("answer").append(1)
        """
    records = judge(tests, "{test_early: 1, test_fixture: 1, test_late: 1}").checks(WORK)
    assert [record.verdict for record in records.values()] == ["infra", "infra", "fail"], told(records)


def test_what_a_test_prints_disturbs_nobody(judge):
    """Standard output and error of a test are not the judge's channel."""
    tests = """
        import os, sys
        def test_one(call):
            print("{}"); print("0000000b{\\"records\\": []}"); sys.stderr.write("x"); os.write(1, b"0000000b"); os.write(2, b"x")
            assert call("answer") == 42
        """
    assert judge(tests, "{test_one: 2}").checks(WORK)["test_one"].points == 2


def test_a_test_that_forks_judges_nothing_twice(judge):
    """A child of the exercise's own test that comes back from the test ends there: no run is asked for twice, one report is written."""
    tests = """
        import os
        def test_one(call):
            child = os.fork()
            if child == 0:
                assert False
            os.waitpid(child, 0)
            assert call("answer") == 42
        def test_two(call):
            if os.fork() == 0:
                call("answer")
            os.wait()
            assert call("answer") == 42
        def test_three(call): assert call("answer") == 42
        """
    arena = judge(tests, "{test_one: 1, test_two: 1, test_three: 1}")
    assert [r.verdict for r in arena.checks(WORK).values()] == ["pass"] * 3
    assert len(arena.backend.asked) == 3
    assert [r.verdict for r in arena.checks(WORK, student="s02").values()] == ["pass"] * 3


def test_skips_and_expected_failures_show_nothing_and_cost_nothing(judge):
    """Skipped, xfail that fails, xfail that passes, strictly or not, importorskip: not judged, the instructor acts."""
    tests = """
        import pytest
        @pytest.mark.skip
        def test_a(call): call("answer")
        def test_b(call): call("answer"); pytest.skip("not today")
        @pytest.mark.xfail
        def test_c(call): assert call("answer") == 0
        @pytest.mark.xfail(strict=True)
        def test_d(call): assert call("answer") == 42
        @pytest.mark.xfail
        def test_e(call): assert call("answer") == 42
        def test_f(call): call("answer"); pytest.xfail("known")
        """
    names = [f"test_{letter}" for letter in "abcdef"]
    records = judge(tests, "{" + ", ".join(f"{name}: 1" for name in names) + "}").checks(WORK)
    assert [(record.verdict, record.points) for record in records.values()] == [("unsupported", 0)] * 6, told(records)


def test_fixtures_of_every_scope_work_and_are_made_anew(judge):
    """Module and session fixtures, yield fixtures, parametrised and autouse ones; the teardown's failure counts."""
    tests = """
        import pytest
        made = []
        @pytest.fixture(scope="module")
        def table():
            made.append(1)
            return [42]
        @pytest.fixture(autouse=True, scope="session")
        def ready(): yield
        @pytest.fixture(params=[42, 42])
        def wanted(request): return request.param
        @pytest.fixture
        def checked(call):
            yield call
            assert call("answer") == 41
        def test_one(call, table, wanted): assert call("answer") == table[0] == wanted
        def test_two(call, table): assert call("answer") == table[0]
        def test_three(checked): assert checked("answer") == 42
        """
    records = judge(tests, "{test_one: 1, test_two: 1, test_three: 1}").checks(WORK)
    assert [record.verdict for record in records.values()] == ["pass", "pass", "fail"], told(records)


def test_classes_and_methods_are_found_by_the_name_of_the_function(judge):
    """A test method is a check like a function."""
    arena = judge(BOTH, "{test_one: 2, test_two: 3}")
    arena.version = with_tests(
        arena.version, "class TestAll:\n    def test_one(self, call): assert call('answer') == 42\n"
    )
    assert arena.checks(WORK)["test_one"].points == 2


NEEDS = "def test_a(call): assert call('answer') == 1\ndef test_b(call): assert call('answer') == 42\ndef test_c(call): assert call('answer') == 42\n"


def test_needs_come_first_and_what_they_lose_is_not_run(judge):
    """Whatever the order in the file; the records keep the assignment's order; unmet needs are named."""
    arena = judge(NEEDS, "{test_c: {points: 1, needs: [test_b]}, test_b: {points: 1, needs: [test_a]}, test_a: 1}")
    records = arena.checks(WORK)
    assert [(name, record.verdict) for name, record in records.items()] == [
        ("test_c", "not_run"), ("test_b", "not_run"), ("test_a", "fail"),
    ]  # fmt: skip
    assert records["test_c"].evidence["needs"] == ["test_b"]
    assert len(arena.backend.asked) == 1


def test_a_circle_of_needs_is_no_endless_recursion():
    """Should one ever get past the course's own reading, every check still has a record."""
    from grader.judge.server import needs_first

    checks = [{"name": "a", "needs": ["b"]}, {"name": "b", "needs": ["c", "b"]}, {"name": "c", "needs": ["a", "zz"]}]
    assert sorted(check["name"] for check in needs_first(checks)) == ["a", "b", "c"]


def test_parts_are_exact_and_clamped(judge):
    """`score.part` awards part, 0 is a value of its own, more than the maximum is the maximum; a part is no pass."""
    tests = """
        def test_part(call, score): score.part("1.50"); assert call("answer") == 0
        def test_zero(call, score): score.part(0); assert call("answer") == 42
        def test_much(call, score): score.part(99); assert call("answer") == 42
        def test_less(call, score): score.part("0.85"); assert call("answer") == 42
        def test_tenths(call, score):
            call("answer")
            score.part(sum([__import__("decimal").Decimal("0.1")] * 10))
        """
    records = judge(tests, "{test_part: 3, test_zero: 5, test_much: 2, test_less: 1, test_tenths: 1}").checks(WORK)
    assert [(str(r.verdict), r.points) for r in records.values()] == [
        ("fail", Decimal("1.50")), ("fail", Decimal(0)), ("pass", Decimal(2)), ("fail", Decimal("0.85")), ("pass", Decimal(1)),
    ]  # fmt: skip


def test_a_penalty_is_lost_unless_the_check_passes(judge):
    """Negative points: 0 for a pass, all of them for a failure, none for what could not be judged."""
    tests = """
        import pytest
        def test_clean(call): assert call("answer") == 42
        def test_dirty(call): assert call("answer") == 0
        def test_open(call): call("answer"); pytest.skip()
        def test_work(call): call("answer")
        """
    records = judge(tests, "{test_clean: -2, test_dirty: -3, test_open: -4, test_work: 5}").checks(WORK)
    assert [(str(r.verdict), r.points) for r in list(records.values())[:3]] == [
        ("pass", 0),
        ("fail", -3),
        ("unsupported", 0),
    ]


INPUTS = """
def test_one(call, inputs): call("answer", inputs.random().hex(), inputs.randint(0, 10**9))
def test_two(call, inputs): call("answer", inputs.randint(0, 10**9))
"""


def test_inputs_depend_on_the_student_and_on_nothing_else(judge):
    """The same for the same student every time; different between students and between tests."""
    arena = judge(INPUTS, "{test_one: 1, test_two: 1}")

    def asked(student):
        arena.backend = Scripted(lambda _: ran(facts()))
        arena.checks(WORK, student=student)
        return [run["args"] for run in arena.backend.asked]

    first, again, other = asked("s01"), asked("s01"), asked("s02")
    assert first == again
    assert first != other
    assert first[0][1] != first[1][0]
    arena.judges.close()
    assert asked("s01") == first


def test_state_of_one_submission_is_not_there_for_the_next(judge):
    """Globals, modules, environment and random state of the tests are as collected, for every submission."""
    tests = """
        import os, random, sys
        seen = []
        def test_one(call):
            assert call("answer") == 42
            assert not seen and "LEFT" not in os.environ and not hasattr(sys, "left")
            seen.append(1); os.environ["LEFT"] = "1"; sys.left = 1; os.chdir("/tmp"); random.seed(1)
        """
    arena = judge(tests, "{test_one: 1}")
    assert [arena.checks(WORK)["test_one"].verdict for _ in range(3)] == ["pass"] * 3


def test_a_judge_that_dies_is_an_infrastructure_error_and_the_next_grade_works(judge):
    """A test that ends the judge's process, with 0 even or by a signal: noticed at once, and nothing is left of it."""
    tests = """
        import os
        def test_one(call):
            value = call("answer")
            if value == "exit": os._exit(0)
            if value == "kill": os.kill(os.getpid(), 9)
            if value == "parent": os.kill(os.getppid(), 9)
            if value == "raise": raise SystemExit(0)
            assert value == 42
        """
    arena = judge(tests, "{test_one: 1}")
    for value in ("exit", "kill", "parent"):
        arena.backend = Scripted(lambda _, value=value: ran(facts(value=value)))
        try:
            records = arena.checks(WORK)
        except InfrastructureError:
            pass
        else:  # the child may still tell what it found before its parent's end is its own
            assert value == "parent"
            assert records["test_one"].verdict == "fail"
        arena.backend = Scripted(lambda _: ran(facts()))
        assert arena.checks(WORK)["test_one"].verdict == "pass"
    arena.backend = Scripted(lambda _: ran(facts(value="raise")))
    assert arena.checks(WORK)["test_one"].verdict in ("fail", "infra")


def test_a_failure_of_the_worker_inside_a_run_does_not_leave_a_judge_that_waits(judge):
    """Whatever goes wrong while a run is made, the next grade begins afresh."""
    arena = judge("def test_one(call): assert call('answer') == 42", "{test_one: 1}")

    def broken(_):
        raise KeyboardInterrupt

    arena.backend = Scripted(broken)
    with pytest.raises(KeyboardInterrupt):
        arena.checks(WORK)
    arena.backend = Scripted(lambda _: ran(facts()))
    assert arena.checks(WORK)["test_one"].verdict == "pass"


def test_a_value_of_student_code_cannot_pretend_in_an_assertion(judge):
    """pytest's explanation of a failing assertion is cut, and free of addresses, whatever was returned."""
    arena = judge(
        "def test_one(call): assert call('answer') == 0", "{test_one: 1}", lambda _: ran(facts(value="x" * 500_000))
    )
    record = arena.checks(WORK)["test_one"]
    assert record.verdict == "fail"
    assert len(json.dumps(record.to_json())) < 10_000


def test_one_explore_is_run_once_for_all_tests_that_ask_for_it(judge):
    """The same question is answered from memory, within one submission only; a `call` is made anew each time."""
    tests = """
        def test_one(explore): explore("answer").always(lambda run: run.value == 42)
        def test_two(explore): explore("answer").ever(lambda run: run.value == 42)
        def test_three(call): assert call("answer") == call("answer")
        """
    arena = judge(tests, "{test_one: 1, test_two: 1, test_three: 1}")
    kinds = ["explore call", "call", "call", "call", "call"]  # two real runs stand in for the exploration
    arena.checks(WORK)
    assert [run["kind"] for run in arena.backend.asked] == kinds
    arena.checks(WORK)
    assert [run["kind"] for run in arena.backend.asked] == 2 * kinds
    arena.backend = Scripted(arena.backend.answer, lambda _: ran({"explored": exploration(outcomes=[came()])}))
    arena.checks(WORK)
    assert [run["kind"] for run in arena.backend.asked] == ["explore call", "call", "call"]


def test_nothing_is_concluded_from_runs_of_which_none_ended(judge):
    """`allow` tolerates a deadlock; when every run deadlocks, an `always` after it has shown nothing and does not pass."""
    cycle = [{"task": t, "waits_for": "x", "held_by": "y", "line": None, "holds": []} for t in ("a", "b")]
    dead = ran(facts("finding", finding={"kind": "deadlock", "cycle": cycle}))
    tests = """
        def test_always(explore): explore("answer", allow="deadlock").always(lambda run: run.value == 42)
        def test_ever(explore): explore("answer", allow=["deadlock"]).ever(lambda run: True)
        def test_demo(explore): assert explore("answer", allow="deadlock").demo.value == 42
        def test_expected(explore): explore("answer", expect="deadlock")
        """
    names = ["test_always", "test_ever", "test_demo", "test_expected"]
    records = judge(tests, "{" + ", ".join(f"{name}: 1" for name in names) + "}", lambda _: dead).checks(WORK)
    assert [record.verdict for record in records.values()] == ["deadlock", "deadlock", "deadlock", "pass"], told(
        records
    )


def test_an_expected_deadlock_that_does_not_come_is_a_failure(judge):
    """`expect` needs evidence of its own; a circle of one task is not the one that was meant."""
    alone = [{"task": "a", "waits_for": "x", "held_by": "a", "line": None, "holds": []}]
    tests = "def test_one(explore): explore('answer', expect='deadlock')"
    assert judge(tests, "{test_one: 1}").checks(WORK)["test_one"].verdict == "fail"
    dead = ran(facts("finding", finding={"kind": "deadlock", "cycle": alone}))
    assert judge(tests, "{test_one: 1}", lambda _: dead).checks(WORK)["test_one"].verdict == "deadlock"


def test_something_left_running_fails_where_the_test_says_so(judge):
    """`leaves=()` and one thread alive: fail, with its name."""
    left = ran(facts(threads=[{"name": "thread 1", "daemon": False}]))
    records = judge("def test_one(explore): explore('answer', leaves=())", "{test_one: 1}", lambda _: left).checks(WORK)
    assert records["test_one"].verdict == "fail"
    assert records["test_one"].evidence["left"] == ["thread 1"]


RUNS = {
    "right": (ran(facts("ended"), stdout="5aSn5a62CuWlvQo="), "pass"),  # 大家 / 好
    "wrong exit code": (ran(facts("ended"), code=3, stdout="5aSn5a62CuWlvQo="), "error"),
    "lines in another order": (ran(facts("ended"), stdout="5aW9CuWkp+WutgoK"), "fail"),
    "no answer but the lines": (ran(None, stdout="5aSn5a62CuWlvQo="), "crashed"),
    "a value instead of an end": (ran(facts("value"), stdout="5aSn5a62CuWlvQo="), "review"),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_check_without_python_compares_exit_code_and_lines_outside(judge, name):
    """Lines in their order, others allowed between; the exit code is the driver's, not the report's; printing alone earns nothing."""
    answer, verdict = RUNS[name]
    arena = judge("", "{right: {points: 4, run: {args: [a], exit: 0, lines: [大家, 好]}}}", lambda _: answer)
    record = arena.checks(WORK)["right"]
    assert (record.verdict, record.points) == (verdict, 4 if verdict == "pass" else 0), record


def test_an_empty_or_absent_file_is_missing_in_every_check(judge):
    """Nothing is run, everything is listed."""
    arena = judge(NEEDS, "{test_a: 1, test_b: 1, test_c: 1}")
    for source in ("", "  \n\t\n", b"\xef\xbb\xbf"):
        assert [record.verdict for record in arena.checks(source).values()] == ["missing"] * 3, source
    assert arena.backend.opened == 0


def test_what_a_forced_order_shows_comes_before_the_luck_of_an_unforced_one(judge):
    """An exception in the unforced run does not hide what the forced one proves; alone it counts all the same."""
    broken = ran(facts("raised", **raised()))
    tests = """
        def test_forced(explore): explore("answer").always(lambda run: run.value == 0)
        def test_unforced(explore): explore("answer").always(lambda run: run.value == 42)
        def test_nothing_more(explore): explore("answer")
        def test_demo(explore): assert explore("answer").demo.value == 42
        """
    names = ["test_forced", "test_unforced", "test_nothing_more", "test_demo"]
    checks = "{" + ", ".join(f"{name}: 1" for name in names) + "}"
    records = judge(tests, checks, lambda run: ran(facts()) if run["plan"] == "hold" else broken).checks(WORK)
    assert [record.verdict for record in records.values()] == ["fail", "error", "error", "error"], told(records)
