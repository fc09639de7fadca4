HOME, NEWS, ABOUT = "http://a.org", "http://a.org/news", "http://a.org/about"
OTHER, LONGER = "http://b.org/news", "http://a.org.cn/news"
DIAMOND = {HOME: [NEWS, ABOUT], NEWS: ["http://a.org/last"], ABOUT: ["http://a.org/last", HOME]}
HOSTS = {HOME: [OTHER, NEWS, LONGER], NEWS: [OTHER, HOME], OTHER: [ABOUT], LONGER: [ABOUT]}
STAR = {HOME: [f"{HOME}/{n}" for n in range(2)]}


def pages(links):
    return sorted({HOME, *links[HOME]} | {url for more in links.values() for url in more})


def test_every_page_once(explore):
    crawling = explore("crawling", HOME, DIAMOND, watch="note")
    crawling.always(lambda run: sorted(run.value) == pages(DIAMOND), "every page is returned, and each once")
    crawling.always(lambda run: sorted(e.about for e in run.events("note")) == pages(DIAMOND), "every page is fetched, and each once")


def test_only_the_same_host(explore):
    crawling = explore("crawling", HOME, HOSTS, watch="note")
    crawling.always(lambda run: sorted(run.value) == [HOME, NEWS], "pages of this host are returned, no others")
    crawling.always(lambda run: {e.about for e in run.events("note")} == {HOME, NEWS}, "pages of this host are fetched, no others")


def test_at_the_same_time(explore):                         # one after the other would take 1 + 2 seconds
    crawling = explore("crawling", HOME, STAR, 1, watch="note")
    crawling.always(lambda run: sorted(run.value) == pages(STAR), "every page is returned, and each once")
    assert crawling.demo.seconds < 3
