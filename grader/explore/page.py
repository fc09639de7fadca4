"""One exploration or replay as one HTML page: nothing is loaded, nothing runs, and it reads on a phone, on paper and aloud."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.explore.shown import timeline
from grader.explore.stories import ended, waits
from grader.explore.words import LABELS, advice, looked, sentence
from grader.language import say
from grader.reports.render import page
from grader.reports.text import one_line
from grader.reports.timeline import coded, headlines, picture, remark
from grader.reports.timeline_svg import timeline_svg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.language import Language, Message

VERDICTS = {
    "ok": say("No failure found"), "deadlock": say("Deadlock"), "race": say("Data race"), "error": say("Exception"),
    "hang": say("Hang"), "timing": say("Depends on timing"), "endless": say("Never ends"), "too_big": say("Too big"),
    "no_concurrency": say("No second task"), "needs_input": say("Waits for the keyboard"), "needs_peer": say("Waits for a connection"),
    "unsupported": say("Not supported"), "output": say("Prints too much"), "timeout": say("Takes too long"), "memory": say("Takes too much memory"),
    "limit": say("Over a limit"), "crashed": say("Crashed"), "review": say("Needs a look"),
}  # fmt: skip


WRONG = say("Wrong result")  # what a reference test says of a run that is replayed


def explored_html(report: Mapping[str, Any], language: Language, told: Message | None = None) -> str:
    """The page of a report of `explore`, or of `replay`, with what is `told` of it in one sentence."""
    main = report["file"]
    shown = [_failure(report, failure, n, language) for n, failure in enumerate(report["failures"], 1)]
    scaled = [
        say("Line {line}: {old} was cut down to {new} for this.", line=each["line"], old=each["old"], new=each["new"])
        for each in report.get("scaled", ())
    ]
    if report.get("unsupported"):
        scaled.append(say("Not controlled: {names}", names=one_line(", ".join(report["unsupported"]))))
    verdict = report["verdict"]
    return page(
        "timeline.html.j2",
        language,
        file=one_line(main),
        verdict=VERDICTS.get(verdict, WRONG).render(language),
        state="passed"
        if verdict == "ok"
        else "open"
        if verdict in ("no_concurrency", "too_big", "needs_input")
        else "failed",
        sentence=(told or sentence(report)).render(language),
        label=LABELS[report["label"]].render(language) if report.get("label") else "",
        looked=looked(report).render(language) if report.get("bound") and report.get("python") else "",
        remarks=[each.render(language) for each in scaled],
        advice=[each.render(language) for each in advice(report)],
        failures=shown,
        python=one_line(report.get("python") or ""),
        seed=report.get("seed"),
    )


def _failure(report: Mapping[str, Any], failure: Mapping[str, Any], number: int, language: Language) -> dict[str, Any]:
    main = report["file"]
    drawn = timeline(failure, report)
    shown = picture(drawn, language)
    schedule = json.dumps(failure["schedule"], ensure_ascii=True)
    told = (
        [each.render(language) for each in waits(dict(failure), main)]
        if failure["kind"] in ("deadlock", "hang")
        else []
    )
    if report["verdict"] == "race" and failure["error"]:
        told.append(ended(dict(failure), main).render(language))
    return {
        "told": told,
        "svg": Markup(timeline_svg(drawn, language, f"timeline-{number}")) if drawn.steps else "",  # noqa: S704 - of our template, which escapes
        "kind": "stuck" if failure["kind"] in ("deadlock", "hang") else "led",
        "rows": [
            {
                "number": row.number,
                "task": shown.names[row.column],
                "lane": row.column % 5,
                "what": row.what,
                "code": coded(row),
                "remark": remark(row, language),
            }
            for row in shown.rows
        ],
        "below": (*headlines(shown, language), *shown.waits),
        "schedule": schedule,
        "data": "data:application/json;base64," + base64.b64encode(schedule.encode()).decode(),
        "command": f"grader replay {one_line(main)} schedule.json",
    }
