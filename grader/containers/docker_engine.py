"""The connection to a Docker Engine. Every call has a deadline of our own and ends in a value or in an error of our tree.

A client library's timeout bounds one read, not a call (docker-py issues 2964, 1966, 2651), so each call runs in a thread that
is abandoned when its time is up: a stuck daemon costs a thread, never a batch.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import docker
import requests
from docker.constants import DEFAULT_DOCKER_API_VERSION
from docker.errors import APIError, DockerException
from docker.transport import UnixHTTPAdapter
from docker.transport.unixconn import UnixHTTPConnectionPool
from docker.utils import kwargs_from_env

from grader.errors import SandboxError
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

CALL_SECONDS = 30.0  # create, start, kill, remove, inspect: all answer in well under a second
CONNECT_SECONDS = 10.0
NOT_FOUND = 404
UNIX = "unix://"


class EngineError(SandboxError):
    """The Engine refused, failed or did not answer. `status` is its HTTP status, 0 where there was none."""

    def __init__(self, message: Message, *, status: int = 0, remedy: Message | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


def within(seconds: float, function: Callable[[], T]) -> T:
    """What `function` returns or raises; `TimeoutError` when it has done neither after `seconds`."""
    box: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            box.put((function(), None))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            box.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        value, error = box.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # without an error it is a T


class Engine:
    """One client per process (a forked worker gets its own) to the Engine named by `host` or by DOCKER_HOST."""

    def __init__(self, host: str | None = None, *, call_seconds: float = CALL_SECONDS) -> None:
        self.host = host or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
        self.call_seconds = call_seconds
        self._client: docker.APIClient | None = None
        self._pid = 0

    def client(self) -> docker.APIClient:
        """The client, connected; raises `EngineError`, with what to do, where nothing answers."""
        if self._client is None or self._pid != os.getpid():
            self._client = self._guard(say("connect"), self._connect, CONNECT_SECONDS)
            self._pid = os.getpid()
        return self._client

    def call(self, what: Message, function: Callable[[docker.APIClient], T], *, seconds: float | None = None) -> T:
        """`function(client)`; `what` names the step in an error."""
        client = self.client()
        return self._guard(what, lambda: function(client), self.call_seconds if seconds is None else seconds)

    def image(self, name: str) -> dict[str, Any] | None:
        """What the Engine knows about an image; None where it has none of that name."""
        try:
            found: dict[str, Any] = self.call(say("look at the image"), lambda c: c.inspect_image(name))  # type: ignore[no-untyped-call]
        except EngineError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return found

    def close(self) -> None:
        """Gives the connections back."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self) -> docker.APIClient:
        """Two clients, because one that asks for the version while it is made cannot be closed when that fails."""
        if self.host.startswith(UNIX):  # docker-py leaves its socket open when there is nobody
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(self.host.removeprefix(UNIX))
        with contextlib.closing(self._client_for(DEFAULT_DOCKER_API_VERSION)) as asker:
            version = min(asker.version(api_version=False)["ApiVersion"], DEFAULT_DOCKER_API_VERSION, key=_numbers)
        return self._client_for(version)

    def _client_for(self, version: str) -> docker.APIClient:
        settings: dict[str, Any] = kwargs_from_env() | {"base_url": self.host, "timeout": int(CALL_SECONDS)}
        client = docker.APIClient(version=version, **settings)
        if self.host.startswith(UNIX):
            client.mount("http+docker://", _OnePool(f"http+{self.host}", int(CALL_SECONDS)))
        return client

    def _guard(self, what: Message, function: Callable[[], T], seconds: float) -> T:
        try:
            return within(seconds, function)
        except TimeoutError:
            self.close()  # the connection that is still busy with the call we gave up closes when that ends
            raise EngineError(
                say("Docker did not answer within {seconds} s: {what}.", seconds=f"{seconds:g}", what=what)
            ) from None
        except APIError as error:
            status = error.response.status_code if error.response is not None else 0
            text = str(error.explanation or error)
            raise EngineError(say("Docker refused: {what}: {error}", what=what, error=text), status=status) from error
        except (DockerException, requests.RequestException, OSError) as error:
            raise EngineError(
                say("Docker cannot be reached at {host}: {error}", host=self.host, error=str(error)),
                remedy=say("Start Docker, or name its address in DOCKER_HOST, or choose --sandbox bubblewrap."),
            ) from error


class _OnePool(UnixHTTPAdapter):
    """Connections are used again whatever was asked; docker-py alone keeps a pool, and an open socket, for each of the last 25 addresses.

    One that turns into a stream never comes back, so it is made for that.
    """

    def get_connection(self, url: str | bytes, proxies: object = None) -> Any:  # noqa: ARG002 - as docker-py says
        if "/attach" in str(url):
            return UnixHTTPConnectionPool("http+docker://localhost", self.socket_path, self.timeout, maxsize=1)
        return super().get_connection("http+docker://localhost", None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
