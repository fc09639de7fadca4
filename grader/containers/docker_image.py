"""The image that student code sees: a base with Python, `sandbox/`, and the wheels of its lock. Build it with

    python -m grader.containers.docker_image build [--base IMAGE] [--wheels FOLDER] [--tag NAME]

The build context is put together here and sent over the socket, so the Engine may be anywhere, and the build itself runs without a
network. Its label says which `sandbox/` is inside; a backend refuses an image of another one.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docker.types import LogConfig

from grader.containers.docker_engine import Engine
from grader.errors import GraderError, SandboxError
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
TAG = "concurrency-grader-sandbox:latest"
BASE = "python:3.13-slim"  # as in the Dockerfile
DIGEST = "concurrency-grader.digest"  # labels of the image
PYTHON = "concurrency-grader.python"
PROGRAM = "concurrency-grader.program"
LOCK = "requirements.lock"
BUILD_SECONDS = 600.0
PULL_SECONDS = 1800.0
REBUILD = "python -m grader.containers.docker_image build"
ASK = "import json, platform, sys; print(json.dumps([platform.python_version(), sys.executable, platform.machine()]))"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that may be used: its id (never a tag, which may move), its Python and where that is."""

    id: str
    python: str
    program: str


def sandbox_files(root: Path = ROOT) -> Mapping[str, bytes]:
    """What of `sandbox/` goes inside, by path from `root`: its modules and its lock."""
    folder = root / "sandbox"
    paths = [path for path in sorted(folder.rglob("*.py")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in [*paths, folder / LOCK]}


def sandbox_digest(files: Mapping[str, bytes]) -> str:
    """One name for exactly these files."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{len(name.encode())}:{name}{len(content)}:".encode() + content)
    return whole.hexdigest()


def find(engine: Engine, tag: str = TAG) -> Image:
    """The built image; raises `SandboxError` with the command that builds it when there is none or it is not of this `sandbox/`."""
    remedy = say("Build it: {command}", command=REBUILD)
    found = engine.image(tag)
    if found is None:
        raise SandboxError(say("There is no Docker image {tag}.", tag=tag), remedy=remedy)
    labels = (found.get("Config") or {}).get("Labels") or {}
    if labels.get(DIGEST) != sandbox_digest(sandbox_files()):
        raise SandboxError(say("The Docker image {tag} holds another version of the sandbox.", tag=tag), remedy=remedy)
    return Image(id=found["Id"], python=labels[PYTHON], program=labels[PROGRAM])


def build(engine: Engine, *, base: str = BASE, wheels: Path | None = None, tag: str = TAG) -> Image:
    """Builds and names the image; returns it as `find` does. Raises `EngineError` or `SandboxError`."""
    files = sandbox_files()
    version, program, machine = ask(engine, base)
    if wheels is None:
        with tempfile.TemporaryDirectory() as folder:
            download(Path(folder), version, machine)
            context = pack(files, Path(folder))
    else:
        context = pack(files, wheels)
    labels = {DIGEST: sandbox_digest(files), PYTHON: version, PROGRAM: program}
    _build(engine, context, base, tag, labels)
    return find(engine, tag)


def ask(engine: Engine, base: str) -> tuple[str, str, str]:
    """Python's version, program and machine in an image, asked of the image itself; pulls it if the Engine has none."""
    if engine.image(base) is None:
        engine.call(say("pull {image}", image=base), lambda c: c.pull(base), seconds=PULL_SECONDS)
    made = engine.call(
        say("create a container"),
        lambda c: c.create_container(
            base,
            ["python3", "-c", ASK],
            entrypoint=[],
            network_disabled=True,
            host_config=c.create_host_config(network_mode="none", log_config=LogConfig(type=LogConfig.types.JSON)),
        ),
    )
    try:
        engine.call(say("start a container"), lambda c: c.start(made["Id"]))
        engine.call(say("wait for a container"), lambda c: c.wait(made["Id"]), seconds=60)
        answer = engine.call(say("read a log"), lambda c: c.logs(made["Id"], stdout=True, stderr=False))
        version, program, machine = json.loads(answer)
    except ValueError as error:
        raise SandboxError(say("There is no usable python3 in the image {image}.", image=base)) from error
    finally:
        engine.call(say("remove a container"), lambda c: c.remove_container(made["Id"], force=True, v=True))
    return version, program, machine


def download(folder: Path, version: str, machine: str) -> None:
    """The lock's wheels for that Python, checked by their hashes; the only step that may need a network."""
    tags = [f"manylinux{tag}_{machine}" for tag in ("_2_17", "2014", "_2_24", "_2_26", "_2_27", "_2_28", "_2_34")]
    short = "".join(version.split(".")[:2])
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--abi=cp{short}", "--abi=none"]
    command += [f"--python-version={short}", *(f"--platform={tag}" for tag in [*tags, "any"])]
    command += ["--requirement", str(ROOT / "sandbox" / LOCK), "--dest", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SandboxError(
            say("The wheels of the sandbox cannot be fetched: {error}", error=done.stderr.strip()[-2000:]),
            remedy=say("Fetch them where there is a network, then name their folder with --wheels."),
        )


def pack(files: Mapping[str, bytes], wheels: Path) -> bytes:
    """The build context as a tar: Dockerfile, sandbox/, wheels/. Equal inputs give equal bytes."""
    members = {"Dockerfile": (ROOT / "Dockerfile").read_bytes(), **files}
    members |= {f"wheels/{path.name}": path.read_bytes() for path in sorted(wheels.glob("*.whl"))}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in sorted(members.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _build(engine: Engine, context: bytes, base: str, tag: str, labels: Mapping[str, str]) -> None:
    def run(client: object) -> list[dict[str, str]]:
        return list(
            client.build(  # type: ignore[attr-defined]
                fileobj=io.BytesIO(context),
                custom_context=True,
                target="sandbox",
                buildargs={"BASE_IMAGE": base},
                labels=dict(labels),
                tag=tag,
                network_mode="none",
                rm=True,
                forcerm=True,
                decode=True,
            )
        )

    output = engine.call(say("build the image"), run, seconds=BUILD_SECONDS)
    for line in output:
        if "error" in line:
            told = "".join(step.get("stream", "") for step in output)[-2000:]
            raise SandboxError(say("The image cannot be built: {error}", error=f"{line['error']}\n{told}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """`build`, `check` or `digest`; exit 0 done, 3 infrastructure."""
    parser = argparse.ArgumentParser(prog="python -m grader.containers.docker_image")
    parser.add_argument("verb", choices=["build", "check", "digest"])
    parser.add_argument("--base", default=BASE, help="an image with python3 (default: %(default)s)")
    parser.add_argument(
        "--wheels", type=Path, help="folder with the wheels of sandbox/requirements.lock (default: pip fetches them)"
    )
    parser.add_argument("--tag", default=TAG)
    chosen = parser.parse_args(arguments)
    if chosen.verb == "digest":
        _tell(sandbox_digest(sandbox_files()))
        return 0
    engine = Engine()
    try:
        image = (
            find(engine, chosen.tag)
            if chosen.verb == "check"
            else build(engine, base=chosen.base, wheels=chosen.wheels, tag=chosen.tag)
        )
    except GraderError as error:
        _tell(error)
        return error.exit_status
    finally:
        engine.close()
    _tell(say("{tag} is ready: Python {python}, {id}", tag=chosen.tag, python=image.python, id=image.id))
    return 0


def _tell(text: str | Message | GraderError) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
