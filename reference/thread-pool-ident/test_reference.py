import pytest

ITEMS = ["扫地", "擦窗"]


@pytest.fixture
def two(explore):
    return lambda **named: explore("day", 2, ITEMS, watch="note", **named)


def acts(run, act):
    return [e for e in run.events("note") if e.act == act]


def test_who_did_it(two):
    two().always(lambda run: acts(run, "begin") != [] and run.value == {e.ident for e in acts(run, "begin")}, "正好是做过事的线程的 ident")


def test_at_most_n_threads(explore):
    one = explore("day", 1, ITEMS, watch="note")
    one.always(lambda run: len({e.task for e in acts(run, "begin")}) == 1, "一个线程的池子,两件事都是它做的")
    one.always(lambda run: acts(run, "begin") != [] and acts(run, "begin")[0].task != "main", "做事的不是主线程")


def test_all_is_done_and_ended(two):
    done = two(leaves=())
    done.always(lambda run: sorted(e.about for e in acts(run, "end")) == sorted(ITEMS), "每件事做一次")
    done.always(lambda run: run.events("note")[-1].act == "returned", "都做完了才返回")


def test_at_the_same_time(two):
    two().ever(lambda run: [e.act for e in run.events("note")][:2] == ["begin"] * 2, "两件事都开始了,还没有一件做完")
