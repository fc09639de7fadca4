"""Runs inside, standard library only: hello, then for each line {"probe": NAME, ...} the probe's answer as one JSON line."""

from __future__ import annotations

import json
import sys


def main() -> None:
    print(json.dumps({"hello": {"python": ".".join(map(str, sys.version_info[:3]))}}), flush=True)  # noqa: T201
    for line in sys.stdin:
        print(line, end="", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
