"""How full the sandbox's own file systems are, seen from outside through its first process's root."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

INODES: Final = 20_000  # files and folders; their own memory counts nowhere else
FULL: Final = 2  # pages left: the next write fails


class Disk:
    """One folder per file system; bytes and files in use. Opened at the first look, when all is mounted."""

    def __init__(self, pid: int, folders: Sequence[str]) -> None:
        self._paths = [f"/proc/{pid}/root{folder}" for folder in folders]
        self._files: list[int] = []
        self._bytes: list[int] = []
        self._inodes = 0
        self._was_full = False

    def look(self) -> int:
        """Bytes in use; they are memory too."""
        while self._paths:
            with contextlib.suppress(OSError):  # hidden from us: the kernel's own cap on each stays
                self._files.append(os.open(self._paths.pop(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        self._bytes, self._inodes = [], 0
        for file in self._files:
            status = os.fstatvfs(file)
            self._bytes.append((status.f_blocks - status.f_bfree) * status.f_frsize)
            self._inodes += status.f_files - status.f_ffree
            self._was_full = self._was_full or status.f_bfree <= FULL
        return sum(self._bytes)

    def is_over(self, limit: int) -> bool:
        """Whether the last look saw more than allowed in all together, or too many files."""
        return sum(self._bytes) > limit or self._inodes > INODES

    def was_full(self) -> bool:
        """Whether one was full since the last call."""
        was, self._was_full = self._was_full, False
        return was

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files.clear()
        self._paths.clear()
