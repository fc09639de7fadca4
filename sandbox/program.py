"""One program under the scheduler: its files are rewritten once and run again and again, each time as if for the first time."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import sys
import types
from dataclasses import asdict, dataclass, field

from sandbox.endless import Loops
from sandbox.naming import names
from sandbox.overlay import Overlay, access, probing
from sandbox.protocol import dump_value
from sandbox.realism import Realism
from sandbox.rewrite import Sites, rewrite
from sandbox.scheduler import engine
from sandbox.scheduler.engine import Engine, Limits, Stop
from sandbox.scheduler.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Self

    from sandbox.scheduler.engine import Observer, Step, Strategy


MOST_FRAMES = 20  # of a traceback, the innermost


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands in the program's own files."""

    file: str
    line: int
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One task at the end of a run: what it wanted to do, where, and what it held."""

    number: int
    name: str
    daemon: bool
    kind: str
    about: str
    place: Place | None
    holds: tuple[str, ...]
    waits_for: int | None  # number of the task that owns what it waits for
    missed: bool  # what it waits for was given before it waited
    is_for_result: bool  # it waits for the result of a future


@dataclass(frozen=True, slots=True)
class Entry:
    """What is run: `main` as `__main__` with `arguments` for sys.argv, or, where `name` is given, a function called with them.

    The function is one of `scenarios` (which gets the student's module first), else of `main`. `prelude` runs in the student's namespace
    before the file does. `watch`: kinds of events that are kept.
    """

    main: str
    arguments: tuple[Any, ...] = ()
    name: str = ""
    scenarios: str = ""
    prelude: str = ""
    watch: frozenset[str] = frozenset()
    stdin: str = ""


@dataclass(slots=True)
class Run:
    """What one run came to."""

    stop: Stop
    choices: list[int]
    errors: list[tuple[str, BaseException, list[Place]]]  # task, exception, where in the program, innermost last
    standing: list[Standing]
    started: int  # tasks besides the main one
    early: int
    needs_input: bool
    output: list[tuple[int, str, str]]
    engine: Engine
    exit_code: int
    left: Place | None  # where it called sys.exit
    steps: list[dict[str, Any]]
    unsupported: list[str] = field(default_factory=list)
    is_call: bool = False
    is_endless: bool = False  # where it used up its budget, it stands in a loop that may never end
    outcome: dict[str, Any] = field(default_factory=dict)  # value (of a call), seconds (virtual), left
    events: list[dict[str, Any]] = field(default_factory=list)
    phase: str = "running"  # where an exception of the main task comes from: scenario, load, absent, running


class Program:
    """`files` are texts by path from the program's folder; `entry` says what of them is run. `fresh` is called before every run.

    Raises SyntaxError when a file cannot be compiled: the main one at once, a sibling when it is imported.
    """

    def __init__(
        self,
        files: Mapping[str, str],
        entry: Entry | str,
        *,
        seed: int = 0,
        overlay: Overlay | None = None,
        fresh: Callable[[], None] | None = None,
    ) -> None:
        self.files = dict(files)
        self.entry = entry = Entry(entry) if isinstance(entry, str) else entry
        self.main = entry.main
        self.fresh = fresh
        self.seed = seed
        self.sites = Sites()
        self.scaled: list[tuple[str, int, int, int]] = []  # file, line, old, new
        self.flags: list[tuple[str, str, int]] = []  # file, name, line
        self.overlay = overlay or Overlay()
        self.overlay.probed = "release" in entry.watch or any(map(is_probing, self.files.values()))
        self._hooks = access.hooks()
        self._codes: dict[str, types.CodeType] = {}
        self.left_out: frozenset[int] = frozenset()  # sites that lean runs do without
        self._lean: dict[str, types.CodeType] = {}
        self._loops: dict[str, Loops] = {}
        self._is_lean = False  # the run that is going on
        self._main_module: types.ModuleType | None = None
        self._siblings = Siblings(self)
        self._imported: dict[str, None] = {}  # modules of the run that is going on
        self._namespaces: list[dict[str, Any]] = []  # and what they hold
        self._left: Place | None = None  # where the last run called sys.exit
        self._realism = Realism(self.files, self.sites)
        self.code(entry.main)

    def __enter__(self) -> Self:
        """The overlay is in place from here on: one program at a time."""
        self._main_module = sys.modules.get("__main__")
        self._argv = sys.argv
        self.overlay.install()
        access.sites = self.sites
        sys.meta_path.insert(0, self._siblings)
        return self

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self._siblings)
        sys.argv = self._argv
        access.sites = None
        self.overlay.remove()
        if self._main_module is not None:
            sys.modules["__main__"] = self._main_module

    def code(self, file: str) -> types.CodeType:
        """A file, rewritten and compiled once; for a lean run once more."""
        if file not in self._codes:
            found = rewrite(self.files[file], file, self.sites)
            self.scaled += [(file, *each) for each in found.scaled]
            self.flags += [(file, *each) for each in found.flags]
            self._codes[file] = found.code
        if not self._is_lean:
            return self._codes[file]
        if file not in self._lean:
            self.sites.cold = set(self.left_out)
            self._lean[file] = rewrite(self.files[file], file, self.sites).code
            self.sites.cold = set()
        return self._lean[file]

    def leave_out(self, sites: frozenset[int]) -> None:
        """Lean runs have no points there from now on."""
        self.left_out = sites
        self._lean.clear()

    def imported(self, module: types.ModuleType) -> None:
        """One of the program's files begins to run as `module`; after this run it is forgotten."""
        module.__dict__.update(self._hooks)
        self._namespaces.append(module.__dict__)
        self._imported[module.__name__] = None

    def once(
        self,
        strategy: Strategy,
        *,
        late: bool = False,
        realistic: bool = False,
        lean: bool = False,
        still: frozenset[int] = frozenset(),
        observer: Observer | None = None,
        keep: bool = False,
        limits: Limits | None = None,
        with_names: bool = False,
    ) -> Run:
        """One run from the import to the end of the interpreter's shutdown. `realistic`: accesses are switch points
        only where this CPython can switch. `lean`: without the points that were left out. `with_names`: find out, at some cost, what
        the program calls its locks and queues.
        """
        engine = Engine(
            strategy,
            late=late,
            limits=limits,
            observer=observer,
            keep=keep or with_names,
            may_switch=self._realism if realistic else None,
            still=still,
        )
        standing: list[Standing] = []
        endless: list[bool] = []

        steps: list[dict[str, Any]] = []

        def at_end(ended: Engine) -> None:
            called = self._names(ended.live) if with_names else {}
            if ended.stop in (Stop.STEPS, Stop.LOOPS):
                endless.append(any(map(self._is_endless, ended.live)))
            standing.extend(self._stand(task, called) for task in ended.live)
            if with_names:
                steps.extend(self._steps(ended, called))

        engine.at_end = at_end
        if with_names:
            engine.look = self._here
        for namespace in self._namespaces:
            namespace.clear()  # of the run before: a module and its functions refer to each other
        self._namespaces.clear()
        if self.fresh is not None:
            self.fresh()
        self._outcome: dict[str, Any] = {}
        self._phase = "running"
        self._alive: list[tuple[Task, int]] = []
        try:
            self.overlay.reset(seed=self.seed, stdin=self.entry.stdin, watch=self.entry.watch)
            self._realism.reset()
            self._left = None
            self._is_lean = lean and bool(self.left_out)
            stop = engine.run(lambda: self.overlay.run_main(self._main))
        finally:
            for name in self._imported:
                sys.modules.pop(name, None)
            self._imported.clear()
        raised = self.overlay.errors or (self.overlay.died if stop is Stop.DEADLOCK else [])
        errors = [(task.name, error, self._trace_of(error)) for task, error in raised]
        return Run(
            stop, engine.choices, errors, standing, len(engine.tasks) - 1, engine.early, self.overlay.needs_input, list(self.overlay.output),
            engine, self.overlay.exit_code, self._left, steps, list(self.overlay.notes),
            is_endless=any(endless), is_call=bool(self.entry.name), outcome=self._outcome | {"left": self._still_running()}, events=self.overlay.events,
            phase=self._phase,
        )  # fmt: skip

    def _main(self) -> None:
        if self.entry.name:
            self._call()
            return
        module = self._module("__main__", self.main)
        sys.modules["__main__"] = module
        sys.argv = [self.main, *map(str, self.entry.arguments)]
        try:
            exec(self.entry.prelude, module.__dict__)
            exec(self.code(self.main), module.__dict__)
        except SystemExit as leave:
            self._left = self._place_of(leave)
            raise
        finally:
            self._ended()

    def _call(self) -> None:
        """Scenarios come first: nothing a student's file does to modules makes an exercise look broken."""
        self._phase = "scenario"
        scenarios: dict[str, Any] = {}
        if self.entry.scenarios:
            module = self._module("scenarios", self.entry.scenarios)
            sys.modules["scenarios"], sys.modules["stage"] = module, self.overlay.stage
            self._imported |= {"scenarios": None, "stage": None}
            exec(self.code(self.entry.scenarios), module.__dict__)
            scenarios = module.__dict__
        self._phase = "load"
        student = __import__(module_name(self.main), fromlist=[""])
        self._phase = "scenario"
        function = scenarios.get(self.entry.name)
        arguments = list(self.entry.arguments)
        if callable(function):
            arguments.insert(0, student)
        else:
            function = vars(student).get(self.entry.name)
            if function is None:
                self._phase = "absent"
                raise AttributeError(f"no {self.entry.name}", name=self.entry.name, obj=student)
        self._phase = "running"
        try:
            self._outcome["value"] = dump_value(function(*arguments))
        except AttributeError as error:
            if error.obj is student:
                self._phase = "absent"
            raise
        finally:
            self._ended()

    def _ended(self) -> None:
        """The last line was reached: what others do from here on is left running."""
        active = engine.active
        if active is not None:
            self._outcome["seconds"] = active.now
            self._alive = [(task, task.visible) for task in active.live if task.number]

    def _still_running(self) -> list[str]:
        """Tasks that did more than end after the main one had come to its end, or never ended."""
        step = int(self.overlay.probed)
        return [task.name for task, before in self._alive if not task.done or task.visible > before + step]

    def _module(self, name: str, file: str) -> types.ModuleType:
        module = types.ModuleType(name)
        module.__file__ = file
        module.__dict__.update(self._hooks)
        self._namespaces.append(module.__dict__)
        return module

    def _steps(self, engine: Engine, called: Mapping[int, str]) -> list[dict[str, Any]]:
        """What a task holds after a step is what it held when its next one was chosen, or at the end."""
        after = {task.number: tuple(task.held) for task in engine.tasks}
        things: dict[int, int] = {}  # what steps are about, by their first mention
        for step in engine.steps:
            if step.key is not None:
                things.setdefault(id(step.key), len(things))
        told = []
        for step in reversed(engine.steps):
            told.append(self._step(engine, step, called, after[step.task], things.get(id(step.key))))
            after[step.task] = step.held
        return told[::-1]

    def _step(
        self, engine: Engine, step: Step, called: Mapping[int, str], held: tuple[object, ...], thing: int | None
    ) -> dict[str, Any]:
        place = step.where
        if step.site:
            site = self.sites[step.site]
            place = self.place(site.file, site.line)
        return {
            "task": step.task, "name": engine.tasks[step.task].name, "kind": step.kind, "about": self._called(step.key, called, step.site),
            "place": asdict(place) if isinstance(place, Place) else None, "early": step.early,
            "held": [self._called(each, called) for each in held], "thing": thing,
        }  # fmt: skip

    def _called(self, key: object, called: Mapping[int, str], site: int = 0) -> str:
        if isinstance(key, Task):
            return key.name
        if callable(key) and not hasattr(key, "taken_by"):
            return ""
        if site:
            return str(self.sites[site].name)
        if key is None:
            return ""
        return called.get(id(key)) or named(key)

    # -- where tasks stand ------------------------------------------------------------------------------------------

    def _names(self, tasks: list[Task]) -> dict[int, str]:
        scopes: dict[str, object] = {}
        own = {"__main__"}
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None) in self.files:
                own.add(module.__name__)
                scopes |= {name: value for name, value in vars(module).items() if name not in self._hooks}
        frames = []
        for task in tasks:
            frame = task.run.gr_frame
            while frame is not None:
                if frame.f_code.co_filename in self.files:
                    frames.append(frame)
                frame = frame.f_back
        return names(scopes, frames, frozenset(own))

    def _stand(self, task: Task, called: Mapping[int, str]) -> Standing:
        key = task.key
        is_waiting = task.ready is not None and not task.ready()
        owner = key if isinstance(key, Task) else getattr(key, "taken_by", None)
        return Standing(
            number=task.number,
            name=task.name,
            daemon=task.daemon,
            kind=task.kind,
            about=self._called(key, called, task.site),
            place=self._innermost(task.run.gr_frame),
            holds=tuple(self._called(each, called) for each in task.held),
            waits_for=getattr(owner, "number", None) if is_waiting else None,
            missed=bool(getattr(key, "missed", False)),
            is_for_result=type(key).__name__ == "FutureLock",
        )

    def _is_endless(self, task: Task) -> bool:
        """Whether a task that can go on stands in a loop that may never end."""
        if task.ready is not None and not task.ready():
            return False
        frame = task.run.gr_frame
        while frame is not None:
            file = frame.f_code.co_filename
            if file in self.files:
                if file not in self._loops:
                    self._loops[file] = Loops(self.files[file])
                if self._loops[file].around(frame.f_lineno):
                    return True
            frame = frame.f_back
        return False

    def _here(self) -> Place | None:
        return self._innermost(sys._getframe(1))

    def _innermost(self, frame: types.FrameType | None) -> Place | None:
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                return self.place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
            frame = frame.f_back
        return None

    def _trace_of(self, error: BaseException) -> list[Place]:
        """Frames of the program's own files, innermost last."""
        found = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename in self.files:
                found.append(self.place(code.co_filename, trace.tb_lineno, code.co_name))
            trace = trace.tb_next
        return found[-MOST_FRAMES:]

    def _place_of(self, error: BaseException) -> Place | None:
        trace = self._trace_of(error)
        return trace[-1] if trace else None

    def place(self, file: str, line: int, function: str = "") -> Place:
        """A line of the program with its text."""
        lines = self.files.get(file, "").splitlines()
        return Place(file, line, function, lines[line - 1].strip() if 0 < line <= len(lines) else "")


