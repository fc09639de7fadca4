"""Where tracebacks go: GRADER_HOME/log/grader.log, a JSON object a line, secrets in addresses cut out. Never standard output."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path
    from typing import Any

SECRET = re.compile(r"(\w+://)[^/\s@]*@")  # credentials in an address


@contextlib.contextmanager
def logging_to(home: Path) -> Iterator[None]:
    """Logs of this process go to `home` while the block runs."""
    folder = home / "log"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "grader.log").open("a", encoding="utf-8", buffering=1) as file:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _redact,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(file=file),
        )
        try:
            yield
        finally:
            structlog.reset_defaults()


def _redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: SECRET.sub(r"\1…@", value) if isinstance(value, str) else value for key, value in event.items()}
