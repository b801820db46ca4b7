"""Starts the cluster, puts Gatehouse into it and runs the cases. Runs in the sandbox; `run` starts it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from admission import runner
from admission.case import ClusterCase
from support.cluster import Cluster
from support.daemon import Failure

_SIDE_BY_SIDE = ["admission.by_hand_test"]
_ALONE = ["admission.drills_by_hand_test"]


def main() -> int:
    arguments = _arguments()
    started = time.monotonic()
    cluster = Cluster(arguments.pause.read_bytes(), arguments.image, arguments.output)
    print(f"admission: a node is ready after {time.monotonic() - started:.1f} s", flush=True)
    ClusterCase.cluster = cluster
    return 1 if runner.run(_SIDE_BY_SIDE, _ALONE, arguments.only) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", default="", help="cases whose names contain this")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"admission: {failure}", file=sys.stderr)
        sys.exit(2)
