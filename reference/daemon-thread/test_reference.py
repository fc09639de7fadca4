import pytest


@pytest.fixture
def night(explore):
    return explore("night", watch="note")


def notes(run):
    return [event.about for event in run.events("note")]


def test_guard_is_a_daemon_and_work_is_not(night):
    night.always(lambda run: run.value == [(True, True), (True, False)], "第一个是守护线程,第二个是普通线程")


def test_lives_as_long_as_the_last_normal_thread(night):
    night.always(lambda run: notes(run).count("work") == 1 and len({e.task for e in run.events("note")}) == len(notes(run)), "三个线程,普通的那个做完了自己的事")
    night.ever(lambda run: sorted(notes(run)) == ["guard", "main", "work"], "普通线程还在,守护线程就还在")


def test_waits_for_nobody(night):
    night.ever(lambda run: notes(run)[0] == "main", "build 返回的时候,谁也还没做完")
    assert night.demo.seconds == 0, "build 马上返回"
