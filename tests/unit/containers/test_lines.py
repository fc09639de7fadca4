"""Cutting bytes into lines."""

from hypothesis import given
from hypothesis import strategies as st

from grader.containers.lines import Lines


@given(st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b"x")), max_size=20), st.data())
def test_lines_come_out_as_they_went_in(lines, data):
    """However a stream is cut into pieces, the same lines come out, in order, each with its newline."""
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    box, got = Lines(1000), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        box.feed(stream[start:end])
        while (line := box.take()) is not None:
            got.append(line)
    assert got == [line + b"\n" for line in lines]
    assert box.is_empty
    assert not box.is_too_long


@given(st.integers(1, 50), st.integers(0, 100), st.booleans())
def test_only_lines_within_the_cap_come_out(cap, length, is_finished):
    """A line of `cap` bytes, newline included, passes; a longer one never does, and is seen before it ends."""
    box = Lines(cap)
    box.feed(b"x" * length + (b"\n" if is_finished else b""))
    line = box.take()
    assert (line is not None) == (is_finished and length < cap)
    assert box.is_too_long == (length >= cap)
