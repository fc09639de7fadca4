"""Folders laid over the sandbox's image as a layer of their own: the packages an assignment lists, or another driver in tests."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import docker

    from grader.containers.docker_engine import Engine

REPOSITORY = "concurrency-grader-layer"
BUILD_SECONDS = 300.0


def image_with(engine: Engine, image: str, folders: Mapping[str, Path]) -> str:
    """An image with each of `folders` (place inside -> folder here); built the first time, found by its content afterwards."""
    if not folders:
        return image
    context = _context(image, folders)
    name = f"{REPOSITORY}:{hashlib.sha256(context).hexdigest()[:32]}"
    if engine.image(name) is None:
        _build(engine, context, name)
    return name


def _context(image: str, folders: Mapping[str, Path]) -> bytes:
    out = io.BytesIO()
    lines = [f"FROM {image}", *(f"COPY {number} {place}" for number, place in enumerate(folders))]
    members = {"Dockerfile": "\n".join(lines).encode()}
    for number, folder in enumerate(folders.values()):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                members[f"{number}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in sorted(members.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _build(engine: Engine, context: bytes, name: str) -> None:
    def run(client: docker.APIClient) -> list[dict[str, str]]:
        return list(
            client.build(
                fileobj=io.BytesIO(context),
                custom_context=True,
                tag=name,
                network_mode="none",
                rm=True,
                forcerm=True,
                decode=True,
            )
        )

    for line in engine.call(say("build the image"), run, seconds=BUILD_SECONDS):
        if "error" in line:
            raise SandboxError(say("The image cannot be built: {error}", error=line["error"]))
