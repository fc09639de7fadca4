"""What student code can see, reach and become inside: tried with the system calls themselves."""

import os
import socket
import threading
from pathlib import Path

import pytest

pytestmark = pytest.mark.isolated

CALL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
column = {'x86_64': 0, 'aarch64': 1}[platform.machine()]
def call(numbers, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(numbers[column], *arguments), ctypes.get_errno()
"""
EPERM, ENOSYS = 1, 38


def test_the_environment_is_empty(inside, monkeypatch):
    """Of the caller's environment nothing is inside, not in the own process and not in the first one's (trap 1)."""
    monkeypatch.setenv("PLANTED_SECRET", "s3cret")
    code = """
    import os
    result = [open('/proc/self/environ').read().split('\\0'), []]
    for name in os.listdir('/proc'):
        if name.isdigit():
            try: result[1].append(open(f'/proc/{name}/environ').read())
            except OSError: pass
    """
    own, others = inside().run(code)
    assert set(own) <= {"", "PYTHONHASHSEED=0", "PWD=/w"}
    assert "s3cret" not in "".join(others)
    assert all(f"{name}={value}" not in "".join(others) for name, value in os.environ.items() if len(value) > 8)


def test_command_lines_show_no_path_of_this_machine(inside):
    """No process inside carries a host path in its arguments."""
    code = """
    import os
    result = [open(f'/proc/{name}/cmdline').read() for name in os.listdir('/proc') if name.isdigit()]
    """
    repository = str(__file__).partition("/tests/")[0]
    assert all(repository not in line for line in inside().run(code))


def test_only_the_sandbox_s_own_processes_are_visible(inside):
    """The process table begins and ends with the sandbox."""
    code = "import os; result = [sorted(int(n) for n in os.listdir('/proc') if n.isdigit()), os.getpid()]"
    pids, own = inside().run(code)
    assert own in pids
    assert len(pids) <= 4


def test_no_user_no_capability_no_way_to_more(inside):
    """An ordinary user with no capability in any set, no new privileges, and a filter on system calls."""
    code = """
    import os
    status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
    result = {name: status[name].split() for name in ('Uid', 'Gid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs', 'Seccomp')}
    result['bounding'] = status['CapBnd'].split()
    """
    status = inside().run(code)
    assert "0" not in status["Uid"] + status["Gid"] + status["Groups"]
    assert all(int(status[name][0], 16) == 0 for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"))
    assert status["NoNewPrivs"] == ["1"]
    assert status["Seccomp"] == ["2"]
    assert int(status["bounding"][0], 16) == 0


@pytest.mark.parametrize(
    ("numbers", "arguments"),
    [
        pytest.param((250, 219), "0, 0, 0", id="keyctl"),
        pytest.param((321, 280), "0, 0, 0", id="bpf"),
        pytest.param((298, 241), "0, 0, 0, 0, 0", id="perf_event_open"),
        pytest.param((425, 425), "8, ctypes.create_string_buffer(120)", id="io_uring_setup"),
        pytest.param((323, 282), "0", id="userfaultfd"),
        pytest.param((165, 40), "b'none', b'/tmp', b'tmpfs', 0, 0", id="mount"),
        pytest.param((308, 268), "0, 0", id="setns"),
        pytest.param((272, 97), "0x10000000", id="unshare user"),
        pytest.param((272, 97), "0x00020000", id="unshare mount"),
        pytest.param((101, 117), "0, 0, 0, 0", id="ptrace traceme"),
        pytest.param((16, 29), "0, 0x5412, b'x'", id="ioctl TIOCSTI"),
        pytest.param((161, 51), "b'/tmp'", id="chroot"),
        pytest.param((175, 105), "0, 0, b''", id="init_module"),
        pytest.param((310, 270), "os.getppid(), 0, 0, 0, 0, 0", id="process_vm_readv"),
    ],
)
def test_dangerous_system_calls_are_refused(inside, numbers, arguments):
    """Answered with an error by the filter, or as if the kernel had none, before the kernel's own code sees them."""
    value, error = inside().run(f"{CALL}\nresult = call({numbers}, {arguments})")
    assert value == -1
    assert error in (EPERM, ENOSYS)


def test_new_namespaces_are_refused_by_clone_too(inside):
    """clone with namespace flags is refused, clone3, whose flags no filter sees, is absent; threads and forks work."""
    code = (
        CALL
        + """
    flags = 0x10000000 | 17
    arguments = (flags, 0, 0, 0, 0)
    result = [call((56, 220), *arguments), call((435, 435), ctypes.create_string_buffer(88), 88)]
    """.replace("\n    ", "\n")
    )
    assert inside().run(code) == [[-1, EPERM], [-1, ENOSYS]]


def test_only_three_folders_can_be_written(inside):
    """A walk over everything that looks like a folder finds /tmp, /w and /dev/shm writable, and nothing else."""
    code = """
    import os
    result = []
    for folder, folders, _ in os.walk('/'):
        if folder.startswith(('/proc', '/sys', '/tmp/', '/w/', '/dev/shm/', '/usr/lib/', '/usr/bin/')):
            folders.clear(); continue
        try:
            path = os.path.join(folder, '.probe'); os.close(os.open(path, os.O_CREAT | os.O_WRONLY)); os.unlink(path); result.append(folder)
        except OSError: pass
    """
    assert sorted(inside().run(code)) == ["/dev/shm", "/tmp", "/w"]


@pytest.mark.parametrize(
    "path", ["/usr/lib/planted", "/sandbox/planted.py", "/etc/planted", "/proc/sys/kernel/hostname", "/dev/planted"]
)
def test_system_folders_cannot_be_written(inside, path):
    """Libraries, driver, configuration and kernel settings are read-only."""
    assert inside().answer(f"open({path!r}, 'w').write('x')")["raised"] in (
        "OSError",
        "PermissionError",
        "FileNotFoundError",
    )


def test_files_of_this_machine_are_not_there(inside, tmp_path):
    """Neither homes, nor the course, nor keys, nor logs, nor what lies in the real /tmp."""
    secret = tmp_path / "answers"
    secret.write_text("42", encoding="utf-8")
    paths = [
        str(secret),
        str(Path.home() / ".ssh"),
        __file__,
        "/etc/shadow",
        "/etc/ssh",
        "/var/log",
        "/sys/kernel/notes",
        "/run/lock",
        "/boot",
    ]
    assert inside().run("import os; result = [path for path in paths if os.path.exists(path)]", paths=paths) == []


def test_packages_are_read_only(inside, tmp_path):
    """A package of the exercise can be read, not changed."""
    (tmp_path / "noodles.py").write_text("PRICE = 12\n", encoding="utf-8")
    tmp_path.chmod(0o755)
    box = inside(packages=(tmp_path,))
    answer = box.answer("import noodles; open(noodles.__file__, 'a').write('PRICE = 0')")
    assert answer["raised"] in ("OSError", "PermissionError")
    assert (tmp_path / "noodles.py").read_text(encoding="utf-8") == "PRICE = 12\n"


def test_no_descriptor_is_inherited(inside):
    """Beyond the three streams nothing is open, and none of the three is a file of this machine."""
    code = "import os; result = {n: os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')}"
    opened = inside().run(code)
    assert {int(n) for n in opened if not opened[n].startswith("/proc")} == {0, 1, 2}
    assert all(target.startswith(("pipe:", "socket:", "/dev/null", "/proc")) for target in opened.values())


def test_the_network_ends_at_once(inside):
    """Connections and name look-ups fail immediately instead of waiting; there is no other interface than loopback."""
    code = """
    import errno, socket
    result = []
    for family, address in ((socket.AF_INET, ('192.0.2.1', 80)), (socket.AF_INET, ('169.254.169.254', 80)), (socket.AF_INET6, ('2001:db8::1', 80))):
        with socket.socket(family) as attempt:
            attempt.settimeout(20)
            try: attempt.connect(address); result.append('connected')
            except OSError as error: result.append(errno.errorcode.get(error.errno, str(error)))
    try: socket.getaddrinfo('example.org', 80); result.append('resolved')
    except socket.gaierror: result.append('no name')
    result.append([name for _, name in socket.if_nameindex() if name not in ('lo', 'tunl0', 'sit0', 'ip6tnl0', 'gre0', 'gretap0', 'erspan0', 'ip_vti0', 'ip6_vti0', 'ip6gre0')])
    """
    refused = ("ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "ENETDOWN")
    *connections, name, interfaces = inside().run(code)
    assert all(connection in refused for connection in connections)
    assert name == "no name"
    assert interfaces == []


def test_sockets_of_this_machine_are_out_of_reach(inside):
    """A listener on the real loopback and an abstract socket of the machine cannot be connected to."""
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as abstract:
        tcp.bind(("127.0.0.1", 0))
        name = f"\0grader-test-{os.getpid()}"
        abstract.bind(name)
        tcp.listen()
        abstract.listen()
        code = """
        import socket
        result = []
        for family, address in ((socket.AF_INET, ('127.0.0.1', port)), (socket.AF_UNIX, name)):
            with socket.socket(family) as attempt:
                try: attempt.connect(address); result.append(0)
                except OSError as error: result.append(error.errno)
        """
        assert inside().run(code, port=tcp.getsockname()[1], name=name) == [111, 111]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_works(inside, host):
    """Students' servers and clients meet on either loopback address and by name; UDP too."""
    code = """
    import socket
    family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
    with socket.socket(family) as server, socket.socket(family) as client:
        server.bind(address); server.listen(); client.connect(server.getsockname())
        peer, _ = server.accept(); client.sendall('吃面'.encode()); result = [peer.recv(100).decode()]; peer.close()
    with socket.socket(family, socket.SOCK_DGRAM) as a, socket.socket(family, socket.SOCK_DGRAM) as b:
        a.bind(address); b.sendto(b'datagram', a.getsockname()); result.append(a.recv(100).decode())
    """
    assert inside().run(code, host=host) == ["吃面", "datagram"]


def test_each_sandbox_has_its_own_ports(inside):
    """A port in use in one sandbox, or in the last one, is free in the next."""
    code = "import socket; keep = socket.create_server(('127.0.0.1', 5555)); import builtins; builtins.keep = keep; result = keep.getsockname()[1]"
    first, second = inside(), inside()
    assert first.run(code) == second.run(code) == 5555


def test_addresses_are_the_same_every_time(inside):
    """With address randomisation off inside, equal programs have equal addresses, in children and new programs as well."""
    code = """
    import subprocess, sys
    look = "print([line.split('-')[0] for line in open('/proc/self/maps') if '[heap]' in line or '[stack]' in line or 'libc.so' in line])"
    result = subprocess.run([sys.executable, '-S', '-c', look], capture_output=True, text=True).stdout
    """
    first, second = inside().run(code), inside().run(code)
    assert first == second
    assert first.count(",") >= 2


def test_multiprocessing_works_by_fork_and_by_spawn(inside, tmp_path):
    """Processes, pools, queues, locks and 200 shared arrays are usable."""
    (tmp_path / "work.py").write_text(
        "import multiprocessing as m\n"
        "def square(n): return n * n\n"
        "def put(queue, n): queue.put(n)\n"
        "def run(method):\n"
        "    context = m.get_context(method)\n"
        "    with context.Pool(2) as pool: squares = pool.map(square, range(5))\n"
        "    queue, lock = context.Queue(), context.Lock()\n"
        "    child = context.Process(target=put, args=(queue, 7)); child.start(); got = queue.get(timeout=50); child.join()\n"
        "    arrays = [context.Array('i', 1000) for _ in range(200)]\n"
        "    return [squares, got, child.exitcode, sum(len(array) for array in arrays)]\n",
        encoding="utf-8",
    )
    tmp_path.chmod(0o755)
    code = "import work; result = [work.run('fork'), work.run('spawn')]"
    box = inside(packages=(tmp_path,), wall=60.0)
    assert box.run(code) == [[[0, 1, 4, 9, 16], 7, 0, 200_000]] * 2


def test_shared_memory_is_its_own_and_big_enough(inside):
    """/dev/shm has the room of the disk limit: 200 arrays of 100 kB fit."""
    code = """
    import os
    from multiprocessing import Array
    arrays = [Array('b', 100_000) for _ in range(200)]
    for array in arrays: array[99_999] = 1
    status = os.statvfs('/dev/shm'); result = status.f_blocks * status.f_frsize
    """
    assert inside().run(code) == 64 * 2**20


def test_killing_everything_inside_leaves_the_driver(inside):
    """kill(-1) reaches the sandbox's own processes, not its first, not the driver itself, not us."""
    code = """
    import os, signal, time
    for _ in range(5):
        if os.fork() == 0: time.sleep(1000)
    os.kill(-1, signal.SIGKILL)
    result = sorted(os.WTERMSIG(os.wait()[1]) for _ in range(5))
    """
    box = inside()
    assert box.run(code) == [9] * 5
    assert box.run("result = 'still here'") == "still here"


def test_signals_do_not_leave_the_sandbox(inside):
    """kill(getppid()) and kill(1) hurt nobody outside; afterwards the session works or has ended, and this process lives."""
    code = "import os, signal\nfor pid in (os.getppid(), 1):\n  try: os.kill(pid, signal.SIGKILL)\n  except OSError: pass\nresult = 1"
    box = inside()
    box.answer(code)
    assert threading.main_thread().is_alive()
    assert inside().run("result = 2") == 2
