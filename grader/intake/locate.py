"""Which file of a commit is the homework. Pure: a tree listing in, a path out; no content is looked at."""

from __future__ import annotations

import difflib
import posixpath
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from grader.errors import IntakeError, NotWrittenError
from grader.intake.shown import listed, shown
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.language import Message

REGULAR = frozenset({"100644", "100755", "100664"})
SYMLINK = "120000"
SUBMODULE = "160000"
# Folders that hold other people's code or a tool's files; also every folder whose name begins with a dot.
_IGNORED = frozenset(
    {"node_modules", "venv", "virtualenv", "site-packages", "dist-packages", "__pycache__", "__MACOSX"}
)
_COMPARED = 2_000  # names looked at for a likeness


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line of a tree listing. `path` keeps bytes that are not UTF-8 by surrogateescape; `size` -1 is unknown."""

    path: str
    mode: str
    oid: str
    size: int = -1


@dataclass(frozen=True, slots=True)
class Located:
    """The homework file, from the root of the repository, and what a reader must know about how it was found."""

    path: str
    notices: tuple[Message, ...] = ()


def locate(entries: Sequence[Entry], wanted: str, day: int | None, folder: str | None = None) -> Located:
    """Find `wanted` (a path such as `collect.py`) in a commit.

    In `folder`, if one was given, else in the whole repository: the exact path; else the only file of that name under a
    folder whose name has `day` in it as a whole number; else the only file of that name at all, with a notice.
    Raises IntakeError that names what was looked for and what is there.
    """
    search = _Search(entries, wanted, folder)
    for exact in search.exact:
        if exact in search.regular:
            return Located(search.regular[exact].path, search.elsewhere(exact, day))
    of_day = [path for path in search.named if day is not None and day in _numbers_above(path, search.scope)]
    if len(of_day) > 1:
        # "day27-day36/day33/x.py" is under a folder that says 36, but not the way "day36/x.py" is
        closest = [path for path in of_day if day in _numbers_above(path, search.scope, single=True)]
        if len(closest) == 1:
            others = [path for path in of_day if path not in closest]
            return Located(search.regular[closest[0]].path, (_not_graded(closest[0], others),))
    if len(of_day) == 1:
        return Located(search.regular[of_day[0]].path)
    if len(search.named) == 1:
        path = search.named[0]
        return Located(
            search.regular[path].path,
            (say("{file} was found at {path}, not where it was looked for.", file=shown(wanted), path=shown(path)),),
        )
    if search.named:
        raise IntakeError(
            say(
                "There are several files named {file}: {paths}.",
                file=shown(posixpath.basename(wanted)),
                paths=listed(of_day or search.named),
            ),
            remedy=say("Say which folder is meant, or leave only one of them."),
        )
    return search.refuse()


def case_clashes(paths: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of paths that one folder of Windows or macOS could not hold beside each other, sorted."""
    groups: dict[str, set[str]] = {}
    for path in paths:
        parts = path.split("/")
        for n in range(1, len(parts) + 1):
            groups.setdefault(_folded("/".join(parts[:n])), set()).add("/".join(parts[:n]))
    found = [tuple(sorted(group)) for group in groups.values() if len(group) > 1]
    roots = {path for group in found for path in group}
    return sorted(g for g in found if not all(posixpath.dirname(p) in roots for p in g))


def is_ignored(parts: Sequence[str]) -> bool:
    """Whether folders on the way (all parts but the last) hold no homework."""
    return any(part in _IGNORED or (part.startswith(".") and part != ".") for part in parts[:-1])


def environments(entries: Iterable[Entry]) -> frozenset[str]:
    """Folders that are virtual environments, whatever their names."""
    found = set()
    for entry in entries:
        parts = entry.path.split("/")
        if parts[-1] == "pyvenv.cfg":
            found.add("/".join(parts[:-1]))
        elif "site-packages" in parts:
            n = parts.index("site-packages")
            if n >= 1 and parts[n - 1].lower() == "lib":
                found.add("/".join(parts[: n - 1]))
            elif n >= 2 and parts[n - 2].lower() in {"lib", "lib64"}:  # lib/python3.11/site-packages
                found.add("/".join(parts[: n - 2]))
    return frozenset(found - {""})


def within(path: str, folders: frozenset[str]) -> bool:
    """Whether `path` lies in one of `folders`."""
    parts = path.split("/")
    return any("/".join(parts[:n]) in folders for n in range(1, len(parts)))


def clean_folder(folder: str | None) -> str:
    r"""A folder as people write it ("./作业\day31/") in the form of a tree listing; "" is the root. Raises IntakeError."""
    parts = [part for part in (folder or "").strip().replace("\\", "/").split("/") if part not in {"", "."}]
    if ".." in parts:
        raise IntakeError(
            say("The folder {folder} leaves the repository.", folder=shown(folder or "")),
            remedy=say("Give a folder inside the repository."),
        )
    return _nfc("/".join(parts))


