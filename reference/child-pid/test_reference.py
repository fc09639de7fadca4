import pytest


@pytest.fixture
def run(script):
    return script()


def test_one_child(run):
    assert run.exit == 0
    assert len(run.children) == 1


def test_child_tells_its_pid(run):
    assert "<child 1>" in run.stdout


def test_child_knows_its_parent(run):
    assert any("<child 1>" in line and "<script>" in line for line in run.lines)


def test_guard(call):
    assert call("guards") >= 1
