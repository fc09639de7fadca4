"""The attach stream: pieces cut anywhere come out whole, and nothing blocks."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.containers.docker_stream import STDERR_KEPT, AttachedStream, Demultiplexer, StreamError

PIECES = st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(min_size=0, max_size=40)), max_size=12)


def frame(stream, data):
    return struct.pack(">BxxxL", stream, len(data)) + data


def joined(pieces):
    """What each of the two streams said in all."""
    return {stream: b"".join(data for which, data in pieces if which == stream) for stream in (1, 2)}


@given(PIECES, st.integers(min_value=1, max_value=30))
def test_a_stream_cut_anywhere_gives_the_same(pieces, size):
    """Headers and pieces may be cut at any byte: each stream comes out as it was."""
    data = b"".join(frame(*piece) for piece in pieces)
    demultiplexer = Demultiplexer()
    got = [piece for start in range(0, len(data), size) for piece in demultiplexer.feed(data[start : start + size])]
    assert joined(got) == joined(pieces)


@pytest.mark.parametrize("stream", [0, 3, 123])
def test_another_stream_number_is_refused(stream):
    """Only stdout and stderr exist; anything else is no stream of ours."""
    with pytest.raises(StreamError):
        list(Demultiplexer().feed(frame(stream, b"x")))


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    stream = AttachedStream(ours, cap=1000)
    yield stream, theirs
    stream.close()
    theirs.close()


def test_lines_come_out_and_stderr_is_bounded(pair):
    """Lines are lines of stdout alone; of stderr only the end is kept, and all of it is counted."""
    stream, theirs = pair
    noise = b"e" * (STDERR_KEPT - 1)
    theirs.sendall(frame(1, b"on") + frame(2, noise) + frame(1, b"e\ntwo") + frame(2, b"the end"))
    while stream.stderr_bytes < len(noise) + 7:
        stream.wait(10)
    assert stream.lines.take() == b"one\n"
    assert stream.lines.take() is None
    assert stream.stderr == (noise + b"the end")[-STDERR_KEPT:]


def test_what_nobody_reads_is_kept_and_does_not_block(pair):
    """Sending to a full socket returns; the rest goes when the other side reads."""
    stream, theirs = pair
    line = b"x" * 3_000_000 + b"\n"
    stream.send(line)
    theirs.setblocking(False)
    got = bytearray()
    while len(got) < len(line):
        stream.wait(0.01)
        try:
            got += theirs.recv(1 << 20)
        except BlockingIOError:
            continue
    assert bytes(got) == line


def test_a_side_that_hung_up_is_seen(pair):
    """Both reading and writing notice that nobody is there, without an exception."""
    stream, theirs = pair
    theirs.close()
    stream.send(b"anybody?\n")
    stream.send(b"x" * 3_000_000)
    stream.wait(10)
    assert stream.is_closed