class _Search:
    """A listing with the questions `locate` asks. Paths are compared in Unicode's composed form."""

    def __init__(self, entries: Sequence[Entry], wanted: str, folder: str | None) -> None:
        self.entries = entries
        self.wanted = _nfc(wanted)
        self.regular = {_nfc(entry.path): entry for entry in entries if entry.mode in REGULAR}
        self.scope = self._scope(clean_folder(folder))
        self.name = posixpath.basename(self.wanted)
        self.exact = [posixpath.join(self.scope, self.wanted)]
        if self.scope:  # "day32/quiz.yaml" with the folder "day32"
            self.exact.append(posixpath.join(self.scope, self.name))
        self.foreign = frozenset(f for f in environments(entries) if len(f) > len(self.scope))
        self.named = sorted(
            path for path in self.regular if posixpath.basename(path) == self.name and self._is_searched(path)
        )

    def _is_searched(self, path: str) -> bool:
        if self.scope and not path.startswith(self.scope + "/"):
            return False
        below = path[len(self.scope) + 1 if self.scope else 0 :]
        return not is_ignored(below.split("/")) and not within(path, self.foreign)

    def _scope(self, folder: str) -> str:
        if not folder:
            return ""
        folders = self._folders()
        if folder in folders:
            return folder
        if folder in self.regular:  # the file itself was named
            return posixpath.dirname(folder)
        for entry in self.entries:
            path = _nfc(entry.path)
            if entry.mode in {SYMLINK, SUBMODULE} and (folder == path or folder.startswith(path + "/")):
                raise IntakeError(*_not_followed(path, entry.mode))
        same = [other for other in folders if _folded(other) == _folded(folder)]
        near = same or difflib.get_close_matches(folder, sorted(folders)[:_COMPARED], 3, 0.7)
        here = near or [other for other in folders if "/" not in other]
        raise IntakeError(
            say("Looked for the folder {folder}, found {found}.", folder=shown(folder), found=listed(here) or "-"),
            remedy=say("Name the folder exactly as it is written in the repository; capital letters count."),
        )

    def _folders(self) -> set[str]:
        found: set[str] = set()
        for path in self.regular:
            parent = posixpath.dirname(path)
            while parent and parent not in found:
                found.add(parent)
                parent = posixpath.dirname(parent)
        return found

    def elsewhere(self, path: str, day: int | None) -> tuple[Message, ...]:
        """A notice, where the exact path stood outside and another file of that name lies in the day's folder."""
        if day is None or day in _numbers_above(path, ""):
            return ()
        others = [other for other in self.named if other != path and day in _numbers_above(other, self.scope)]
        return (_not_graded(path, others),) if others else ()

    def refuse(self) -> NoReturn:
        """There is no file of that name: say what is there that might have been meant."""
        for entry in self.entries:
            path = _nfc(entry.path)
            if entry.mode == SYMLINK and posixpath.basename(path) == self.name:
                raise IntakeError(*_not_followed(path, SYMLINK))
            if entry.mode == SUBMODULE and (self.exact[0].startswith(path + "/")):
                raise IntakeError(*_not_followed(path, SUBMODULE))
        files = sorted(path for path in self.regular if self._is_searched(path))
        if not files:
            raise NotWrittenError(
                say("Looked for {file}; there are no files.", file=shown(self.exact[0])),
                remedy=say("Commit your work and push it."),
            )
        names = {posixpath.basename(path) for path in files}
        same = {name for name in names if _folded(name) == _folded(self.name)}
        near = same or set(difflib.get_close_matches(self.name, sorted(names)[:_COMPARED], 3, 0.6))
        here = [path for path in files if posixpath.basename(path) in near]
        here = here or [path for path in files if path.endswith(posixpath.splitext(self.name)[1])] or files
        submodules = [entry.path for entry in self.entries if entry.mode == SUBMODULE]
        remedy = say("Name the file exactly so, capital letters too, commit it and push it.")
        if submodules:
            remedy = say(
                "Submodules are not fetched: {paths}. Put the file into the repository itself.",
                paths=listed(submodules),
            )
        kind = IntakeError if same or submodules else NotWrittenError
        raise kind(
            say("Looked for {file}, found {found}.", file=shown(self.exact[0]), found=listed(here)), remedy=remedy
        )


def _not_followed(path: str, mode: str) -> tuple[Message]:
    if mode == SYMLINK:
        return (say("{path} is a symbolic link; links are not followed. Commit the file itself.", path=shown(path)),)
    return (
        say(
            "{path} is a submodule; submodules are not fetched. Put the files into the repository itself.",
            path=shown(path),
        ),
    )


def _not_graded(path: str, others: Sequence[str]) -> Message:
    return say("{path} is graded; there is also {others}.", path=shown(path), others=listed(others))


def _numbers_above(path: str, scope: str, *, single: bool = False) -> set[int]:
    """Whole numbers in the names of the folders between `scope` and the file; `single`: of folders with one number only."""
    below = path[len(scope) + 1 if scope else 0 :]
    found: set[int] = set()
    for part in below.split("/")[:-1]:
        numbers = {int(digits) for digits in re.findall(r"\d+", part) if len(digits) < 10}
        if not single or len(numbers) == 1:
            found |= numbers
    return found


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _folded(text: str) -> str:
    return _nfc(text.casefold())
