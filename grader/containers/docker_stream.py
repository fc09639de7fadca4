"""Both directions of an attached container over one socket: lines in, lines and a bounded piece of stderr out.

The Engine multiplexes: a header of 8 bytes (stream 1 or 2, three zeros, length) before each piece. Nothing here blocks except
`wait`, and nothing grows without bound if a reader takes its lines before it waits again.
"""

from __future__ import annotations

import select
import ssl
import struct
from typing import TYPE_CHECKING, Any

from grader.containers.lines import Lines

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

HEADER = struct.Struct(">BxxxL")
STDOUT, STDERR = 1, 2
CHUNK = 65536
STDERR_KEPT = 16 * 1024  # enough for the driver's last words
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class StreamError(Exception):
    """What came is not a multiplexed stream."""


class Demultiplexer:
    """Takes bytes cut anywhere, gives pieces with their stream number."""

    def __init__(self) -> None:
        self._header = b""
        self._left = 0
        self._stream = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces in `data`; a piece may arrive in several parts. Raises `StreamError`."""
        while data:
            if not self._left:
                need = HEADER.size - len(self._header)
                self._header, data = self._header + data[:need], data[need:]
                if len(self._header) < HEADER.size:
                    return
                self._stream, self._left = HEADER.unpack(self._header)
                self._header = b""
                if self._stream not in (STDOUT, STDERR):
                    raise StreamError(f"stream {self._stream}")
                continue
            piece, data = data[: self._left], data[self._left :]
            self._left -= len(piece)
            yield self._stream, piece


class AttachedStream:
    """The socket of one attached container. `is_closed` once the other side has hung up."""

    def __init__(self, raw: Any, cap: int) -> None:
        self._raw = raw
        self._socket: socket.socket = getattr(raw, "_sock", raw)
        self._socket.setblocking(False)
        self._pieces = Demultiplexer()
        self._out = bytearray()
        self.lines = Lines(cap)
        self.stderr = b""
        self.stderr_bytes = 0
        self.is_closed = False

    def send(self, line: bytes) -> None:
        """Queues and sends what goes at once; the rest goes while waiting."""
        self._out += line
        self._write()

    def wait(self, seconds: float) -> None:
        """Until something can be read or written, at most `seconds`; moves what can be moved."""
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            seconds = 0
        writers = [self._socket] if self._out else []
        readable, writable, _ = select.select([self._socket], writers, [], max(seconds, 0))
        if writable:
            self._write()
        if readable or isinstance(self._socket, ssl.SSLSocket):
            self._read()

    def close(self) -> None:
        """Hangs up; the container may live on."""
        self.is_closed = True
        self._raw.close()
        self._socket.close()

    def _write(self) -> None:
        try:
            while self._out:
                del self._out[: self._socket.send(self._out[:CHUNK])]
        except _LATER:
            pass
        except OSError:  # nobody reads any more: the next read says so
            self._out.clear()

    def _read(self) -> None:
        try:
            data = self._socket.recv(CHUNK)
        except _LATER:
            return
        except OSError:
            data = b""
        if not data:
            self.is_closed = True
        for stream, piece in self._pieces.feed(data):
            if stream == STDOUT:
                self.lines.feed(piece)
            else:
                self.stderr_bytes += len(piece)
                self.stderr = (self.stderr + piece)[-STDERR_KEPT:]
