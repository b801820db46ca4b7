"""What Gatehouse adds to a create: dry runs of a good pod by ten clients, in a namespace that is judged and in one that
is not, in short turns, so that both meet the same machine."""

from __future__ import annotations

import json
import threading
import time

from support.cluster import Cluster
from support.daemon import Failure
from support.http_request import connect

from admission.pods import good_spec, pod

_CLIENTS = 10
_TURNS = 10
_CALLS_A_TURN = 40


def measure(cluster: Cluster, judged: str, free: str) -> str:
    """A line for people; the namespaces are by their names."""
    _turn(cluster, judged)
    _turn(cluster, free)
    times: dict[str, list[float]] = {judged: [], free: []}
    for _ in range(_TURNS):
        for namespace in (free, judged):
            times[namespace] += _turn(cluster, namespace)
    with_it, without = sorted(times[judged]), sorted(times[free])
    parts = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        one, other = _quantile(with_it, share), _quantile(without, share)
        parts.append(f"{name} {one:.1f} ms with Gatehouse, {other:.1f} ms without: {one - other:+.1f} ms")
    return f"{len(with_it)} creates each by {_CLIENTS} clients; {'; '.join(parts)}"


def _turn(cluster: Cluster, namespace: str) -> list[float]:
    """Milliseconds of each call."""
    times: list[float] = []
    threads = [threading.Thread(target=_create, args=(cluster, namespace, times)) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != _CLIENTS * _CALLS_A_TURN:
        raise Failure("a create failed, so nothing is measured")
    return times


def _create(cluster: Cluster, namespace: str, times: list[float]) -> None:
    connection = connect(cluster.api.address, cluster.api.admin.tls())
    target = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
    body = json.dumps(pod("one", good_spec(cluster.pause_image)))
    for _ in range(_CALLS_A_TURN):
        started = time.perf_counter()
        connection.request("POST", target, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            return
        times.append((time.perf_counter() - started) * 1000)
    connection.close()


def _quantile(times: list[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]
