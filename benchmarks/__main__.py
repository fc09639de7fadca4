"""`python -m benchmarks`: cost of sandbox + judge + protocol per submission, beside a bare interpreter and `docker run` with pytest inside.

Every figure is printed as a ratio to a baseline of the same run, with the absolute value for orientation only.
"""

from __future__ import annotations

import sys

from benchmarks import schedules, submission


def main() -> None:
    schedules.main()
    print()
    submission.main(sys.argv[1:])


if __name__ == "__main__":
    main()
