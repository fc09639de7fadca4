"""Programs on the overlay: threads, locks, queues, pools, time, input, output and ends, as the interpreter has them."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support_overlay import First, Walk, installed, outcomes, overlay, run_once, runs

from sandbox.scheduler.engine import Limits, Stop


def results(source, **options):
    return {repr(ran.space.get("result")) for ran in runs(source, **options)}


def one(source, **options):
    with installed():
        return run_once(source, First(), **options)


def test_a_lost_update_is_found():
    """Between reading and writing another task may come."""
    source = """
import threading
n = 0
def work():
    global n
    touch("n", False); v = n
    touch("n"); n = v + 1
ts = [threading.Thread(target=work) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
result = n
"""
    assert results(source) == {"1", "2"}


def test_a_lock_keeps_others_out():
    """The same under a lock always counts to two, and the end says that nothing is held."""
    source = """
import threading
n = 0
lock = threading.Lock()
def work():
    global n
    with lock:
        touch("n", False); v = n
        touch("n"); n = v + 1
ts = [threading.Thread(target=work) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
result = n, lock.locked()
"""
    assert results(source) == {"(2, False)"}


def test_two_locks_in_two_orders_deadlock():
    """The engine says who waits for what, and the locks know their owners."""
    source = """
import threading
a, b = threading.Lock(), threading.RLock()
def work(x, y):
    with x:
        touch("in")
        with y: pass
threading.Thread(target=work, args=(a, b)).start()
threading.Thread(target=work, args=(b, a)).start()
"""
    stuck = [ran for ran in runs(source) if ran.stop == Stop.DEADLOCK]
    assert stuck
    assert all(ran.owners == {1: 2, 2: 1} for ran in stuck)


def test_locks_complain_as_the_interpreters_do():
    """Errors, try-locks, timeouts and recursion."""
    source = """
import threading
def error(f, *args, **named):
    try: return f(*args, **named)
    except Exception as e: return type(e).__name__, str(e)
l, r = threading.Lock(), threading.RLock()
result = [
    error(l.release), error(r.release), error(l.acquire, False, 1), error(l.acquire, True, -2),
    l.acquire(), l.acquire(False), l.acquire(timeout=5), l.locked(), l.release(),
    r.acquire(), r.acquire(), r._recursion_count() if hasattr(r, "_recursion_count") else 2, r.release(), r.release(), error(r.release),
]
"""
    shown = one(source).space["result"]
    assert shown[:4] == [
        ("RuntimeError", "release unlocked lock"),
        ("RuntimeError", "cannot release un-acquired lock"),
        ("ValueError", "can't specify a timeout for a non-blocking call"),
        ("ValueError", "timeout value must be a non-negative number"),
    ]
    assert shown[4:] == [
        True,
        False,
        False,
        True,
        None,
        True,
        True,
        2,
        None,
        None,
        ("RuntimeError", "cannot release un-acquired lock"),
    ]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="a class from 3.13 on")
def test_lock_is_a_function_before_3_13():
    """A forgotten pair of brackets fails as it does in the interpreter."""
    source = """
import threading
class A:
    L = threading.Lock
    def f(self): return self.L()
result = [A().f().locked()]
try: threading.Lock.acquire()
except AttributeError as e: result.append(str(e))
"""
    assert one(source).space["result"] == [False, "'builtin_function_or_method' object has no attribute 'acquire'"]


def test_a_try_lock_sees_that_the_lock_is_held():
    """Even where nothing else is done under it: releases are steps unless the program never looks."""
    source = """
import threading
lock = threading.Lock()
result = []
def hold():
    with lock: pass
def look(): result.append(lock.acquire(False))
ts = [threading.Thread(target=f) for f in (hold, look)]
for t in ts: t.start()
for t in ts: t.join()
"""
    assert {result for _, result, _ in outcomes(source)} == {"[True]", "[False]"}
    assert {result for _, result, _ in outcomes(source, probed=False)} == {"[True]"}


def test_sleeps_order_tasks_in_strict_time_only():
    """In late time a sleep may be overrun, in strict time the clock goes by the shortest."""
    source = """
import threading, time
result = []
def work(s): time.sleep(s); result.append(s)
ts = [threading.Thread(target=work, args=(s,)) for s in (3, 1, 2)]
for t in ts: t.start()
for t in ts: t.join()
"""
    assert results(source) == {"[1, 2, 3]"}
    assert len(results(source, late=True)) > 2


def test_the_clock_starts_alike_and_costs_no_time():
    """An hour passes at once; two readings differ; waiting for a moment by looking at the clock ends."""
    source = """
import time
a = time.time(); m = time.monotonic()
time.sleep(3600)
result = [round(time.time() - a), time.perf_counter() > m, time.time() != time.time(), a, time.strftime("%Y", time.gmtime())]
end = time.monotonic() + 5
while time.monotonic() < end: pass
"""
    first, second = one(source), one(source)
    assert first.space["result"] == second.space["result"]
    assert first.space["result"][:3] == [3600, True, True]
    assert first.space["result"][4] == "2023"


def test_join_with_timeout_and_is_alive():
    """A join that times out leaves the thread alive."""
    source = """
import threading, time
def work(): time.sleep(2)
t = threading.Thread(target=work)
result = [t.is_alive()]
t.start()
t.join(1); result.append(t.is_alive())
t.join(); result.append(t.is_alive())
for wrong in (t.start, threading.current_thread().join, threading.Thread().join):
    try: wrong()
    except RuntimeError as e: result.append(str(e))
"""
    assert results(source, count=20) == {
        "[False, True, False, 'threads can only be started once', 'cannot join current thread', 'cannot join thread before it is started']"
    }


def test_main_waits_for_threads_but_not_for_daemons():
    """Also when it raised; its exit code is the interpreter's."""
    source = """
import threading, time, atexit
result = []
def work(name, s): time.sleep(s); result.append(name)
threading.Thread(target=work, args=("thread", 5)).start()
threading.Thread(target=work, args=("daemon", 9), daemon=True).start()
atexit.register(result.append, "atexit")
raise ValueError("main")
"""
    ran = one(source)
    assert ran.stop == Stop.DONE
    assert ran.space["result"] == ["thread", "atexit"]
    assert ran.exit_code == 1
    assert [(number, str(error)) for number, error in ran.errors] == [(0, "main")]
    assert 'File "program.py", line 8' in ran.stderr
    assert "ending.py" not in ran.stderr


def test_exits():
    """sys.exit in a thread is silent, in main an exit code; a message goes to stderr."""
    thread = one("import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start()\nt.join()\n")
    assert (thread.exit_code, thread.errors, thread.stderr) == (0, [], "")
    main = one("import sys\nsys.exit(3)")
    assert (main.exit_code, main.errors) == (3, [])
    said = one("import sys\nsys.exit('no')")
    assert (said.exit_code, said.stderr) == (1, "no\n")


def test_an_exception_in_a_thread_is_kept_and_printed():
    """The program goes on, exit code 0, as the interpreter's does; a hook of its own is called."""
    source = """
import threading
def work(): raise KeyError("k")
t = threading.Thread(target=work); t.start(); t.join()
threading.excepthook = lambda args: print("hook", args.exc_type.__name__, args.thread.name)
t = threading.Thread(target=work); t.start(); t.join()
"""
    ran = one(source)
    assert (ran.stop, ran.exit_code) == (Stop.DONE, 0)
    assert [(number, type(error)) for number, error in ran.errors] == [(1, KeyError), (2, KeyError)]
    assert "Exception in thread Thread-1 (work):" in ran.stderr
    assert ran.stdout == "hook KeyError Thread-2 (work)\n"
    assert one(source).stdout == ran.stdout, "the hook is gone in the next run, the names start anew"


def test_names_and_idents():
    """As in a new interpreter, in every run."""
    source = """
import threading
result = []
def work(): result.append((threading.current_thread().name, threading.get_ident(), threading.active_count()))
t = threading.Thread(target=work); t.start(); t.join()
work()
result.append(repr(t)); result.append(threading.main_thread() is threading.current_thread())
"""
    wanted = "[('Thread-1 (work)', 1001, 2), ('MainThread', 1000, 1), '<Thread(Thread-1 (work), stopped 1001)>', True]"
    assert results(source, count=5) == {wanted}


def test_a_raw_thread():
    """`_thread` itself; nobody waits for it, and the module `threading` takes it for a dummy."""
    source = """
import _thread, threading
lock = _thread.allocate_lock(); lock.acquire()
def work():
    global result
    result = threading.current_thread().name
    lock.release()
_thread.start_new_thread(work, ())
lock.acquire()
"""
    assert results(source, count=10) == {"'Dummy-1'"}


def test_a_timer():
    """It fires after its time and can be cancelled before."""
    source = """
import threading, time
result = []
a = threading.Timer(1, result.append, args=("a",)); b = threading.Timer(5, result.append, args=("b",))
a.start(); b.start()
time.sleep(2); b.cancel()
"""
    assert results(source, count=20) == {"['a']"}


def test_thread_locals():
    """One dict a task, `__init__` in each, subclasses too."""
    source = """
import threading
class Mine(threading.local):
    kind = 1
    def __init__(self, x): self.x = x
mine = Mine(7)
result = []
def work(n):
    touch("any")
    before = mine.x; mine.x = n; touch("any"); result.append((before, mine.x, mine.kind))
ts = [threading.Thread(target=work, args=(n,)) for n in (1, 2)]
for t in ts: t.start()
for t in ts: t.join()
result = sorted(result), mine.x
"""
    assert results(source) == {"([(7, 1, 1), (7, 2, 1)], 7)"}


def test_executors():
    """submit, map, as_completed, wait, callbacks, exceptions; results are right under every order and printed orders differ."""
    source = """
from concurrent.futures import ThreadPoolExecutor, as_completed, wait, FIRST_COMPLETED
import time
called = []
with ThreadPoolExecutor(3) as pool:
    futures = [pool.submit(pow, n, 2) for n in range(4)]
    futures[0].add_done_callback(lambda f: called.append(f.result()))
    order = [f.result() for f in as_completed(futures)]
    mapped = list(pool.map(lambda x: -x, range(3)))
    done, left = wait([pool.submit(time.sleep, 1), pool.submit(time.sleep, 9)], return_when=FIRST_COMPLETED)
    bad = pool.submit(lambda: 1 / 0)
    print(order)
result = [sorted(order), mapped, len(done) >= 1, type(bad.exception()).__name__, called]
"""
    assert results(source, count=80) == {"[[0, 1, 4, 9], [0, -1, -2], True, 'ZeroDivisionError', [0]]"}
    assert len({ran.stdout for ran in runs(source, count=80)}) > 2


def test_a_pool_that_waits_for_itself_deadlocks():
    """One worker, whose task waits for another task of the pool."""
    source = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
def outer(): return pool.submit(int).result()
pool.submit(outer).result()
"""
    assert {ran.stop for ran in runs(source, count=10)} == {Stop.DEADLOCK}


def test_an_executor_left_open_finishes_its_work():
    """As at the interpreter's end, also when nobody called shutdown."""
    source = """
from concurrent.futures import ThreadPoolExecutor
import time
result = []
pool = ThreadPoolExecutor(2)
for n in range(3): pool.submit(lambda n=n: (time.sleep(1), result.append(n)))
"""
    assert {tuple(sorted(ran.space["result"])) for ran in runs(source, count=30)} == {(0, 1, 2)}


def test_a_thread_pool():
    """multiprocessing's, with map and apply_async; one that is left open does not keep the program."""
    source = """
from multiprocessing.pool import ThreadPool
from multiprocessing.dummy import Pool
with ThreadPool(2) as pool:
    result = [pool.map(abs, [-1, 2, -3]), pool.apply_async(pow, (2, 5)).get()]
left = Pool(2); result.append(left.map(len, ["ab"]))
"""
    ran = runs(source, count=30)
    assert {repr(r.space["result"]) for r in ran} == {"[[1, 2, 3], 32, [2]]"}
    assert {r.stop for r in ran} == {Stop.DONE}


def test_logging_names_the_thread_and_forgets_the_run():
    """A handler or level of one run is not in the next."""
    source = """
import logging, threading, sys
before = len(logging.getLogger().handlers), logging.getLogger("x").level
logging.basicConfig(format="%(threadName)s %(message)s", stream=sys.stdout, level=logging.INFO)
logging.getLogger("x").setLevel(logging.DEBUG)
t = threading.Thread(target=logging.getLogger("x").debug, args=("hello",), name="T"); t.start(); t.join()
result = before
"""
    for ran in runs(source, count=3):
        assert ran.stdout == "T hello\n"
        assert ran.space["result"] == (0, 0)


def test_random_numbers_belong_to_tasks():
    """What a task draws depends on the seed and on the task, not on the order; main's seed is the interpreter's."""
    source = """
import random, threading
result = {}
def draw(n): touch("x"); a = random.random(); touch("x"); result[n] = a, random.randint(1, 9), random.Random().random()
ts = [threading.Thread(target=draw, args=(n,)) for n in range(2)]
for t in ts: t.start()
for t in ts: t.join()
random.seed(42); first = random.random(); random.shuffle(xs := [1, 2, 3, 4])
result = sorted((n, a, b) for n, (a, b, _) in result.items()), first, xs
"""
    import random

    drawn = {repr(ran.space["result"]) for ran in runs(source, seed=7)}
    assert len(drawn) == 1
    assert drawn != {repr(ran.space["result"]) for ran in runs(source, seed=8, count=2)}
    with installed():
        mine_and_yours = run_once(source, First()).space["result"][0]
    assert mine_and_yours[0][1:] != mine_and_yours[1][1:]
    mine = random.Random(42)
    assert f", {mine.random()}, " in drawn.pop()


def test_input_and_output():
    """stdin is given, its end is noted; what is printed is kept by task, also by other ways than print."""
    source = """
import sys, threading
def work(): sys.stdout.write("thread\\n"); sys.stderr.buffer.write(b"bytes")
name = input("name? ")
t = threading.Thread(target=work); t.start(); t.join()
print(name, sys.stdin.read() == "", sep="|")
input()
"""
    ran = one(source, stdin="Li\n")
    assert ran.output[0] == (0, "stdout", "name? ")
    assert (1, "stdout", "thread\n") in ran.output
    assert (1, "stderr", "bytes") in ran.output
    assert "Li|True" in ran.stdout
    assert ran.needs_input
    assert "EOFError" in ran.stderr
    assert not one("input()", stdin="x\n").needs_input


def test_printing_without_end_is_stopped():
    """With a limit of its own, not as a hang."""
    assert one("while True: print('x' * 1000)").stop == Stop.OUTPUT


def test_imports_are_not_interrupted(tmp_path, monkeypatch):
    """Two tasks that import the same module both get all of it."""
    (tmp_path / "slow_sibling.py").write_text(
        "from sandbox.scheduler import engine\nfor n in range(5):\n    engine.active.point('write', 'm')\nvalue = 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    source = """
import threading, sys
sys.modules.pop("slow_sibling", None)
result = []
def work():
    import slow_sibling
    result.append(slow_sibling.value)
ts = [threading.Thread(target=work) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
"""
    assert results(source, count=40) == {"[1, 1]"}


def test_one_that_swallows_everything_is_left_standing():
    """The end of the run reaches tasks that catch BaseException over and over."""
    source = """
import threading, queue
q = queue.Queue()
def stubborn():
    while True:
        try: q.get()
        except BaseException: pass
threading.Thread(target=stubborn, daemon=True).start()
touch("x")
"""
    assert {ran.stop for ran in runs(source, count=5)} == {Stop.DONE}


def test_what_the_operating_system_draws_is_the_same_in_every_run():
    """os.urandom, uuid4, SystemRandom: each task has a stream of its own, and random.seed does not reach it."""
    source = """
import os, random, threading, uuid

def draw(name):
    random.seed(1)
    drawn[name] = (os.urandom(4).hex(), str(uuid.uuid4()), random.SystemRandom().random())

drawn = {}
threads = [threading.Thread(target=draw, args=(n,)) for n in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
result = sorted(drawn.items())
"""
    results = {result for _, result, _ in outcomes(source)}
    assert len(results) == 1
    (_, first), (_, second) = ast.literal_eval(results.pop())
    assert not set(first) & set(second)


def test_uncontrolled_things_are_noted():
    """Processes are refused and named."""
    ran = one("import multiprocessing\ntry: multiprocessing.Process().start()\nexcept NotImplementedError: pass\n")
    assert ran.notes == ("multiprocessing.Process",)


def test_subclasses_that_use_private_names_work():
    """Of Condition, Semaphore and Queue."""
    source = """
import threading, queue
class C(threading.Condition):
    def waiting(self): return len(self._waiters)
class S(threading.Semaphore):
    def take_all(self):
        with self._cond:
            n, self._value = self._value, 0
            return n
class Q(queue.Queue):
    def _put(self, item):
        if item not in self.queue: touch("q"); super()._put(item)
c, s, q = C(), S(3), Q()
def waiter():
    with c: c.wait()
t = threading.Thread(target=waiter); t.start()
while True:
    with c:
        if c.waiting(): c.notify(); break
t.join()
ts = [threading.Thread(target=q.put, args=(1,)) for _ in range(2)]
for t in ts: t.start()
for t in ts: t.join()
result = s.take_all(), s.acquire(False), q.qsize(), isinstance(c, threading.Condition)
"""
    assert results(source) == {"(3, False, 1, True)"}


def test_nothing_of_a_run_is_left_for_the_next():
    """Neither changed modules nor finalisers."""
    first = """
import threading, time, queue
class Late:
    def __del__(self): print("late", flush=True)
a = Late(); a.me = a
threading.Thread(target=queue.Queue().get).start()
threading.Lock = None; time.sleep = print; threading.mine = 1
"""
    second = """
import threading, time
result = callable(threading.Lock), time.sleep is print, threading.active_count(), hasattr(threading, "mine")
"""
    with installed():
        for _ in range(25):
            assert run_once(first, Walk(1)).stop == Stop.DEADLOCK
            ran = run_once(second, Walk(1))
            assert ran.space["result"] == (True, False, 1, False)
            assert ran.output == []


def test_the_interpreters_own_modules_come_back():
    """Outside `install` and `remove` nothing is replaced."""
    import concurrent.futures
    import logging
    import queue
    import random

    before = [
        sys.modules[name]
        for name in ("threading", "time", "queue", "logging", "concurrent.futures", "random", "_thread")
    ]
    runs("import socketserver, concurrent.futures, multiprocessing.pool, logging.handlers", count=1)
    assert before == [
        sys.modules[name]
        for name in ("threading", "time", "queue", "logging", "concurrent.futures", "random", "_thread")
    ]
    assert (queue.SimpleQueue.__module__, threading.Thread, time.sleep) == (
        "_queue",
        sys.modules["threading"].Thread,
        sys.modules["time"].sleep,
    )
    assert "socketserver" not in sys.modules or sys.modules["socketserver"].threading is threading
    assert concurrent.futures.ThreadPoolExecutor(1).submit(int).result() == 0
    assert logging.root is not overlay().modules["logging"].root
    assert random.random is not overlay().modules["random"].random


def test_too_many_tasks_end_the_run():
    """With a limit, not with the machine."""
    source = """
import threading
for _ in range(50): threading.Thread(target=input, daemon=True).start()
"""
    assert one(source, limits=Limits(tasks=20)).stop == Stop.TASKS


MIXED = """
import threading, queue, time, random
from concurrent.futures import ThreadPoolExecutor, as_completed
q = queue.Queue(2); c = threading.Condition(); s = {threading.Lock() for _ in range(5)}
def p():
    for n in range(3): q.put(n); time.sleep(random.random())
def g():
    for n in range(3):
        for lock in s:
            with lock: q.get(); break
    with c: c.notify_all()
ts = {threading.Thread(target=f) for f in (p, g)}
with c:
    for t in ts: t.start()
    c.wait(5)
for t in ts: t.join()
with ThreadPoolExecutor(2) as pool:
    result = [f.result() for f in as_completed([pool.submit(pow, 2, n) for n in range(4)])]
print(result, s, ts)
"""


def chosen():
    return [
        (ran.choices, ran.output, str(ran.stop)) for late in (False, True) for ran in runs(MIXED, count=10, late=late)
    ]


def test_the_same_choices_in_every_process():
    """Under other hash seeds, and twice in one process: choices and output are the same."""
    here = json.loads(json.dumps(chosen()))
    assert json.loads(json.dumps(chosen())) == here
    root = Path(__file__).parents[3]
    for hash_seed in ("0", "1", "77"):
        result = subprocess.run(
            [sys.executable, __file__],
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join((str(root), str(Path(__file__).parent))),
                "PYTHONHASHSEED": hash_seed,
            },
        )
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout) == here


if __name__ == "__main__":
    sys.stdout.write(json.dumps(chosen()))
