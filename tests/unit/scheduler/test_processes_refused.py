"""No way of starting a process gets past the scheduler: on every Python the run ends as unsupported, and nothing was started."""

import sys
from dataclasses import replace

import pytest

from tests.unit.scheduler.corpus import CORPUS
from tests.unit.scheduler.exploring import explored

ANY = next(iter(CORPUS.values()))
CHILD = "open('ran', 'w').close()"
WAYS = {
    "run": "import subprocess; subprocess.run([sys.executable, '-c', CHILD])",
    "Popen": "from subprocess import Popen; Popen([sys.executable, '-c', CHILD]).wait()",
    "check_output": "import subprocess; subprocess.check_output([sys.executable, '-c', CHILD], close_fds=False)",
    "shell": "import subprocess; subprocess.getoutput('echo > ran')",
    "system": "os.system('echo > ran')",
    "popen": "os.popen('echo > ran').read()",
    "fork": "os.fork() or os._exit(0)",
    "posix_spawn": "os.posix_spawn(sys.executable, [sys.executable, '-c', CHILD], os.environ)",
    "spawn": "os.spawnv(os.P_WAIT, sys.executable, [sys.executable, '-c', CHILD])",
    "forked Process": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "spawned Process": "import multiprocessing as m; m.get_context('spawn').Process(target=print).start()",
    "Pool": "import multiprocessing as m; m.Pool(1)",
    "Manager": "import multiprocessing as m; m.Manager()",
    "ProcessPoolExecutor": "from concurrent.futures import ProcessPoolExecutor as P; P(1).submit(print).result()",
    "the function under all of them": "import multiprocessing.util as u; u.spawnv_passfds(sys.executable.encode(), [b'python', b'-c', CHILD.encode()], [])",
}


@pytest.mark.skipif(sys.platform == "win32", reason="forks are among them")
@pytest.mark.parametrize("way", WAYS)
def test_no_process_is_started(way, tmp_path, monkeypatch):
    """Whatever module it comes from: a copy that the overlay made, or the real one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ANY.path.parents[3]))
    program = tmp_path / "program.py"
    start = "import os, sys, threading\nthreading.Thread(target=print).start()\n"
    program.write_text(f'{start}CHILD = "{CHILD}"\n{WAYS[way]}\n', encoding="utf-8")
    report = explored(replace(ANY, path=program, name=way))
    assert report["verdict"] == "unsupported"
    assert report["unsupported"]
    assert not (tmp_path / "ran").exists()


def test_a_start_method_may_be_named_in_every_run(tmp_path):
    """Naming it twice in one run is the error that it is, once in each is none."""
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, threading\nmultiprocessing.set_start_method('spawn')\nthreading.Thread(target=print).start()\n",
        encoding="utf-8",
    )
    assert explored(replace(ANY, path=program, name="start method"))["verdict"] == "ok"
