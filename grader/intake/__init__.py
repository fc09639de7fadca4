"""From a repository URL to a pinned snapshot. Never runs anything of a student's; git is the only program started here.

`take` does all of it for one assignment; `pin` only fetches and names the commit. Both share a `Mirrors`, which asks each
repository once per run. May import `grader.course`, `grader.errors`, `grader.language`; nothing later in the flow.
"""

from grader.intake.address import Address, parse_address
from grader.intake.git import Caps
from grader.intake.locate import Located, locate
from grader.intake.mirror import Mirror, Mirrors
from grader.intake.snapshot import Snapshot
from grader.intake.take import Pin, Pinned, pin, take

__all__ = [
    "Address",
    "Caps",
    "Located",
    "Mirror",
    "Mirrors",
    "Pin",
    "Pinned",
    "Snapshot",
    "locate",
    "parse_address",
    "pin",
    "take",
]
