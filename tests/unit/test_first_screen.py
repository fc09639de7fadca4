"""The README's first screen is what its command makes."""

from __future__ import annotations

import re

from grader.demo.first_screen import BEGIN, CODE, END, PICTURE, README, between, explored, svg, text


def test_the_first_screen_is_what_the_command_makes() -> None:
    """Code, what `explore` says of it and the picture, byte by byte; only how many of the plain runs failed is luck."""
    readme = README.read_text(encoding="utf-8")
    _, _, rest = readme.partition(BEGIN)
    shown, _, _ = rest.partition(END)
    counted = re.search(r"(?m)^\d+$", shown)
    assert counted is not None
    report = explored()
    made = text(report, int(counted[0]))
    assert shown == made
    assert PICTURE.read_text(encoding="utf-8") == svg(report)
    assert between(readme, made) == readme
    assert len(CODE.splitlines()) == 8
    assert report["label"] == "language"
