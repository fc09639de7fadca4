import pytest


@pytest.fixture
def run(script):
    return script()


def test_one_child(run):
    assert run.exit == 0
    assert len(run.children) == 1, f"子进程的个数是 {len(run.children)}"


def test_child_tells_its_pid(run):
    assert "<child 1>" in run.stdout, "没有打印子进程的进程号"


def test_child_knows_its_parent(run):
    both = [line for line in run.lines if "<child 1>" in line and "<script>" in line]
    assert both != [], f"没有一行里同时有子进程和父进程的进程号; 打印的是:\n{run.stdout}"


def test_guard(call):
    assert call("guards") >= 1, '文件里没有 if __name__ == "__main__":'
