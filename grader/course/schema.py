"""JSON Schemas of what an instructor writes, for editors: made from the models, so they cannot fall behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, RootModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from grader.course.assignment import AssignmentSpec
from grader.course.course import CourseSpec
from grader.course.equivalents import EquivalentSpec
from grader.course.mistakes import MistakeSpec

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import core_schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _AsWritten(GenerateJsonSchema):
    """Leaves defaults out, they are values as read, not as written; and null, which no key takes."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


class _Mistakes(RootModel[dict[str, MistakeSpec | list[EquivalentSpec]]]):
    pass


def schemas() -> dict[str, dict[str, Any]]:
    """File name -> schema, for course.yaml, an exercise and mistakes.yaml."""
    models: dict[str, type[BaseModel]] = {"course": CourseSpec, "exercise": AssignmentSpec, "mistakes": _Mistakes}
    return {
        f"{name}.schema.json": {
            "$schema": DIALECT,
            **model.model_json_schema(schema_generator=_AsWritten),
            "title": name,
        }
        for name, model in models.items()
    }


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schemas into `folder`; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in sorted(schemas().items()):
        path = folder / name
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        written.append(path)
    return tuple(written)
