"""Bytes that arrive in pieces, cut into lines, with a cap that is seen while they arrive."""

from __future__ import annotations


class Lines:
    """Feed it what a pipe gives; take whole lines, newline included."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._bytes = bytearray()
        self._searched = 0  # no newline before here

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._bytes += data

    def take(self) -> bytes | None:
        """The next whole line, or None. A line over the cap never comes out: `is_too_long` says so."""
        end = self._bytes.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._bytes)
            return None
        if end >= self._cap:
            self._searched = end
            return None
        line = bytes(self._bytes[: end + 1])
        del self._bytes[: end + 1]
        self._searched = 0
        return line

    @property
    def is_too_long(self) -> bool:
        """Whether the line under way is over the cap, finished or not. Ask after `take` gave None."""
        return self._searched >= self._cap

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, not even a piece of a line."""
        return not self._bytes
