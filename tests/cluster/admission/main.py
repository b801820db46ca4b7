"""Starts the cluster, puts Gatehouse into it and runs the cases. Runs in the sandbox; `run` starts it."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from support.cluster import Cluster
from support.daemon import Failure

from admission import latency, runner
from admission.case import ClusterCase
from admission.chart import Chart
from admission.drill_case import DrillCase
from admission.older_api_server import OlderApiServer
from admission.older_api_server_test import Kubernetes131

_SIDE_BY_SIDE = [
    "admission.stream_test",
    "admission.messages_test",
    "admission.workloads_test",
    "admission.existing_pods_test",
    "admission.running_pods_test",
    "admission.audit_test",
    "admission.images_test",
    "admission.parity_test",
    "admission.chart_test",
    "admission.by_hand_test",
    "admission.older_api_server_test",
]
# In this order: what the API server counted is looked at before calls are made to fail.
_ALONE = [
    "admission.drills_test",
    "admission.metrics_test",
    "admission.memory_test",
    "admission.unprotected_test",
    "admission.closing_test",
]


def main() -> int:
    arguments = _arguments()
    # In memory: an API server that waits for the disk of a busy machine to take its audit log stands still.
    logs = Path("/var/log/cluster")
    logs.mkdir()
    try:
        return _run(arguments, logs)
    finally:
        shutil.copytree(logs, arguments.output, dirs_exist_ok=True)


def _run(arguments: argparse.Namespace, logs: Path) -> int:
    started = time.monotonic()
    cluster = Cluster(arguments.pause.read_bytes(), arguments.image, logs)
    print(f"admission: a node is ready after {time.monotonic() - started:.1f} s", flush=True)
    ClusterCase.cluster = cluster
    Kubernetes131.older = OlderApiServer(logs)
    DrillCase.chart = Chart(cluster)
    DrillCase.chart.install()
    print(f"admission: the chart is installed after {time.monotonic() - started:.1f} s", flush=True)
    if arguments.measure:
        judged = ClusterCase().namespace("restricted").namespace
        for line in latency.measure(cluster, judged, "kube-public"):
            print(f"admission: {line}")
        return 0
    Kubernetes131.older.register(cluster)
    failed = runner.run(_SIDE_BY_SIDE, _ALONE, arguments.only)
    print(f"admission: {time.monotonic() - started:.1f} s", flush=True)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--measure", action="store_true", help="only tell what Gatehouse adds to a create")
    parser.add_argument("--only", default="", help="cases whose names contain this")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"admission: {failure}", file=sys.stderr)
        sys.exit(2)