class Siblings(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the program's other files, rewritten like the main one, anew in every run."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: types.ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Found by its file in the program's folder."""
        for file, is_package in (
            (f"{name.replace('.', '/')}.py", False),
            (f"{name.replace('.', '/')}/__init__.py", True),
        ):
            if file in self._program.files:
                spec = importlib.machinery.ModuleSpec(name, self, origin=file, is_package=is_package)
                spec.has_location = True
                return spec
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """The usual one."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run its rewritten code."""
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        self._program.imported(module)
        if module.__spec__.origin == self._program.main:
            exec(self._program.entry.prelude, module.__dict__)
        exec(self._program.code(module.__spec__.origin), module.__dict__)


def is_probing(source: str) -> bool:
    """Whether it looks at locks or threads without waiting; what is no Python looks at nothing."""
    try:
        return probing.probes(ast.parse(source))
    except (SyntaxError, ValueError):
        return False


def module_name(file: str) -> str:
    """`a/b.py` -> `a.b`."""
    return file.removesuffix(".py").replace("/", ".")


def named(key: object) -> str:
    """A short name for what an operation is about, without any address."""
    name = getattr(key, "name", None)
    if isinstance(name, str) and name:
        return name
    if key is None:
        return ""
    if isinstance(key, str):
        return key
    made = getattr(key, "made", None)
    kind = type(key).__name__
    return f"{kind} {made}" if isinstance(made, int) else kind
