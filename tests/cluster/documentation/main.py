"""Starts a cluster and follows the pages. Runs in the sandbox; `run` starts it."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from admission import runner
from support.cluster import Cluster
from support.daemon import Failure

from documentation.case import DocumentationCase

_CASES = ["documentation.readme_test", "documentation.pages_test"]


def main() -> int:
    arguments = _arguments()
    logs = Path("/var/log/cluster")
    logs.mkdir()
    try:
        return _run(arguments, logs)
    finally:
        shutil.copytree(logs, arguments.output, dirs_exist_ok=True)


def _run(arguments: argparse.Namespace, logs: Path) -> int:
    started = time.monotonic()
    DocumentationCase.cluster = Cluster(arguments.pause.read_bytes(), arguments.image, logs)
    DocumentationCase.image = arguments.image
    print(f"documentation: a node is ready after {time.monotonic() - started:.1f} s", flush=True)
    failed = runner.run([], _CASES, arguments.only)
    print(f"documentation: {time.monotonic() - started:.1f} s", flush=True)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", default="", help="pages whose names contain this")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"documentation: {failure}", file=sys.stderr)
        sys.exit(2)
