"""stdout, stderr and stdin of the program: what is printed is kept by task, stdin is a given text. Printing is no choice."""

from __future__ import annotations

import io

from sandbox.overlay.state import current, run
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_PRINTED = 1_000_000  # characters of one run


def printed(stream: str, text: str) -> None:
    """By the current task. Above the limit the run ends."""
    if not text:
        return
    task = current()
    if run.printed <= MOST_PRINTED:
        run.output.append((0 if task is None else task.number, stream, text))
    run.printed += len(text)
    active = engine.active
    if run.printed > MOST_PRINTED and active is not None and not active.is_killing:
        active.end(Stop.OUTPUT)


class Output(io.TextIOBase):
    """A text stream that keeps who wrote what."""

    encoding = "utf-8"
    errors: str = "strict"
    newlines = None
    mode = "w"
    line_buffering = True
    write_through = True

    def __init__(self, stream: str) -> None:
        super().__init__()
        self.stream = stream
        self.name = f"<{stream}>"

    @property
    def buffer(self) -> Bytes:
        """Where bytes are written."""
        return Bytes(self)

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        printed(self.stream, text)
        return len(text)

    def reconfigure(self, **_: Any) -> None:
        """Everything is kept as text."""

    def __repr__(self) -> str:
        return f"<_io.TextIOWrapper name={self.name!r} mode='w' encoding='utf-8'>"


class Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, text: Output) -> None:
        super().__init__()
        self.text = text
        self.name = text.name

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        content = bytes(data)
        printed(self.text.stream, content.decode(errors="replace"))
        return len(content)


class Input(io.TextIOBase):
    """stdin; remembers when the program wanted more than there was."""

    encoding = "utf-8"
    errors: str = "strict"
    name = "<stdin>"
    mode = "r"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = io.StringIO(text)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        return self.text.read(size)

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        line = self.text.readline(-1 if size is None else size)
        if not line and size != 0:
            run.needs_input = True
        return line

    def __repr__(self) -> str:
        return "<_io.TextIOWrapper name='<stdin>' mode='r' encoding='utf-8'>"
