"""Every shipped exercise proves itself in a real sandbox, as `grader check` does."""

import concurrent.futures
import multiprocessing
from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.course.version import Version
from grader.judge import check
from tests.judging import sandbox

COURSE = load_course(Path(__file__).parents[3])
QUICK = ("lost-update", "deadlock-fix")  # whose mutants every test run judges; `make soak` those of all
SHARE = 8  # every so many-th mistake is judged in every test run; `make soak` judges them all
AT_ONCE = 6  # most of a run is waiting: sleeps of scenarios, deadlines of what hangs


def explores(version):
    """Whether its tests ask the scheduler; elsewhere there are no mutants."""
    return b"explore" in version.reference.files.get("test_reference.py", b"")


def wanted(version, tests):
    """The candidates that these tests ask about; a part of the mistakes unless it is all of them."""
    found = list(check.candidates(version))
    mistakes = [candidate for candidate in found if candidate.kind == "mistake"]
    few = SHARE if version.assignment.day else len(mistakes)  # of an extra the first one only
    left_out = [] if "test_every_mistake_is_fair" in tests else [one for n, one in enumerate(mistakes) if n % few]
    yield from (candidate for candidate in found if candidate not in left_out)
    if "test_every_mutant_of_a_solution_is_noticed" in tests and explores(version):
        yield from check.mutant_candidates(version)


@pytest.fixture(scope="module")
def proofs(request, tmp_path_factory):
    """Exercise to what each candidate came to; everything chosen is asked for at once and judged in the order of the tests."""
    sandbox()
    home = tmp_path_factory.mktemp("home")
    tests = {}
    for item in request.session.items:
        if item.path == request.path:
            tests.setdefault(item.callspec.params["name"], set()).add(item.originalname)
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(AT_ONCE, mp_context=context) as pool:
        yield {
            name: [
                pool.submit(check._prove_here, check.Task(version, candidate, "bubblewrap", home))
                for candidate in wanted(version, tests[name])
            ]
            for name in COURSE.assignments()
            if name in tests
            for version in [Version.of(COURSE, name)]
        }


def came(proofs, name):
    return [future.result() for future in proofs[name]]


@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", COURSE.assignments())
def test_an_exercise_is_fair(name, proofs):
    """The solution earns everything, starter and do-nothing earn 0, a mistake loses exactly what it says."""
    results = [proof for proof in came(proofs, name) if proof.candidate.kind != "mutant"]
    assert {p.candidate.name: [str(fault) for fault in p.faults] for p in results if not p.holds} == {}
    assert [warning for proof in results for warning in proof.warnings] == []


@pytest.mark.soak
@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", COURSE.assignments())
def test_every_mistake_is_fair(name, proofs):
    """As `grader check` says before an exercise is published."""
    test_an_exercise_is_fair(name, proofs)


@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.soak) for name in COURSE.assignments()]
)
def test_every_mutant_of_a_solution_is_noticed(name, proofs):
    """A check notices each small fault in the solution's synchronisation, or `equivalent:` says why nobody can; and says true."""
    solution, *others = came(proofs, name)
    mutants = [proof for proof in others if proof.candidate.kind == "mutant"] if check.is_explored(solution) else []
    assert [proof.candidate.name for proof in mutants if proof.survives] == []
    assert {p.candidate.name: [str(fault) for fault in p.faults] for p in mutants if not p.holds} == {}
