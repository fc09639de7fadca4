"""Every limit, tried from inside by a small program: what it takes is seen from outside, and named."""

import textwrap

import pytest

from grader.containers.session import Ending

SPIN = "while True: pass"
STOPPED = (Ending.IDLE, Ending.WALL)


def test_a_spinning_driver_runs_out_of_cpu(inside):
    """CPU seconds end a spin long before the deadline."""
    assert inside().answer(SPIN, wall=60, cpu=0.4) is Ending.CPU


def test_cpu_of_the_whole_tree_counts(inside):
    """Three children under the limit each are over it together."""
    code = """
    import os, time
    for _ in range(3):
        if os.fork() == 0:
            while time.process_time() < 30: pass
            os._exit(0)
    for _ in range(3): os.wait()
    """
    assert inside().answer(code, wall=60, cpu=0.8) is Ending.CPU


def test_cpu_of_children_that_ended_counts(inside):
    """Children that were waited for, too short to be looked at, are counted with all they used."""
    code = """
    import os, time
    for _ in range(100):
        if os.fork() == 0:
            while time.process_time() < 0.01: pass
            os._exit(0)
        os.wait()
    result = sum(os.times()[:4])
    """
    box = inside()
    used = box.run(code)
    assert used >= 0.9
    assert box.session.usage().cpu >= 0.9 * used


def test_cpu_counts_from_this_call_on(inside):
    """What earlier calls used does not count against this one."""
    box = inside()
    for _ in range(4):
        assert (
            box.run("import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass", cpu=1.0)
            is None
        )
    assert box.session.usage().cpu >= 1.5


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(1000)",
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "import time\nwhile True: time.sleep(0.02)",
        "import os, time\nif os.fork() == 0:\n  time.sleep(1000)\nos.wait()",
        "import sys; sys.stdin.read()",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_waiting_to_the_deadline_is_idle(inside, code):
    """Sleeping, deadlocked, polling, stopped, waiting for a child or for input: provably nothing ran."""
    assert inside().answer(code, wall=1.0, cpu=60) is Ending.IDLE


def test_working_to_the_deadline_is_not_idle(inside):
    """A program that was busy when its time was up is not called idle."""
    assert inside().answer(SPIN, wall=1.0, cpu=60) is Ending.WALL


def test_ignored_signals_do_not_help(inside):
    """A driver that ignores all it can is gone as fast."""
    code = "import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nsignal.pause()"
    box = inside()
    assert box.answer(code, wall=0.8) in STOPPED
    assert box.session.close() in STOPPED


def test_memory_of_one_process(inside):
    """A process that takes more than allowed is stopped, and memory is named."""
    box = inside(memory=100 * 2**20)
    ending = box.answer("import time; hoard = bytearray(b'x') * (400 * 2**20); time.sleep(1000)", wall=20)
    assert ending is Ending.MEMORY


def test_memory_of_a_tree(inside):
    """Children under the limit each are over it together; shared pages count once."""
    code = """
    import os, time
    for _ in range(8):
        if os.fork() == 0:
            hoard = bytearray(os.urandom(1)) * (30 * 2**20)
            time.sleep(1000)
    time.sleep(1000)
    """
    box = inside(memory=120 * 2**20)
    ending = box.answer(code, wall=5)
    assert ending is Ending.MEMORY or Ending.MEMORY in box.session.hits()


def test_shared_pages_count_once(inside):
    """Twenty children that read what they share with their parent are within a limit they would break twenty times over."""
    code = """
    import os, time
    hoard = b'x' * (60 * 2**20)
    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            sum(hoard[::4096]); time.sleep(1); os._exit(0)
        children.append(child)
    result = [os.waitpid(child, 0)[1] for child in children]
    """
    box = inside(memory=200 * 2**20)
    assert box.run(code) == [0] * 20
    assert box.session.hits() == frozenset()


def test_memory_in_shared_mappings(inside):
    """Pages that belong to no heap count as well."""
    code = "import mmap, time; area = mmap.mmap(-1, 300 * 2**20)\nfor n in range(0, len(area), 4096): area[n] = 1\ntime.sleep(1000)"
    box = inside(memory=100 * 2**20)
    assert box.answer(code, wall=20) is Ending.MEMORY


@pytest.mark.isolated
def test_files_in_memory_are_memory(inside):
    """What is written to a file system in memory counts as memory, unless its own cap is lower."""
    code = "import time; area = open('/dev/shm/big', 'wb')\nfor n in range(300): area.write(b'x' * 2**20)\ntime.sleep(1000)"
    box = inside(memory=100 * 2**20, disk=2**30, file=2**30)
    assert box.answer(code, wall=20) is Ending.MEMORY


