import io
import weakref

from stage import note


def day(student, workers, urls, fail=()):
    """A fetch is noted when it begins and when it ends. The lines of the file once crawl has returned."""

    def fetch(url):
        note(url, act="begin")
        if url in fail:
            raise OSError(404)
        note(url, act="end")
        return f"{url} 的首页"

    student.crawl(list(urls), fetch, "pages.txt", workers)
    return _lines()


def written(student, workers, urls):
    """Others may come between any two writes. The lines of the file, and how many files are still open, once crawl has returned."""
    with open("pages.txt", "w", encoding="utf-8") as file:
        file.write("昨天的\n" * 3)
    opened = []

    def noted_open(path, mode="r", *args, **named):
        file = open(path, mode, *args, **named)
        if "b" not in mode and mode != "r":
            file = Noted(file.detach(), file.encoding, file.errors)
        opened.append(weakref.ref(file))
        return file

    student.open = noted_open
    student.crawl(list(urls), lambda url: f"{url} 的首页", "pages.txt", workers)
    return _lines(), len([file for ref in opened if (file := ref()) is not None and not file.closed])


class Noted(io.TextIOWrapper):
    """A text file; each write is a step of its own."""

    def write(self, text):
        note("pages.txt", act="write")
        return super().write(text)


def _lines():
    try:
        with open("pages.txt", encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []
