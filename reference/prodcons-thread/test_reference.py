import pytest

ITEMS = ["小笼包", "肉包", "菜包", "豆沙包", "肉包", "糖包"]


@pytest.fixture
def kitchen(explore):
    return explore("kitchen", 2, 3, ITEMS, watch="note start")


def acts(run, *kinds):
    return [e for e in run.events("note") if e.act in kinds]


def workers(run, kind):
    """The task of each act, where it was not the one that called run."""
    return [e.task for e in acts(run, kind) if e.task not in [close.task for close in acts(run, "close")]]


def test_everything_is_eaten_once(kitchen):
    kitchen.always(lambda run: sorted(e.about for e in acts(run, "eat")) == sorted(ITEMS), "每个包子正好吃一次")


def test_m_producers_and_n_consumers(kitchen):             # one of them may do all the work: that is a schedule, too
    kitchen.always(lambda run: len(run.events("start")) >= 2 + 3, "起了 2 + 3 个线程")
    kitchen.always(lambda run: workers(run, "put") != [], "放包子的是生产者线程")
    kitchen.always(lambda run: acts(run, "eat") != [] and len(workers(run, "eat")) == len(acts(run, "eat"))
                   and len(set(workers(run, "eat"))) <= 3, "吃包子的是消费者线程")


def test_returns_when_all_is_eaten(kitchen):
    kitchen.always(lambda run: {e.about for e in acts(run, "eat")} == set(ITEMS) and acts(run, "eat", "close")[-1].act == "close", "返回的时候都吃完了")


@pytest.mark.parametrize("items", [[], ["糖包"]])
def test_fewer_items_than_threads(explore, items):
    explore("kitchen", 3, 2, items, watch="note start").always(
        lambda run: [e.about for e in acts(run, "eat", "close")] == [*items, "closed"], "包子再少也能结束")
