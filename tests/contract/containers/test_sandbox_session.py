"""Lines in, lines out, and how a session ends: the same on every backend."""

import json
import re

import pytest

from grader.containers.session import Ending, Limits, SandboxSpec
from grader.errors import SandboxError


def test_a_line_comes_back_as_it_was_written(inside):
    """What the driver writes arrives whole, as bytes, newline included."""
    box = inside()
    assert box.run("result = '早 🍜\\u0000' * 3") == "早 🍜\x00" * 3
    box.start("import sys; sys.stdout.buffer.write(b'\\xff\\x00 raw\\n'); sys.stdout.flush()")
    assert box.session.receive(wall=60, cpu=60) == b"\xff\x00 raw\n"


def test_lines_written_at_once_come_one_by_one(inside):
    """Several lines in one write are several answers, none lost."""
    box = inside()
    box.start("import os; os.write(1, b''.join(b'%d\\n' % n for n in range(500)))")
    assert [box.session.receive(wall=60, cpu=60) for _ in range(500)] == [b"%d\n" % n for n in range(500)]
    assert json.loads(box.session.receive(wall=60, cpu=60)) == {"result": None}


def test_a_line_written_in_pieces_comes_whole(inside):
    """A line is a line when its newline comes."""
    box = inside()
    box.start(
        "import os, time\nfor piece in (b'a', b'b', b'c\\nd'):\n  os.write(1, piece); time.sleep(0.05)\nos.write(1, b'e\\n')"
    )
    assert [box.session.receive(wall=60, cpu=60) for _ in range(2)] == [b"abc\n", b"de\n"]


def test_long_lines_pass_both_ways_without_a_deadlock(inside):
    """A line far beyond a pipe's buffer goes in and comes out."""
    text = "x" * (3 * 2**20)
    assert inside().run("result = text", text=text) == text


def test_a_driver_that_does_not_read_blocks_nobody(inside):
    """Lines for a driver that does not read wait; the deadline ends it."""
    box = inside()
    box.start("import time; time.sleep(1000)")
    for _ in range(8):
        box.session.send(b"y" * 2**20 + b"\n")
    assert box.session.receive(wall=1.0, cpu=5) in (Ending.IDLE, Ending.WALL)


@pytest.mark.parametrize("newline", ["", "\\n"])
def test_a_line_over_the_cap_is_cut_while_reading(inside, newline):
    """A line longer than `message` ends the session, finished or not, before it is in memory whole."""
    box = inside(message=100_000)
    box.start(
        f"import os\ntry:\n  os.write(1, b'z' * 100_001 + b'{newline}')\n  [os.write(1, b'z' * 65536) for _ in range(4096)]\nexcept OSError: pass"
    )
    assert box.session.receive(wall=60, cpu=60) is Ending.PROTOCOL
    assert box.session.close() is Ending.PROTOCOL


def test_a_line_of_exactly_the_cap_passes(inside):
    """The cap counts the bytes of a line with its newline."""
    box = inside(message=1000)
    box.start("import os; os.write(1, b'z' * 999 + b'\\n')")
    assert box.session.receive(wall=60, cpu=60) == b"z" * 999 + b"\n"


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import os; os._exit(0)", Ending.EXIT),
        ("import os; os._exit(3)", Ending.EXIT),
        ("raise SystemExit(1)", Ending.EXIT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Ending.SIGNAL),
        ("import os, signal; signal.signal(11, signal.SIG_DFL); os.kill(os.getpid(), 11)", Ending.SIGNAL),
    ],
)
def test_a_driver_that_ends_says_how(inside, code, ending):
    """An exit and a death by signal are told apart; what follows gets the same answer, and no exception."""
    box = inside()
    assert box.answer(code) is ending
    box.session.send(b"anybody there\n")
    assert box.session.receive(wall=60, cpu=60) is ending
    assert [box.session.close(), box.session.close()] == [ending, ending]


