import pytest

ITEMS = ["小笼包", "肉包", "菜包", "豆沙包", "肉包", "糖包"]


@pytest.fixture
def kitchen(explore):
    return explore("kitchen", 2, 3, ITEMS, watch="note start")


def acts(run, *kinds):
    return [e for e in run.events("note") if e.act in kinds]


def tasks(run, kind):
    return {e.task for e in acts(run, kind)}


def test_everything_is_eaten_once(kitchen):
    kitchen.always(lambda run: sorted(e.about for e in acts(run, "eat")) == sorted(ITEMS))


def test_m_producers_and_n_consumers(kitchen):             # one of them may do all the work: that is a schedule, too
    kitchen.always(lambda run: len(run.events("start")) >= 2 + 3, "2 + 3 threads")
    kitchen.always(lambda run: 1 <= len(tasks(run, "put")) <= 2 and not tasks(run, "put") & tasks(run, "close"), "producers put")
    kitchen.always(lambda run: 1 <= len(tasks(run, "eat")) <= 3 and not tasks(run, "eat") & tasks(run, "close"), "consumers eat")


def test_returns_when_all_is_eaten(kitchen):
    kitchen.always(lambda run: {e.about for e in acts(run, "eat")} == set(ITEMS) and acts(run, "eat", "close")[-1].act == "close")


@pytest.mark.parametrize("items", [[], ["糖包"]])
def test_fewer_items_than_threads(explore, items):
    explore("kitchen", 3, 2, items, watch="note start").always(
        lambda run: [e.about for e in acts(run, "eat", "close")] == [*items, "closed"])
