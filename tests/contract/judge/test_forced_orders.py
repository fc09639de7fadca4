"""Real runs under forced orders: faults show, honest programs behave as they would alone, and none is accused."""

import ast
import subprocess
import sys
import textwrap

import pytest

from tests.judging import Arena, exercise, sandbox, told

pytestmark = pytest.mark.bubblewrap

TESTS = """
def test_once(call):
    assert call("go") == "right"

def test_explored(explore):
    explore("go", watch="note start join read", leaves=()).always(lambda run: run.value == "right")

def test_value(call):
    assert call("go") == eval(call("wanted"))
"""
LIMITS = "files: {counter: '0'}\nlimits: {wall: 4s, cpu: 2s, memory: 256MB, tasks: 256}\n"


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    version = exercise(
        tmp_path_factory.mktemp("course"), TESTS, "{test_once: 1, test_explored: 1, test_value: 1}", more=LIMITS
    )
    one = Arena(version, sandbox())
    with one.judges:
        yield one


def verdicts(arena, source):
    records = arena.checks(textwrap.dedent(source))
    return records["test_once"].verdict, records["test_explored"].verdict, told(records)


COUNT = """
def add():
    with open("counter") as f:
        n = int(f.read())
    with open("counter", "w") as f:
        f.write(str(n + 1))

def run(tasks):
    for t in tasks: t.start()
    for t in tasks: t.join()
    with open("counter") as f:
        return "right" if f.read() == str(len(tasks)) else "wrong"
"""
FAULTS = {
    "an unlocked counter in a file, threads": (
        COUNT + "import threading\ndef go(): return run([threading.Thread(target=add) for _ in range(4)])",
        {"pass", "fail", "error"},
        {"fail", "error"},
    ),
    "an unlocked counter in a file, processes": (
        COUNT + "import multiprocessing\ndef go(): return run([multiprocessing.Process(target=add) for _ in range(4)])",
        {"pass", "fail", "error"},
        {"fail", "error"},
    ),
    "a lock for each task": (
        COUNT
        + "import threading\ndef safe():\n    with threading.Lock(): add()\ndef go(): return run([threading.Thread(target=safe) for _ in range(4)])",
        {"pass", "fail", "error"},
        {"fail", "error"},
    ),
    "two locks in opposite order": (
        """
        import threading
        a, b = threading.Lock(), threading.Lock()
        def one():
            with a:
                with b: pass
        def two():
            with b:
                with a: pass
        def go():
            ts = [threading.Thread(target=f) for f in (one, two)]
            for t in ts: t.start()
            for t in ts: t.join()
            return "right"
        """,
        {"pass", "deadlock"},
        {"deadlock"},
    ),
    "three locks in a ring": (
        """
        import threading
        locks = [threading.Lock() for _ in range(3)]
        def eat(i):
            with locks[i]:
                with locks[(i + 1) % 3]: pass
        def go():
            ts = [threading.Thread(target=eat, args=(i,)) for i in range(3)]
            for t in ts: t.start()
            for t in ts: t.join()
            return "right"
        """,
        {"pass", "deadlock"},
        {"deadlock"},
    ),
    "two RLocks in opposite order, acquired by hand": (
        """
        import threading
        a, b = threading.RLock(), threading.RLock()
        def take(x, y):
            x.acquire(); y.acquire(); y.release(); x.release()
        def go():
            ts = [threading.Thread(target=take, args=p) for p in ((a, b), (b, a))]
            [t.start() for t in ts]; [t.join() for t in ts]
            return "right"
        """,
        {"pass", "deadlock"},
        {"deadlock"},
    ),
    "a plain lock taken twice": (
        """
        import threading
        lock = threading.Lock()
        def go():
            with lock:
                with lock: return "right"
        """,
        {"deadlock"},
        {"deadlock"},
    ),
    "a plain lock taken twice in a thread, while another waits for what it holds": (
        """
        import threading
        lock, more = threading.Lock(), threading.Lock()
        begun = threading.Event()
        def one():
            with more:
                begun.set()
                with lock:
                    with lock: pass
        def two():
            begun.wait()
            with more: pass
        def go():
            ts = [threading.Thread(target=f) for f in (one, two)]
            [t.start() for t in ts]; [t.join() for t in ts]
            return "right"
        """,
        {"deadlock"},
        {"deadlock"},
    ),
    "a deadlock of two threads in a child process": (
        """
        import multiprocessing, threading
        def inside():
            a, b, gate = threading.Lock(), threading.Lock(), threading.Barrier(2)
            def take(x, y):
                with x:
                    gate.wait()
                    with y: pass
            ts = [threading.Thread(target=take, args=p) for p in ((a, b), (b, a))]
            [t.start() for t in ts]; [t.join() for t in ts]
        def go():
            p = multiprocessing.Process(target=inside)
            p.start(); p.join()
            return "right"
        """,
        {"deadlock"},
        {"deadlock"},
    ),
    "queue.empty() and then get()": (
        """
        import queue, threading
        q = queue.Queue()
        q.put(1)
        def eat():
            if not q.empty(): q.get()
        def go():
            ts = [threading.Thread(target=eat) for _ in range(2)]
            [t.start() for t in ts]; [t.join() for t in ts]
            return "right"
        """,
        {"pass", "timeout", "hang"},
        {"timeout", "hang", "deadlock"},
    ),
    "a failing assert in a joined thread": (
        """
        import threading
        def wrong(): assert 1 == 2
        def go():
            t = threading.Thread(target=wrong); t.start(); t.join()
            return "right"
        """,
        {"error"},
        {"error"},
    ),
    "a failing assert in a bare thread": (
        """
        import _thread, time
        def wrong(done):
            try: assert 1 == 2
            finally: done.release()
        def go():
            done = _thread.allocate_lock(); done.acquire()
            _thread.start_new_thread(wrong, (done,))
            done.acquire(); time.sleep(0.3)
            return "right"
        """,
        {"error"},
        {"review"},  # _thread is what no homework needs
    ),
    "shared memory and its helper process": (
        """
        from multiprocessing import shared_memory
        def go():
            block = shared_memory.SharedMemory(create=True, size=64)
            block.buf[0] = 7
            got = block.buf[0]
            block.close(); block.unlink()
            return "right" if got == 7 else "wrong"
        """,
        {"pass"},
        {"pass"},
    ),
    "a failing assert in a child process": (
        """
        import multiprocessing
        def wrong(): assert 1 == 2
        def go():
            p = multiprocessing.Process(target=wrong); p.start(); p.join()
            return "right"
        """,
        {"error"},
        {"error"},
    ),
    "a failing assert in a child forked by hand": (
        """
        import os
        def go():
            pid = os.fork()
            if pid == 0:
                assert 1 == 2
            os.waitpid(pid, 0)
            return "right"
        """,
        {"error"},
        {"error"},
    ),
    "a child forked by hand that comes back": (
        """
        import os
        def go():
            pid = os.fork()
            if pid: os.waitpid(pid, 0)
            return "right" if pid else "wrong"
        """,
        {"pass"},
        {"pass"},
    ),
    "input() that nobody answers": ("def go(): return input('name? ')", {"needs_input"}, {"needs_input"}),
    "input() in a thread": (
        "import threading\ndef go():\n    t = threading.Thread(target=input); t.start(); t.join(); return 'right'",
        {"needs_input"},
        {"needs_input"},
    ),
    "a closed pipe is not a keyboard": (
        """
        import multiprocessing
        def go():
            a, b = multiprocessing.Pipe()
            b.close()
            return a.recv()
        """,
        {"error"},
        {"error"},
    ),
    "two hundred threads": (
        """
        import threading
        def go():
            gate, n = threading.Barrier(201), []
            ts = [threading.Thread(target=lambda: (gate.wait(), n.append(1))) for _ in range(200)]
            [t.start() for t in ts]; gate.wait(); [t.join() for t in ts]
            return "right" if len(n) == 200 else "wrong"
        """,
        {"pass"},
        {"pass"},
    ),
    "two hundred shared arrays of 64 kB": (
        """
        import multiprocessing
        def go():
            arrays = [multiprocessing.Array("c", 65536) for _ in range(200)]
            return "right" if len(arrays) == 200 else "wrong"
        """,
        {"pass", "limit"},
        {"pass", "limit"},
    ),
    "20,000 events and then some": (
        """
        import multiprocessing
        def go():
            p = multiprocessing.Process(target=print)  # so that real runs decide
            p.start(); p.join()
            for n in range(30000): open('counter').close()
            return 'right'
        """,
        {"pass"},
        {"too_big", "output"},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shows_and_its_verdict_is_the_same_every_time(arena, name):
    """Under forced orders each classic fault has its verdict; once, for real, it may slip through."""
    source, once, explored = FAULTS[name]
    got_once, got_explored, text = verdicts(arena, source)
    assert got_once in once, text
    assert got_explored in explored, text


# `go` returns plain facts; `wanted` is how plain Python, without any of us, answers.
HONEST = {
    "a lock around the counter": COUNT
    + "import threading\nlock = threading.Lock()\ndef safe():\n    with lock: add()\ndef go(): return run([threading.Thread(target=safe) for _ in range(4)])",
    "a process lock around the counter": COUNT
    + "from multiprocessing import Lock, Process\nlock = Lock()\ndef safe():\n    with lock: add()\ndef go(): return run([Process(target=safe) for _ in range(4)])",
    "a lock by acquire and release": COUNT
    + "import threading\nlock = threading.Lock()\ndef safe():\n    lock.acquire()\n    try: add()\n    finally: lock.release()\n"
    "def go(): return run([threading.Thread(target=safe) for _ in range(4)])",
    "what a lock answers": """
        import threading
        def go():
            lock = threading.Lock()
            out = [lock.locked(), lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(blocking=False), lock.acquire(timeout=0.01)]
            lock.release()
            out.append(lock.locked())
            for bad in (lambda: lock.release(), lambda: lock.acquire(False, 1), lambda: lock.acquire(timeout=-5), lambda: threading.RLock().release()):
                try: out.append(bad())
                except Exception as e: out.append(type(e).__name__)
            out.append(lock.acquire(timeout=-1))
            return out
        """,
    "what a process lock answers": """
        import multiprocessing
        def go():
            lock, again = multiprocessing.Lock(), multiprocessing.RLock()
            out = [lock.acquire(), lock.acquire(False), lock.acquire(block=False), lock.acquire(timeout=0.01), lock.acquire(True, 0.01)]
            lock.release()
            out += [again.acquire(), again.acquire(), again.release(), again.release()]
            for bad in (lambda: lock.release(), lambda: again.release()):
                try: out.append(bad())
                except Exception as e: out.append(type(e).__name__)
            return out
        """,
    "an RLock, nested": """
        import threading
        def go():
            lock = threading.RLock()
            with lock:
                with lock:
                    inner = lock.acquire(); lock.release()
                other = []
                t = threading.Thread(target=lambda: other.append(lock.acquire(False))); t.start(); t.join()
            t = threading.Thread(target=lambda: other.append(lock.acquire(False))); t.start(); t.join()
            return inner, other
        """,
    "conditions on every kind of lock": """
        import threading
        def go():
            out = []
            for make in (threading.Lock, threading.RLock, lambda: None):
                cond, items = threading.Condition(make()), []
                def eat():
                    with cond:
                        while not items: cond.wait()
                        out.append(items.pop())
                t = threading.Thread(target=eat); t.start()
                with cond:
                    items.append(len(out)); cond.notify()
                t.join()
                with cond: out.append(cond.wait(0.01))
            return out
        """,
    "a condition waited for with its RLock taken twice": """
        import threading
        def go():
            lock = threading.RLock(); cond = threading.Condition(lock); seen = []
            def wait():
                with lock:
                    with cond:
                        seen.append("waiting"); cond.wait(); seen.append("woken")
                    seen.append(lock._is_owned())
            t = threading.Thread(target=wait); t.start()
            while not seen: pass
            with lock:
                with cond: cond.notify_all()
            t.join()
            return seen, lock.acquire(False)
        """,
    "process conditions": """
        import multiprocessing
        def go():
            cond, flag = multiprocessing.Condition(multiprocessing.Lock()), multiprocessing.Value("i", 0)
            def wake():
                with cond:
                    flag.value = 7; cond.notify()
            p = multiprocessing.Process(target=wake)
            with cond:
                p.start()
                while not flag.value: cond.wait()
            p.join()
            return flag.value, p.exitcode
        """,
    "semaphores, events, barriers, timers": """
        import threading
        def go():
            out, sem, event, gate = [], threading.Semaphore(2), threading.Event(), threading.Barrier(3)
            def work(n):
                with sem: pass
                gate.wait(); event.wait(); out.append(n)
            ts = [threading.Thread(target=work, args=(n,)) for n in range(3)]
            [t.start() for t in ts]; event.set(); [t.join() for t in ts]
            bounded = threading.BoundedSemaphore(1)
            try: bounded.release()
            except ValueError as e: out.append(str(e))
            timer = threading.Timer(0.01, out.append, ["timer"]); timer.start(); timer.join()
            return sorted(map(str, out))
        """,
    "two locks handed to and fro": """
        import threading
        def go():
            a, b, out = threading.Lock(), threading.Lock(), []
            b.acquire()
            def say(word, mine, other):
                for n in range(5):
                    mine.acquire(); out.append((word, n)); other.release()
            ts = [threading.Thread(target=say, args=x) for x in (("ping", a, b), ("pong", b, a))]
            [t.start() for t in ts]; [t.join() for t in ts]
            return out
        """,
    "a lock as a signal": """
        import threading, time
        def go():
            done = threading.Lock(); done.acquire()
            t = threading.Thread(target=lambda: (time.sleep(0.3), done.release())); t.start()
            done.acquire()
            return "right"
        """,
    "subclasses and names": """
        import multiprocessing, threading
        class T(threading.Thread):
            def __init__(self, n): super().__init__(name=f"worker {n}"); self.n = n
            def run(self): out.append((self.name, threading.current_thread() is self, self.n))
        class P(multiprocessing.Process):
            def run(self): raise SystemExit(3)
        out = []
        def go():
            ts = [T(1), T(2), threading.Thread(target=lambda: out.append(threading.current_thread().name))]
            for t in ts: t.start(); t.join()
            p = P(); p.start(); p.join()
            return out, p.exitcode, p.name, [t.is_alive() for t in ts], threading.active_count()
        """,
    "queues of every kind": """
        import multiprocessing, queue, threading
        def go():
            out = []
            for q in (queue.Queue(2), queue.LifoQueue(), queue.PriorityQueue(), queue.SimpleQueue()):
                for n in (2, 1): q.put(n)
                out += [q.get(), q.get(), q.empty(), q.qsize()]
                try: q.get(False)
                except queue.Empty: out.append("empty")
            q = queue.Queue(1)
            def eat():
                for _ in range(3): out.append(q.get()); q.task_done()
            t = threading.Thread(target=eat); t.start()
            for n in range(3): q.put(n)
            q.join(); t.join()
            try: q.task_done()
            except ValueError as e: out.append(str(e))
            m = multiprocessing.Queue()
            p = multiprocessing.Process(target=lambda: m.put([1])); p.start(); out.append(m.get()); p.join()
            class Mine(queue.Queue):
                def _put(self, item): super()._put(item * 2)
            mine = Mine(); mine.put(4); out += [mine.get(), isinstance(mine, queue.Queue)]
            return out
        """,
    "many locks while others wait for something else": """
        import multiprocessing, socket, threading
        def go():
            stop, lock, n = threading.Event(), threading.Lock(), []
            gate, pipe, q = threading.Semaphore(0), multiprocessing.Pipe(), multiprocessing.Queue()
            ends = socket.socketpair()
            waits = [stop.wait, gate.acquire, pipe[1].recv, q.get, lambda: ends[1].recv(1)]
            ts = [threading.Thread(target=w) for w in waits]
            [t.start() for t in ts]
            def add():
                for _ in range(100):
                    with lock: n.append(1)
            more = [threading.Thread(target=add) for _ in range(2)]
            [t.start() for t in more]; [t.join() for t in more]
            stop.set(); gate.release(); pipe[0].send(1); q.put(1); ends[0].send(b"x")
            [t.join() for t in ts]
            return len(n)
        """,
    "pools": """
        import multiprocessing, operator
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        def go():
            with ThreadPoolExecutor(2) as pool: a = list(pool.map(abs, [-1, -2]))
            with multiprocessing.Pool(2) as pool: b = pool.map(abs, [-1, -2])
            with ProcessPoolExecutor(2) as pool: c = list(pool.map(abs, [-3]))
            return a, b, c
        """,
    "files": """
        import io, os, pathlib
        def go():
            with open("x", "w", encoding="utf-8") as f: f.write("早")
            out = [open("x", "rb").read(), pathlib.Path("x").read_text("utf-8"), io.open("x", encoding="utf-8").read(), os.path.getsize("x")]
            fd = os.open("x", os.O_RDONLY); out.append(open(fd, "rb").read())
            for bad in (lambda: open("none"), lambda: open("x", "zz"), lambda: open(1.5)):
                try: bad()
                except Exception as e: out.append(type(e).__name__)
            with open(pathlib.Path("x"), "r+", newline="") as f: f.write("a")
            return out
        """,
    "sleeps and clocks": """
        import time
        def go():
            a = time.monotonic(); time.sleep(0.05); out = [time.monotonic() - a >= 0.05, time.sleep(0)]
            for bad in (lambda: time.sleep(-1), lambda: time.sleep("x")):
                try: bad()
                except Exception as e: out.append(type(e).__name__)
            return out
        """,
    "thread and process locals, daemons": """
        import multiprocessing, threading, time
        def go():
            local = threading.local(); local.x = 1
            seen = []
            t = threading.Thread(target=lambda: seen.append(hasattr(local, "x")), daemon=True); t.start(); t.join()
            p = multiprocessing.Process(target=time.sleep, args=(99,), daemon=True); p.start()
            alive = p.is_alive(); p.terminate(); p.join()
            return seen, alive, p.exitcode, len(multiprocessing.active_children())
        """,
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_programs_behave_as_without_us(arena, name, tmp_path):
    """Values, exceptions and names under the spies are those of plain Python; nobody is accused, in either order."""
    source = textwrap.dedent(HONEST[name])
    plain = subprocess.run(
        [sys.executable, "-c", f"open('counter', 'w').write('0')\n{source}\nif __name__ == '__main__': print(repr(go()))"],
        capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path,
    ).stdout  # fmt: skip
    wanted = ast.literal_eval(plain)
    records = arena.checks(
        f"{source}\n_go = go\ndef wanted(): return {repr(wanted)!r}\n"
        f"def go():\n    global got\n    got = _go()\n    return 'right' if got == {wanted!r} else got\n"
    )
    assert records["test_once"].verdict == "pass", told(records)
    assert records["test_explored"].verdict == "pass", told(records)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.parametrize(
    "how",
    [
        "multiprocessing.set_start_method('{}'); P = multiprocessing.Process",
        "P = multiprocessing.get_context('{}').Process",
    ],
)
def test_another_start_method_is_said_and_costs_nothing(arena, method, how):
    """Processes that are not forked cannot be watched: not judged, not a zero, and the reason names the method."""
    source = f"import multiprocessing\n{how.format(method)}\ndef go():\n    p = P(target=print)\n    p.start(); p.join()\n    return 'right'\n"
    records = arena.checks(source)
    assert (records["test_once"].verdict, records["test_explored"].verdict) == ("unsupported", "unsupported"), told(
        records
    )
    assert method in str(records["test_once"].evidence["unsupported"])


def test_start_methods_may_be_named_and_fork_is_fork(arena):
    """Choosing fork, or asking which it is, is what it would be alone; choosing twice is the error it would be."""
    source = """
        import multiprocessing
        multiprocessing.set_start_method("fork")
        try: multiprocessing.set_start_method("fork"); twice = False
        except RuntimeError: twice = True
        def go():
            return "right" if twice and multiprocessing.get_start_method() == "fork" else "wrong"
        """
    assert verdicts(arena, source)[:2] == ("pass", "pass")
