"""Starts a cluster and follows the pages. Runs in the sandbox; `run` starts it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from support import cases
from support.cluster import Cluster

from documentation.case import DocumentationCase

_PHASES = [cases.Phase(["documentation.readme_test", "documentation.pages_test"])]


def _follow(arguments: argparse.Namespace, logs: Path) -> int:
    started = time.monotonic()
    DocumentationCase.cluster = Cluster(arguments.pause.read_bytes(), arguments.image, logs)
    DocumentationCase.image = arguments.image
    print(f"documentation: a node is ready after {time.monotonic() - started:.1f} s", flush=True)
    return cases.run(_PHASES, arguments.only)


if __name__ == "__main__":
    cases.main("documentation", argparse.ArgumentParser(), _follow)
