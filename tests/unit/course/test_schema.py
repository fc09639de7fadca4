"""The published JSON Schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from grader.course.schema import schemas, write_schemas
from tests.unit.course.support import COURSE, EXERCISE, MISTAKES
from tests.unit.course.test_assignment import FULL as FULL_EXERCISE
from tests.unit.course.test_course import FULL as FULL_COURSE

SOUND = [
    ("exercise", EXERCISE),
    ("exercise", FULL_EXERCISE),
    ("course", COURSE),
    ("course", FULL_COURSE),
    ("mistakes", MISTAKES),
]
WRONG = {"unknown-key": "exercise", "points-missing": "exercise", "limits-without-unit": "exercise", "checks-a-list": "exercise",
         "course-share": "course", "course-attempts": "course", "mistake-loses-missing": "mistakes", "quiz-fill-empty": "exercise"}  # fmt: skip


class _Loader(yaml.SafeLoader):
    """As an editor reads YAML 1.2: no dates, no base 60."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith("timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def errors(kind: str, text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(schemas()[f"{kind}.schema.json"])
    return [error.message for error in validator.iter_errors(yaml.load(text, _Loader))]


@pytest.mark.parametrize(("kind", "text"), SOUND)
def test_a_sound_file_satisfies_its_schema(kind: str, text: str) -> None:
    """Nothing an editor underlines is accepted by the grader."""
    assert errors(kind, text) == []


@pytest.mark.parametrize("case", WRONG)
def test_an_editor_sees_what_the_grader_refuses(case: str) -> None:
    """Unknown and missing keys, missing units, wrong shapes."""
    path = Path(__file__).parent / "golden" / case / f"{WRONG[case]}.yaml"
    assert errors(WRONG[case], path.read_text(encoding="utf-8"))


def test_shipped_files_satisfy_their_schemas() -> None:
    """The exercises of this repository are examples; they must be good ones."""
    root = Path(__file__).parents[3]
    for path in sorted((root / "assignments").glob("*.yaml")):
        kind = "course" if path.name == "course.yaml" else "exercise"
        assert errors(kind, path.read_text(encoding="utf-8")) == [], path.name
    for path in sorted((root / "reference").glob("*/mistakes.yaml")):
        assert errors("mistakes", path.read_text(encoding="utf-8")) == [], path.parent.name


def test_schemas_are_sound_and_written_the_same_every_time(tmp_path: Path) -> None:
    """Draft 2020-12, one file each, sorted."""
    for path in write_schemas(tmp_path):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        assert "default" not in json.dumps(schema)
    first = {path.name: path.read_bytes() for path in write_schemas(tmp_path)}
    assert {path.name: path.read_bytes() for path in write_schemas(tmp_path)} == first
    assert sorted(first) == ["course.schema.json", "exercise.schema.json", "mistakes.schema.json"]


def test_the_published_schemas_are_these() -> None:
    """docs/schema is what `write_schemas` writes; run it again after a change of the format."""
    published = Path(__file__).parents[3] / "docs" / "schema"
    for name, schema in schemas().items():
        assert json.loads((published / name).read_text(encoding="utf-8")) == schema, name
