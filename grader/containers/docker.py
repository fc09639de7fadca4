"""Docker: one container per submission, on a real Engine, never used again.

    create -> attach -> start -> hello | lines in, lines out ... | kill -> inspect (why?) -> remove

The attached socket is the only way in and out, so the Engine may be on another machine. Whatever goes wrong after `create` removes the
container; what a killed grader leaves is found by its labels (docker_reaper.py).
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from grader.containers import docker_image, docker_options, docker_reaper
from grader.containers.docker_engine import Engine, EngineError
from grader.containers.docker_layers import image_with
from grader.containers.docker_meter import EngineMeter, KernelMeter, NoMeter, kernel_files
from grader.containers.docker_session import DockerSession
from grader.containers.docker_stream import AttachedStream
from grader.containers.session import Ending, Enforcement, Limits, SandboxSpec
from grader.containers.tmpfs import Disk
from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import docker

    from grader.containers.docker_image import Image
    from grader.containers.docker_meter import Meter

START_SECONDS = 60.0  # from start to hello; a slow machine's time, not the student's


class DockerBackend:
    """A Docker Engine. `driver` is a folder to have at /sandbox instead of the image's own, for probes and tests."""

    name = "docker"

    def __init__(
        self,
        engine: Engine | None = None,
        *,
        tag: str = docker_image.TAG,
        is_near: bool = True,
        driver: Path | None = None,
    ) -> None:
        self.engine = engine or Engine()
        self._tag = tag
        self._driver = driver
        self._is_near = is_near  # whether the kernel's files may be tried before the Engine's statistics
        self._image: Image | None = None
        self._layers: dict[tuple[object, ...], str] = {}
        self._ipv6 = True

    def open(self, spec: SandboxSpec) -> DockerSession:
        """A fresh container whose driver has said hello. Raises `SandboxError`; then nothing is left of it."""
        image = self._prepare()
        folders = {docker_options.package(number): folder for number, folder in enumerate(spec.packages)}
        if self._driver is not None:
            folders["/sandbox"] = self._driver
        name = self._layers.get((image.id, *folders.items())) or image_with(self.engine, image.id, folders)
        self._layers[image.id, *folders.items()] = name
        command = docker_options.command(image.program, len(spec.packages))
        try:
            return self._start(name, command, spec.limits)
        except EngineError as error:
            if not (self._ipv6 and docker_options.NO_IPV6 in str(error)):
                raise
            self._ipv6 = False
            return self._start(name, command, spec.limits)

    def python(self) -> str:
        return self._prepare().python

    def for_probes(self, folder: Path) -> DockerBackend:
        """The same with another driver."""
        return DockerBackend(self.engine, tag=self._tag, is_near=self._is_near, driver=folder)

    def capabilities(self) -> Mapping[str, Enforcement]:
        """What this Engine says it can hold; `doctor` measures it."""
        info = self.engine.call(say("ask what Docker can do"), lambda c: c.info())
        has_groups = info.get("CgroupDriver") != "none"  # rootless on version 1: limits are taken and ignored
        held = {True: Enforcement.ENFORCED, False: Enforcement.NONE}
        memory = held[has_groups and bool(info.get("MemoryLimit"))]
        if memory is Enforcement.ENFORCED and not info.get("SwapLimit"):
            memory = Enforcement.BEST_EFFORT
        has_filter = any("name=seccomp" in option for option in info.get("SecurityOptions") or ())
        always = ("wall", "disk", "output", "network", "files")
        return {
            "memory": memory,
            "tasks": held[has_groups and bool(info.get("PidsLimit"))],
            "cpu": held[has_groups],
            "privileges": Enforcement.ENFORCED if has_filter else Enforcement.BEST_EFFORT,
            "aslr": Enforcement.ENFORCED,
            **dict.fromkeys(always, Enforcement.ENFORCED),
        }

    def reap(self, *, max_age: float = docker_reaper.MAX_AGE) -> int:
        """Removes containers whose grader is gone; returns how many."""
        return docker_reaper.reap(self.engine, max_age=max_age)

    def _prepare(self) -> Image:
        """Once per backend: the image is the right one, and what earlier graders left is gone."""
        if self._image is None:
            self._image = docker_image.find(self.engine, self._tag)
            self.reap()
        return self._image

    def _start(self, image: str, command: list[str], limits: Limits) -> DockerSession:
        labels = docker_reaper.labels(time.time())
        name = f"concurrency-grader-{uuid.uuid4().hex}"
        stream: AttachedStream | None = None
        session: DockerSession | None = None
        try:
            container = self.engine.call(
                say("create a container"),
                lambda c: docker_options.create(c, name, image, command, limits, labels, ipv6=self._ipv6),
            )
            stream = AttachedStream(self.engine.call(say("attach"), lambda c: _attach(c, container)), limits.message)
            self.engine.call(say("start a container"), lambda c: c.start(container))
            session = self._session(container, stream, limits)
            hello = session.receive(wall=START_SECONDS, cpu=START_SECONDS)
            if isinstance(hello, Ending):
                raise SandboxError(
                    say(
                        "The driver did not start ({ending}). {error}",
                        ending=hello.value,
                        error=session.last_words.strip(),
                    )
                )
        except BaseException:
            if session is not None:
                session.close()
            elif stream is not None:
                stream.close()
            docker_reaper.remove(self.engine, name)
            raise
        return session

    def _session(self, container: str, stream: AttachedStream, limits: Limits) -> DockerSession:
        """Watched through the kernel's files where they are ours to read, else through the Engine."""
        pid = self._state(container)["Pid"]
        files = kernel_files(pid, container) if self._is_near else None
        if files is not None:
            meter, disk = KernelMeter(files), Disk(pid, docker_options.WRITABLE)
            return DockerSession(self.engine, container, stream, limits, meter=meter, disk=disk)
        is_alive = self._state(container)["Running"]
        far: Meter = EngineMeter(self.engine, container) if is_alive else NoMeter()
        return DockerSession(self.engine, container, stream, limits, meter=far)

    def _state(self, container: str) -> dict[str, Any]:
        found = self.engine.call(say("look at a container"), lambda c: c.inspect_container(container))
        state: dict[str, Any] = found["State"]
        return state


def _attach(client: docker.APIClient, container: str) -> Any:
    parameters = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1, "logs": 0}
    return client.attach_socket(container, params=parameters)