def test_a_driver_that_closes_its_output_and_lives_is_a_breach(inside):
    """Silence by a closed pipe is no exit: it is seen at once, or, where others hold the pipe open, at the deadline."""
    ending = inside().answer("import os, time; os.close(1); time.sleep(1000)", wall=1.0)
    assert ending in (Ending.PROTOCOL, Ending.IDLE, Ending.WALL)


def test_lines_before_the_end_still_come(inside):
    """What was said before an exit is delivered before the exit is."""
    box = inside()
    box.start("import os; os.write(1, b'last words\\n'); os._exit(0)")
    assert box.session.receive(wall=60, cpu=60) == b"last words\n"
    assert box.session.receive(wall=60, cpu=60) is Ending.EXIT


def test_a_session_closed_in_peace_is_ok(inside):
    """Closing ends the driver, and that is no fault of it."""
    box = inside()
    assert box.run("result = 1") == 1
    assert box.session.close() is Ending.OK
    assert box.session.receive(wall=1, cpu=1) is Ending.OK


def test_leaving_the_block_by_an_exception_closes(backend):
    """`with` closes whatever happens."""
    with pytest.raises(ZeroDivisionError), backend.open(SandboxSpec()) as session:
        raise ZeroDivisionError
    assert session.close() is Ending.OK


def test_two_sessions_at_once_do_not_meet(inside):
    """Closing one leaves the other as it was."""
    first, second = inside(), inside()
    assert first.run("result = 1") == second.run("result = 1") == 1
    first.session.close()
    assert second.run("result = 2") == 2


def test_a_driver_that_never_says_hello_is_the_graders_fault(make, tmp_path):
    """A driver that dies before its hello is a SandboxError with its last words, never a student's zero."""
    (tmp_path / "driver.py").write_text("import sys; sys.exit('no such luck')\n", encoding="utf-8")
    tmp_path.chmod(0o755)
    backend = make(tmp_path)
    with pytest.raises(SandboxError, match="no such luck"):
        backend.open(SandboxSpec(Limits()))


def test_a_slow_start_does_not_eat_the_students_time(make, tmp_path):
    """A start that takes longer, and more CPU, than the run may have costs the run nothing: its clock starts after the hello."""
    (tmp_path / "driver.py").write_text(
        "import json, sys, time\n"
        "while time.process_time() < 1.5: pass\n"
        "time.sleep(4)\n"
        "print(json.dumps({'hello': {'python': '3.11.2'}}), flush=True)\n"
        "sys.stdin.readline()\n"
        "print('done', flush=True)\n"
        "sys.stdin.readline()\n",
        encoding="utf-8",
    )
    tmp_path.chmod(0o755)
    with make(tmp_path).open(SandboxSpec(Limits())) as session:
        session.send(b"go\n")
        assert session.receive(wall=3.5, cpu=1) == b"done\n"


def test_the_version_is_the_one_inside(backend, inside):
    """`python()` tells the Python that student code meets."""
    assert backend.python() == inside().run("import sys; result = '%d.%d.%d' % sys.version_info[:3]")
    assert re.fullmatch(r"3\.\d+\.\d+", backend.python())


def test_hash_seed_and_import_path_are_fixed(inside):
    """Sets of text have the same order every time; neither site packages nor the working folder are importable."""
    code = "import sys, os; result = [hash('早'), sys.flags.no_site, sys.flags.no_user_site, sys.dont_write_bytecode, '' in sys.path, os.getcwd() in sys.path]"
    first, second = inside().run(code), inside().run(code)
    assert first == second
    assert first[1:] == [1, 1, True, False, False]


def test_packages_of_the_exercise_are_importable(inside, tmp_path):
    """A listed folder is on the import path."""
    (tmp_path / "noodles.py").write_text("PRICE = 12\n", encoding="utf-8")
    tmp_path.chmod(0o755)
    assert inside(packages=(tmp_path,)).run("import noodles; result = noodles.PRICE") == 12
