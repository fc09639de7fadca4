import pytest

ITEMS = ["小笼包", "肉包", "菜包", "豆沙包", "肉包", "糖包"]


@pytest.fixture(params=[(1, 3), (3, 2)], ids=["1 producer, 3 consumers", "3 producers, 2 consumers"])
def kitchen(request, explore):
    m, n = request.param
    return explore("kitchen", m, n, ITEMS, watch="note start"), m, n


def acts(run, *kinds):
    return [e for e in run.events("note") if e.act in kinds]


def test_everything_is_eaten_once(kitchen):
    kitchen[0].always(lambda run: sorted(e.about for e in acts(run, "eat")) == sorted(ITEMS))


def test_m_producers_and_n_consumers(kitchen):
    runs, m, n = kitchen
    runs.always(lambda run: len(run.events("start")) >= m + n, "m + n threads")
    for kind, most in [("put", m), ("eat", n)]:
        runs.always(lambda run: 1 <= len({e.task for e in acts(run, kind)}) <= most)
    runs.always(lambda run: not {e.task for e in acts(run, "put", "eat")} & {e.task for e in acts(run, "close")}, "the main thread only waits")


def test_returns_when_all_is_eaten(kitchen):
    kitchen[0].always(lambda run: [e.act for e in acts(run, "eat", "close")] == ["eat"] * len(acts(run, "eat")) + ["close"]
                      and len(acts(run, "eat")) > 0)


@pytest.mark.parametrize("items", [[], ["糖包"]])
def test_fewer_items_than_threads(explore, items):
    explore("kitchen", 2, 3, items, watch="note start").always(
        lambda run: [e.about for e in acts(run, "eat", "close")] == [*items, "closed"])
