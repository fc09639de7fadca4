import pytest

NAMES = ["太白", "哪吒", "女娲", "后羿"]


@pytest.fixture
def workers(explore):
    return explore("workers", NAMES, watch="note")


def test_each_name_once(workers):
    workers.always(lambda run: sorted(e.about for e in run.events("note")) == sorted(NAMES), "每个名字正好做一次")


def test_each_in_a_child_of_its_own(workers):
    workers.always(lambda run: len({e.task for e in run.events("note") if e.in_a_child}) == len(NAMES), "几个名字就有几个子进程在做")


def test_returns_when_all_are_back(workers):
    workers.always(lambda run: len(run.events("note")) == len(NAMES) and run.value == 0, "返回的时候没有子进程还在做")
