"""`assignments/course.yaml`: what holds for every exercise, and when each is due."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, WithJsonSchema

from grader.containers.session import Limits
from grader.course.files import below, read_bytes
from grader.course.limits import LimitsSpec
from grader.course.near import near
from grader.course.source import read
from grader.course.spec import Fault, Spec, in_order, validated
from grader.course.tree import Map, Scalar
from grader.course.values import Counting, Duration, InnerPath, InstructorText, Moment, Share, moment_in, one_of, words
from grader.errors import CourseError, GraderError, Place, Problems, UsageError
from grader.language import Language, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.course.text import Text

FOLDER: Final = "assignments"
FILE: Final = "course.yaml"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Host:
    """How private repositories of one host are read; files inside the course folder, never in a URL, log or report."""

    token_file: Path | None = None
    ssh_key: Path | None = None
    known_hosts: Path | None = None


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What lateness costs. `per_day` and `at_most` are shares of the raw score; `closes_after` counts from the due time."""

    grace: timedelta = timedelta(0)
    per_day: Decimal = Decimal(0)
    at_most: Decimal = Decimal(1)
    slip_days: int = 0
    closes_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Which attempt counts, and how many a student may make in a day (None: any number)."""

    counts: Literal["latest", "best"] = "latest"
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course. `root` is the folder that holds `assignments/`; times are aware and in the course's zone."""

    root: Path
    title: Text
    timezone: ZoneInfo
    language: Language = "zh"
    encoding: str = "utf-8"
    roster: Path | None = None
    hosts: Mapping[str, Host] = field(default_factory=dict)
    late: LatePolicy = field(default_factory=LatePolicy)
    attempts: Attempts = field(default_factory=Attempts)
    limits: Limits = field(default_factory=Limits)
    packages: tuple[str, ...] = ()
    schedule: Mapping[str, datetime] = field(default_factory=dict)
    dues: Mapping[str, datetime | None] = field(
        default_factory=dict
    )  # every exercise there is; its own `due` goes first

    def assignments(self) -> tuple[str, ...]:
        """Names of the exercises, by due time, those without one last, then by name."""
        never = datetime.max.replace(tzinfo=UTC)
        return tuple(sorted(self.dues, key=lambda name: ((self.dues[name] or never).astimezone(UTC), name)))

    def due(self, name: str) -> datetime | None:
        """When an exercise is due, None for never. Raises UsageError for a name that does not exist."""
        if name not in self.dues:
            match = near(name, self.dues)
            raise UsageError(
                say("There is no exercise `{name}`.", name=name),
                remedy=say("Did you mean `{match}`?", match=match) if match else None,
            )
        return self.dues[name]


