"""Views to HTML: one file each, nothing loaded from anywhere, no script. Every template escapes, whatever its name."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.language import Message
from grader.reports.text import segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.language import Language
    from grader.reports.classview import ClassView
    from grader.reports.view import DaysView, ReportView


def marked(text: str) -> Markup:
    """A product text with what stands in backticks as code; every part is escaped first."""
    parts = (Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(segments(text)))
    return Markup("").join(parts)


@functools.cache
def environment() -> Environment:
    """The one environment of all pages. Escaping is on for every template, not by file name."""
    made = Environment(
        loader=PackageLoader("grader.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["marked"] = marked
    return made


def speaker(language: Language) -> Callable[..., str]:
    """`say` as templates use it: already in the reader's language."""

    def say(text: str, /, **values: object) -> str:
        return Message(text, values).render(language)

    return say


def page(template: str, language: Language, **values: object) -> str:
    """A whole page. `lang` is what `<html lang>` wants."""
    lang = "zh-CN" if language == "zh" else "en"
    return environment().get_template(template).render(say=speaker(language), lang=lang, **values)


def report_html(view: ReportView, *, back: str = "", statement: Markup | None = None) -> str:
    """The report of one student and one assignment. `back` is a relative link to all days, `statement` is clean HTML."""
    return page("report.html.j2", view.language, view=view, back=back, statement=statement)


def days_html(view: DaysView) -> str:
    """All days of one student."""
    return page("days.html.j2", view.language, view=view)


def class_html(view: ClassView) -> str:
    """The class page, for staff."""
    return page("class.html.j2", view.language, view=view)
