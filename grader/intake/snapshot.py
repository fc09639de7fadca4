"""What of a commit is graded: the homework file and its folder, content-addressed.

GRADER_HOME/snapshots/<digest>/
    snapshot.json     {"schema", "digest", "tree", "file", "files": [[name, sha256], ...]}
    notices.json      what was said when it was taken last
    <sha256>          one file each; a student's names are never names on our disk
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from grader.errors import InfrastructureError
from grader.language import Message, say


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files as committed, byte for byte. Names are relative to the homework's folder, with "/" between parts.

    `digest` depends on `file` and `files` only; `tree` on `files` only and is an attempt's identity: a push that changes
    none of these files is no new attempt. Notices are about how it was found and what was left out.
    """

    file: str
    files: Mapping[str, bytes]
    notices: tuple[Message, ...] = ()
    digest: str = field(init=False)
    tree: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", dict(sorted(self.files.items())))
        object.__setattr__(self, "tree", _digest(self._names()))
        object.__setattr__(self, "digest", _digest([self.file, *self._names()]))

    def _names(self) -> list[list[str]]:
        return [[name, hashlib.sha256(data).hexdigest()] for name, data in self.files.items()]

    def save(self, home: Path) -> Path:
        """Write it below `home`; saving what is there changes nothing but the notices. Safe with many writers."""
        target = home / "snapshots" / self.digest
        if not (target / "snapshot.json").exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
            try:
                for data in self.files.values():
                    (made / hashlib.sha256(data).hexdigest()).write_bytes(data)
                index = {
                    "schema": 1,
                    "digest": self.digest,
                    "tree": self.tree,
                    "file": self.file,
                    "files": self._names(),
                }
                (made / "snapshot.json").write_bytes(_canonical(index))
                (made / "notices.json").write_bytes(_canonical([message_to_json(m) for m in self.notices]))
                made.chmod(0o755)
                with contextlib.suppress(OSError):  # somebody else was first: equal bytes
                    made.rename(target)
            finally:
                shutil.rmtree(made, ignore_errors=True)
        self._save_notices(target)
        return target

    def _save_notices(self, target: Path) -> None:
        data = _canonical([message_to_json(m) for m in self.notices])
        if (target / "notices.json").read_bytes() != data:
            handle, name = tempfile.mkstemp(prefix=".notices-", dir=target)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(target / "notices.json")

    @classmethod
    def load(cls, home: Path, digest: str) -> Self:
        """The snapshot of that digest, checked against it. Raises InfrastructureError."""
        folder = home / "snapshots" / digest
        try:
            index = json.loads((folder / "snapshot.json").read_bytes())
            files = {name: (folder / sha).read_bytes() for name, sha in index["files"]}
            notices = tuple(message_from_json(m) for m in json.loads((folder / "notices.json").read_bytes()))
            found = cls(index["file"], files, notices)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InfrastructureError(
                say("The snapshot {digest} cannot be read: {why}", digest=digest, why=str(error))
            ) from error
        if found.digest != digest:
            raise InfrastructureError(say("The snapshot {digest} is damaged.", digest=digest))
        return found


def message_to_json(message: Message) -> dict[str, Any]:
    """A message as plain values; values that are neither messages nor numbers become text."""
    return {
        "text": message.text,
        "values": {
            name: message_to_json(value)
            if isinstance(value, Message)
            else value
            if isinstance(value, int)
            else str(value)
            for name, value in message.values.items()
        },
    }


def message_from_json(data: Mapping[str, Any]) -> Message:
    """The inverse of `message_to_json`."""
    values = {name: message_from_json(v) if isinstance(v, Mapping) else v for name, v in data["values"].items()}
    return Message(data["text"], values)


def _digest(value: object) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()


def _canonical(value: object) -> bytes:
    """JSON in ASCII; a byte that is not UTF-8 in a name stays as its lone surrogate."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
