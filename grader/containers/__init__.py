"""Where student code runs. `session.py` is the interface; one module a backend; `choose` picks one.

May import: grader.errors, grader.language and nothing else of the grader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import SandboxError, UsageError
from grader.language import say

if TYPE_CHECKING:
    from grader.containers.session import Backend

NAMES = ("auto", "docker", "bubblewrap", "local")


def choose(name: str = "auto", *, unsafe: bool = False) -> Backend:
    """The backend to use. `auto` is bubblewrap where it works here, else Docker; `local` isolates nothing and needs `unsafe`.

    Raises SandboxError, with what to install, where none works, and UsageError for a name that is none.
    """
    if name == "bubblewrap":
        return _bubblewrap()
    if name == "docker":
        return _docker()
    if name == "local":
        if not unsafe:
            raise UsageError(
                say("Running student code without a sandbox must be asked for with the unsafe flag as well."),
                remedy=say("Only for code that you would run yourself: add --unsafe."),
            )
        from grader.containers.local import Local  # noqa: PLC0415 - a backend is loaded when it is chosen

        return Local()
    if name != "auto":
        raise UsageError(
            say("There is no sandbox called {name}.", name=repr(name)),
            remedy=say("Choose one of: {names}.", names=", ".join(NAMES)),
        )
    failures: list[SandboxError] = []
    for make in (_bubblewrap, _docker):
        try:
            return make()
        except SandboxError as error:
            failures.append(error)
    raise SandboxError(
        say(
            "No sandbox works here. bubblewrap: {bubblewrap} docker: {docker}",
            bubblewrap=failures[0].message,
            docker=failures[1].message,
        ),
        remedy=failures[0].remedy,
    )


def _bubblewrap() -> Backend:
    from grader.containers.bubblewrap import Bubblewrap  # noqa: PLC0415

    return Bubblewrap()


def _docker() -> Backend:
    from grader.containers.docker import DockerBackend  # noqa: PLC0415

    backend = DockerBackend()
    backend.python()  # an Engine answers, and has the image
    return backend
