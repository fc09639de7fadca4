"""Where pages are, relative to the class page. Ids are opaque: whatever they hold, a path of ours is ASCII and safe."""

from __future__ import annotations

import hashlib
import re

CLASS = "index.html"


def slug(text: str) -> str:
    """A file name for an id: itself where it is plain, else what is plain of it and a digest that tells it from others."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    plain = re.sub(r"[^A-Za-z0-9_-]+", "", text)[:20]
    return f"{plain}~{digest}"


def days_path(student: str) -> str:
    """All days of one student."""
    return f"{slug(student)}/index.html"


def report_path(student: str, assignment: str, suffix: str = "html") -> str:
    """The report of one student and one assignment."""
    return f"{slug(student)}/{slug(assignment)}.{suffix}"