def find_course(start: Path) -> Path:
    """The nearest folder at or above `start` with assignments/course.yaml. Raises UsageError."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / FOLDER / FILE).is_file():
            return folder
    raise UsageError(
        say("There is no course here: no assignments/course.yaml in this folder or above it."),
        remedy=say("Change into the course folder, or name it with --course DIR."),
    )


# --- the file ---------------------------------------------------------------------------------------------------------


def _zone(value: object) -> ZoneInfo:
    text = words(value)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones  # noqa: PLC0415 - reads a folder tree; only needed to help

        match = near(text, available_timezones())
        remedy = say("Did you mean `{match}`?", match=match) if match else say("Write a name like Asia/Shanghai.")
        raise Fault(say("There is no time zone `{text}`.", text=text), remedy) from None


def _encoding(value: object) -> str:
    text = words(value)
    try:
        _ = b"".decode(text), "".encode(text)
    except (LookupError, ValueError):
        match = near(text, ("utf-8", "gb18030", "gbk", "big5", "shift_jis", "cp1252", "latin-1", "utf-16"))
        remedy = say("Did you mean `{match}`?", match=match) if match else say("Write a name like gb18030.")
        raise Fault(say("There is no text encoding `{text}`.", text=text), remedy) from None
    return text


def _host(value: object) -> str:
    text = words(value)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?", text):
        raise Fault(
            say("`{text}` is no host name.", text=text), say("Write it like gitee.com: lower case, no scheme, no path.")
        )
    return text


def package(value: object) -> str:
    """The name of a third-party package, as on the package index."""
    text = words(value)
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", text):
        raise Fault(
            say("`{text}` is no package name.", text=text),
            say("Write it as on the package index: letters, digits, hyphens."),
        )
    return text


Package = Annotated[str, PlainValidator(package), WithJsonSchema({"type": "string"})]


class _HostSpec(Spec):
    token_file: InnerPath | None = None
    ssh_key: InnerPath | None = None
    known_hosts: InnerPath | None = None


class _LateSpec(Spec):
    grace: Duration = timedelta(0)
    per_day: Share = Decimal(0)
    at_most: Share = Decimal(1)
    slip_days: Counting = 0
    closes_after: Duration | None = None


class _AttemptsSpec(Spec):
    counts: Annotated[
        Literal["latest", "best"], one_of("latest", "best"), WithJsonSchema({"enum": ["latest", "best"]})
    ] = "latest"
    per_day: Counting | None = None


class CourseSpec(Spec):
    """Keys of course.yaml."""

    title: InstructorText
    timezone: Annotated[ZoneInfo, PlainValidator(_zone), WithJsonSchema({"type": "string"})]
    language: Annotated[Literal["zh", "en"], one_of("zh", "en"), WithJsonSchema({"enum": ["zh", "en"]})] = "zh"
    encoding: Annotated[str, PlainValidator(_encoding), WithJsonSchema({"type": "string"})] = "utf-8"
    roster: InnerPath | None = None
    hosts: dict[Annotated[str, PlainValidator(_host), WithJsonSchema({"type": "string"})], _HostSpec] = Field(
        default_factory=dict
    )
    late: _LateSpec = _LateSpec()
    attempts: _AttemptsSpec = _AttemptsSpec()
    limits: LimitsSpec = LimitsSpec()
    packages: tuple[Package, ...] = ()
    schedule: dict[str, Moment] = Field(default_factory=dict)


_PAIRS = frozenset(CourseSpec.model_fields)


def load_course(root: Path) -> Course:
    """The course in `root`. Raises Problems with every fault of course.yaml, UsageError if there is none."""
    path = root / FOLDER / FILE
    shown = f"{FOLDER}/{FILE}"
    if not path.is_file():
        raise UsageError(say("There is no {file} in this folder.", file=shown))
    tree = read(read_bytes(root, shown), shown, pairs=_PAIRS)
    context = _context(tree)
    spec = validated(CourseSpec, tree, context)
    problems: list[GraderError] = []
    names = exercise_names(root, problems)
    for name in spec.schedule:
        if name not in names:
            match = near(name, names)
            remedy = (
                say("Did you mean `{match}`?", match=match)
                if match
                else say("Write assignments/{name}.yaml first, or remove this line.", name=name)
            )
            message = say("The schedule names `{name}`, which is no exercise.", name=name)
            problems.append(CourseError(message, place=tree.key_at(("schedule", name)), remedy=remedy))
    hosts = {}
    for host, files in spec.hosts.items():
        found = {}
        for key, text in files.model_dump(exclude_none=True).items():
            found[key] = below(root, text, tree.at(("hosts", host, key)), problems)
        hosts[host] = Host(**found)
    roster = below(root, spec.roster, tree.at(("roster",)), problems) if spec.roster else None
    dues = {name: _own_due(root, name, spec.timezone) or spec.schedule.get(name) for name in names}
    if problems:
        raise Problems(in_order(problems))
    return Course(
        root=root,
        title=spec.title,
        timezone=spec.timezone,
        language=spec.language,
        encoding=spec.encoding,
        roster=roster,
        hosts=hosts,
        late=LatePolicy(**dict(spec.late)),
        attempts=Attempts(**dict(spec.attempts)),
        limits=spec.limits.over(Limits()),
        packages=tuple(sorted(set(spec.packages))),
        schedule=spec.schedule,
        dues=dues,
    )


def _context(tree: Map) -> dict[str, object]:
    """What other keys are read with; faults of these two are reported by their own readers."""
    try:
        zone = _zone(tree.get("timezone"))
    except Fault:
        zone = ZoneInfo("UTC")
    return {"language": "en" if tree.get("language") == "en" else "zh", "zone": zone}


def exercise_names(root: Path, problems: list[GraderError]) -> tuple[str, ...]:
    """Stems of assignments/*.yaml, sorted; a name that is not lower-case-with-hyphens is a problem."""
    names = []
    for path in sorted((root / FOLDER).iterdir()):
        if path.name == FILE or path.name.startswith("."):
            continue
        if path.suffix == ".yml":
            message = say("Exercises are files that end in .yaml.")
            problems.append(CourseError(message, place=Place(f"{FOLDER}/{path.name}"), remedy=say("Rename it.")))
        elif path.suffix == ".yaml":
            if not NAME.fullmatch(path.stem) or len(path.stem) > 60:
                message = say("The name of an exercise is made of a-z, 0-9 and single hyphens, at most 60.")
                problems.append(CourseError(message, place=Place(f"{FOLDER}/{path.name}"), remedy=say("Rename it.")))
            names.append(path.stem)
    return tuple(names)


def _own_due(root: Path, name: str, zone: ZoneInfo) -> datetime | None:
    """The exercise's own `due`, None if it has none or cannot be read: reading the exercise itself tells why."""
    try:
        data = read_bytes(root, f"{FOLDER}/{name}.yaml")
        if not re.search(rb"(?m)^['\"]?due['\"]?[ \t]*:", data):
            return None
        value = read(data, name).get("due")
        return moment_in(value, zone) if isinstance(value, Scalar) else None
    except (GraderError, Fault):
        return None
