"""Starts the cluster, puts Gatehouse into it and runs the cases. Runs in the sandbox; `run` starts it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from support import cases
from support.cases import Phase
from support.cluster import Cluster

from admission import latency
from admission.case import ClusterCase
from admission.chart import Chart
from admission.drill_case import DrillCase
from admission.older_api_server import OlderApiServer
from admission.older_api_server_test import Kubernetes131

_PHASES = [
    Phase(
        [
            # What takes longest comes first.
            "admission.existing_pods_test",
            "admission.workloads_test",
            "admission.parity_test",
            "admission.by_hand_test",
            "admission.chart_test",
            "admission.running_pods_test",
            "admission.images_test",
            "admission.older_api_server_test",
            "admission.audit_test",
            "admission.messages_test",
        ],
        at_a_time=8,
    ),
    # What replicas take is looked at when they have worked and before they are replaced; what the API server counted,
    # before calls are made to fail.
    Phase(
        [
            "admission.drills_test.Drills",
            "admission.memory_test",
            "admission.drills_test.Replacing",
            "admission.metrics_test",
            "admission.closing_test.Killing",
        ]
    ),
    # Calls may fail here, so that one may disturb the other.
    Phase(["admission.unprotected_test"], at_a_time=4),
    Phase(["admission.closing_test.Closing"]),
]


def _follow(arguments: argparse.Namespace, logs: Path) -> int:
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
    return cases.run(_PHASES, arguments.only)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true", help="only tell what Gatehouse adds to a create")
    cases.main("admission", parser, _follow)
