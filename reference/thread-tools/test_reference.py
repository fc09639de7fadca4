import pytest

TWO = ["哪吒", "太白"]


@pytest.fixture
def from_main(explore):
    return explore("from_main", leaves=())


@pytest.fixture
def from_a_thread(explore):
    return explore("from_a_thread", leaves=())


def test_counts_while_two_wait(from_main, from_a_thread):
    from_main.always(lambda run: run.value[0][0] == 3, "两个在等的线程和主线程,一共三个")
    from_a_thread.always(lambda run: run.value[0][0] == 4, "两个在等的、主线程、问的线程,一共四个")


def test_says_who_asks(from_main, from_a_thread):
    from_main.always(lambda run: run.value[0][1] == "MainThread", "主线程叫 MainThread")
    from_a_thread.always(lambda run: run.value[0][1] == "悟空", "是悟空在问")


def test_names_of_the_others(from_main, from_a_thread):
    from_main.always(lambda run: run.value[1] == TWO, "其他的两个,自己不算")
    from_a_thread.always(lambda run: run.value[1] == ["MainThread", *TWO], "主线程也是其他线程")


def test_after_they_ended(explore):
    seen = explore("before_and_after", leaves=())
    alone = (1, "MainThread", [])
    seen.always(lambda run: [(*snapshot, others) for snapshot, others in run.value] == [alone, (3, "MainThread", TWO), alone], "结束了的线程不算")
