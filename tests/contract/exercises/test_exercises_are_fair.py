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
QUICK = (
    "lost-update",
    "rlock",
    "deadlock-fix",
    "bank-transfer",
)  # whose mutants every test run judges; `make soak` those of all
AT_ONCE = 6  # most of a run is waiting: sleeps of scenarios, deadlines of what hangs


def explores(version):
    """Whether its tests ask the scheduler; elsewhere there are no mutants."""
    return b"explore" in version.reference.files.get("test_reference.py", b"")


@pytest.fixture(scope="module")
def proofs(request, tmp_path_factory):
    """Exercise to what each candidate came to; everything chosen is asked for at once and judged in the order of the tests."""
    sandbox()
    home = tmp_path_factory.mktemp("home")
    mine = [item for item in request.session.items if item.path == request.path]
    chosen = {item.callspec.params["name"] for item in mine}
    mutated = {item.callspec.params["name"] for item in mine if "mutant" in item.originalname}
    versions = [Version.of(COURSE, name) for name in COURSE.assignments() if name in chosen]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(AT_ONCE, mp_context=context) as pool:
        yield {
            version.assignment.name: [
                pool.submit(check._prove_here, check.Task(version, candidate, "bubblewrap", home))
                for candidate in (*check.candidates(version), *check.mutant_candidates(version))
                if candidate.kind != "mutant" or (version.assignment.name in mutated and explores(version))
            ]
            for version in versions
        }


def came(proofs, name):
    return [future.result() for future in proofs[name]]


@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", COURSE.assignments())
def test_an_exercise_is_fair(name, proofs):
    """The solution earns everything, starter and do-nothing earn 0, each mistake loses exactly what it says."""
    results = [proof for proof in came(proofs, name) if proof.candidate.kind != "mutant"]
    assert {p.candidate.name: [str(fault) for fault in p.faults] for p in results if not p.holds} == {}
    assert [warning for proof in results for warning in proof.warnings] == []


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
