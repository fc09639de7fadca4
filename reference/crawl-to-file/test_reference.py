import pytest

URLS = ["a.cn", "b.cn"]


def lines(urls):
    return sorted(f"{url} {url} 的首页" for url in urls)


def acts(run, act):
    return [e for e in run.events("note") if e.act == act]


@pytest.fixture
def two(explore):
    return explore("day", 2, URLS, watch="note")


def test_every_page_is_in_the_file(two, explore):
    two.always(lambda run: sorted(run.value) == lines(URLS), "每个网页一行,一行不少,一行不多")
    written = explore("written", 2, URLS, watch="note")
    written.always(lambda run: sorted(run.value[0]) == lines(URLS), "每行都是完整的一行,以前的内容没有了")
    written.always(lambda run: run.value[1] == 0 and run.value[0] != [], "返回的时候文件都关上了")


def test_each_page_is_fetched_once(explore):
    twice = explore("day", 2, ["a.cn", "a.cn"], watch="note")
    twice.always(lambda run: [e.about for e in acts(run, "begin")] == ["a.cn"], "写了两遍的网址只抓一次")
    twice.always(lambda run: run.value == lines(["a.cn"]), "文件里也只有一行")


def test_at_the_same_time(two, explore):
    two.ever(lambda run: [e.act for e in run.events("note")][:2] == ["begin"] * 2, "两个网页都在抓,还没有一个抓到")
    one = explore("day", 1, URLS, watch="note")
    one.always(lambda run: len({e.task for e in acts(run, "begin")}) == 1, "一个线程的时候,都是它抓的")
    one.always(lambda run: acts(run, "begin") != [] and acts(run, "begin")[0].task != "main", "抓网页的不是主线程")


@pytest.mark.parametrize("fail", ["a.cn", "b.cn"])
def test_a_page_that_fails(explore, fail):
    failed = explore("day", 1, URLS, [fail], watch="note", leaves=())
    failed.always(lambda run: run.value == lines(set(URLS) - {fail}), "一个抓不到,其他的照样写")
