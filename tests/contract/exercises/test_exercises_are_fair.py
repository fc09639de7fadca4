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
AT_ONCE = 6  # most of a run is waiting: sleeps of scenarios, deadlines of what hangs


@pytest.fixture(scope="module")
def proofs(tmp_path_factory):
    """Exercise to what each candidate came to; everything is asked for at once and judged in the order of the tests."""
    sandbox()
    home = tmp_path_factory.mktemp("home")
    versions = [Version.of(COURSE, name) for name in COURSE.assignments()]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(AT_ONCE, mp_context=context) as pool:
        yield {
            version.assignment.name: [
                pool.submit(check._prove_here, check.Task(version, candidate, "bubblewrap", home))
                for candidate in check.candidates(version)
            ]
            for version in versions
        }


@pytest.mark.bubblewrap
@pytest.mark.parametrize("name", COURSE.assignments())
def test_an_exercise_is_fair(name, proofs):
    """The solution earns everything, starter and do-nothing earn 0, each mistake loses exactly what it says."""
    results = [future.result() for future in proofs[name]]
    assert {p.candidate.name: [str(fault) for fault in p.faults] for p in results if not p.holds} == {}
    assert [warning for proof in results for warning in proof.warnings] == []