@pytest.mark.isolated
def test_memory_that_no_process_maps_cannot_be_had(inside):
    """Anonymous files and System V segments, which no limit on processes sees, are refused."""
    code = """
    import os, ctypes
    result = []
    try: os.memfd_create('x')
    except OSError as error: result.append(error.errno)
    libc = ctypes.CDLL(None, use_errno=True)
    result.append([libc.shmget(0, 4096, 0o1600), ctypes.get_errno()])
    """
    assert inside().run(code) == [1, [-1, 1]]


@pytest.mark.isolated
def test_processes_stop_at_the_limit(inside):
    """A fork loop gets no further than `tasks`, and everybody else goes on as before."""
    code = """
    import os, time
    born = 0
    try:
        while born < 400:
            if os.fork() == 0:
                time.sleep(1000)
            born += 1
    except OSError as error:
        result = [born, error.errno]
    """
    neighbour, box = inside(), inside(tasks=40)
    born, error = box.run(f"{textwrap.dedent(code)}\ntime.sleep(0.3)")
    assert 38 <= born <= 44
    assert error == 11
    box.session.usage()
    assert Ending.PIDS in box.session.hits()
    assert neighbour.run("import os; child = os.fork() or os._exit(7); result = os.waitpid(child, 0)[1] >> 8") == 7


def test_more_tasks_than_allowed_are_noticed(inside):
    """Where a kernel caps them or not, going for more than allowed is told."""
    code = "import threading, time\ntry:\n  for _ in range(60): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\nexcept RuntimeError: pass\ntime.sleep(1000)"
    box = inside(tasks=30)
    ending = box.answer(code, wall=2)
    assert ending is Ending.PIDS or Ending.PIDS in box.session.hits()


@pytest.mark.isolated
def test_threads_count_with_processes(inside):
    """A thread loop stops at the same counter."""
    code = """
    import threading, time
    born = 0
    try:
        while born < 400:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); born += 1
    except RuntimeError:
        result = born
    """
    assert 38 <= inside(tasks=40).run(code) <= 44


@pytest.mark.isolated
def test_the_limit_counts_one_sandbox_only(inside):
    """Three sandboxes at their limit at once do not take from each other."""
    code = "import os, time\nborn = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(1000)\n    born += 1\nexcept OSError: result = born"
    boxes = [inside(tasks=30) for _ in range(3)]
    assert all(28 <= box.run(code) <= 34 for box in boxes)


@pytest.mark.isolated
@pytest.mark.parametrize("folder", ["/tmp", "/w", "/dev/shm"])
def test_disk_is_full_at_the_limit(inside, folder):
    """Writing stops with 'no space left' at the limit, wherever one may write, and the session knows."""
    code = """
    import os
    written, problem = 0, None
    try:
        for number in range(100):
            with open(f'{folder}/{number}', 'wb', buffering=0) as file: written += file.write(b'x' * 2**20)
    except OSError as error:
        problem = error.errno
    import time; time.sleep(0.3)
    result = [written, problem]
    """
    box = inside(disk=8 * 2**20)
    answer = box.answer(code, folder=folder)
    if isinstance(answer, Ending):
        assert answer is Ending.DISK
    else:
        written, problem = answer["result"]
        assert problem == 28
        assert 7 * 2**20 <= written <= 8 * 2**20
        assert Ending.DISK in box.session.hits()


@pytest.mark.isolated
def test_a_million_tiny_files_end(inside):
    """Empty files take no bytes but memory all the same: their number is bounded."""
    code = "import os\nfor n in range(10**6): os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))"
    answer = inside().answer(code, wall=40, cpu=40)
    assert answer in (Ending.DISK, Ending.MEMORY) or answer["text"].startswith("[Errno 28]")


@pytest.mark.isolated
def test_one_file_and_open_files_are_bounded(inside):
    """A file beyond `file` cannot be written, and no more than `open_files` be open."""
    code = """
    import os, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = os.open('/tmp/one', os.O_CREAT | os.O_WRONLY)
    try:
        while True: os.write(file, b'x' * 2**20)
    except OSError as error:
        result = [os.fstat(file).st_size, error.errno]
    opened = []
    try:
        while True: opened.append(os.open('/dev/null', os.O_RDONLY))
    except OSError as error:
        result += [len(opened), error.errno]
    """
    size, too_big, opened, too_many = inside(file=3 * 2**20, open_files=100).run(code)
    assert [size, too_big, too_many] == [3 * 2**20, 27, 24]
    assert 80 <= opened <= 100


def test_a_flood_of_stderr_ends_the_session(inside):
    """What the driver writes beside the protocol is bounded, newline or not."""
    box = inside(output=200_000)
    assert box.answer("import os\nwhile True: os.write(2, b'x' * 65536)", cpu=60) is Ending.OUTPUT


def test_usage_grows_with_what_is_used(inside):
    """CPU and memory show what a run took."""
    box = inside()
    box.run(
        "import time\nhoard = b'x' * (50 * 2**20)\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    )
    usage = box.session.usage()
    assert usage.cpu >= 0.4
    assert usage.memory >= 50 * 2**20
