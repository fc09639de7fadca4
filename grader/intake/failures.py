"""Why git failed, as one of our errors: the student's to mend (IntakeError) or not (InfrastructureError)."""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError, IntakeError
from grader.intake.shown import redacted, shown
from grader.language import say

if TYPE_CHECKING:
    from grader.errors import GraderError
    from grader.intake.address import Address
    from grader.intake.git import Caps, Result

_NO_ACCESS = re.compile(
    r"Permission denied|could not read (Username|Password)|Authentication failed|access denied|"
    r"repository .*not found|Repository not found|does not appear to be a git repository|not exist|DENIED",
    re.IGNORECASE,
)
_NO_GIT = re.compile(
    r"not valid: is this a git repository|invalid server response|protocol error: bad line length", re.IGNORECASE
)
_BAD_OBJECTS = re.compile(
    r"fsck error|fsck failed|error: object [0-9a-f]{40}|unpack.*corrupt|inflate:",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"early EOF|unexpected disconnect|RPC failed|hung up|reset by peer|timed out", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"Could not read from remote|make sure you have the correct access|and the repository exists|^warning:|^Warning:"
)
_OURS = re.compile(
    r"No space left|Host key verification failed|Disk quota|Out of memory|memory exhausted|certificate|"
    r"Unable to create .*lock|identity file|not accessible",
    re.IGNORECASE,
)


class NoAccessError(IntakeError):
    """The host says that there is nothing, or nothing for us."""


@dataclass(frozen=True, slots=True)
class Again:
    """Worth another try after `seconds` (None: our own back-off); `error` if tries are used up."""

    error: InfrastructureError
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The host answered with a redirect to this address."""

    location: str


def diagnose(
    result: Result, address: Address, caps: Caps, *, has_token: bool, now: datetime
) -> GraderError | Again | Moved:
    """What a failed command against a remote means."""
    place = address.shown
    if result.cut:
        return _cut(result.cut, place, caps)
    status = result.statuses[-1] if result.statuses else 0
    if 300 <= status < 400:
        return Moved(result.headers.get("location", ""))
    if status == 429 or status >= 500:
        what = say("{host} answered with status {status}.", host=address.host, status=status)
        return Again(InfrastructureError(what, remedy=_LATER), _seconds(result.headers.get("retry-after", ""), now))
    if status == 401 and has_token:
        return InfrastructureError(
            say("{host} did not accept the course's access token.", host=address.host),
            remedy=say("Put a valid token into the token_file that course.yaml names for this host."),
        )
    if status in {401, 403, 404, 410, 451}:
        return _no_access(address, status)
    return _by_text(result, address)


def _by_text(result: Result, address: Address) -> GraderError | Again:
    text, place = result.err, address.shown
    if _BAD_OBJECTS.search(text):
        return IntakeError(
            say("The repository {place} has damaged or forbidden objects: {why}", place=place, why=_why(text)),
            remedy=say("Make a new repository and push your files to it."),
        )
    if _OURS.search(text):
        return InfrastructureError(
            say("{place} could not be fetched: {why}", place=place, why=_why(text)), remedy=_LATER
        )
    if _NO_GIT.search(text):
        return no_repository(place)
    if _NO_ACCESS.search(text):
        return _no_access(address, 0)
    return Again(
        InfrastructureError(say("{place} could not be fetched: {why}", place=place, why=_why(text)), remedy=_LATER)
    )


def no_repository(place: str) -> IntakeError:
    """Something answers there, but it is not git."""
    return IntakeError(
        say("There is no git repository at {place}.", place=place),
        remedy=say("Open the address in a browser that is not logged in; give the address of the repository's page."),
    )


def too_large(place: str) -> IntakeError:
    """The byte, file or object cap was reached."""
    return IntakeError(
        say("The repository {place} is too large.", place=place),
        remedy=say(
            "Leave data, videos, virtual environments and build results out of it; a new repository with the homework alone is best."
        ),
    )


def _cut(cut: str, place: str, caps: Caps) -> GraderError:
    if cut in {"size", "objects", "output"}:
        return too_large(place)
    if cut == "stopped":
        return InfrastructureError(say("Fetching {place} was stopped.", place=place), remedy=_LATER)
    return InfrastructureError(
        say("{place} did not answer within {seconds} seconds.", place=place, seconds=f"{caps.wall:g}"), remedy=_LATER
    )


def _no_access(address: Address, status: int) -> IntakeError:
    if address.kind == "local":
        return IntakeError(say("There is no git repository at {place}.", place=address.shown))
    code = f" ({status})" if status else ""
    return NoAccessError(
        say("No access to {place}{code}: it does not exist, or it is private.", place=address.shown, code=code),
        remedy=say(
            "Check the address in a browser that is not logged in. Make the repository public, or give the course's account the right to read it."
        ),
    )


def _why(text: str) -> str:
    """The line that says most, safe to show; addresses in it without secrets."""
    lines = [line for line in text.splitlines() if line.strip("@ ") and not _SAYS_NOTHING.search(line)]
    first = [line for line in lines if line.startswith(("error:", "ssh:"))] or lines or [""]
    words = first[-1].split()
    return shown(" ".join(redacted(word) if "@" in word or "://" in word else word for word in words))


def _seconds(text: str, now: datetime) -> float | None:
    """A Retry-After header: seconds or an HTTP date."""
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())


_LATER = say("This is not the student's fault; try again later.")
