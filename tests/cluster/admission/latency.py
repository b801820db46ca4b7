"""What Gatehouse adds to a create: dry runs of a good pod by ten clients, in a namespace that is judged and in one that
is not, in short turns, so that both meet the same machine. Twice: with 100 creates a second, which is latency, and as fast
as they come, which is rather how much work a create is to API server, node and clients on the same processors."""

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
_PERIOD_SECONDS = 0.1


def measure(cluster: Cluster, judged: str, free: str) -> list[str]:
    """Lines for people; the namespaces are by their names."""
    paced = f"at {_CLIENTS / _PERIOD_SECONDS:.0f} a second"
    return [
        f"{name}: {_compare(cluster, judged, free, period)}"
        for name, period in ((paced, _PERIOD_SECONDS), ("as fast as they come", 0.0))
    ]


def _compare(cluster: Cluster, judged: str, free: str, period: float) -> str:
    _turn(cluster, judged, period)
    _turn(cluster, free, period)
    times: dict[str, list[float]] = {judged: [], free: []}
    for _ in range(_TURNS):
        for namespace in (free, judged):
            times[namespace] += _turn(cluster, namespace, period)
    with_it, without = sorted(times[judged]), sorted(times[free])
    parts = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        one, other = _quantile(with_it, share), _quantile(without, share)
        parts.append(f"{name} {one:.1f} ms with Gatehouse, {other:.1f} ms without: {one - other:+.1f} ms")
    return f"{len(with_it)} creates each by {_CLIENTS} clients; {'; '.join(parts)}"


def _turn(cluster: Cluster, namespace: str, period: float) -> list[float]:
    """Milliseconds of each call. Every client makes one each `period` seconds, each at a time of its own."""
    times: list[float] = []
    begin = time.perf_counter() + 0.1
    threads = [
        threading.Thread(target=_create, args=(cluster, namespace, begin + period * i / _CLIENTS, period, times))
        for i in range(_CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != _CLIENTS * _CALLS_A_TURN:
        raise Failure("a create failed, so nothing is measured")
    return times


def _create(cluster: Cluster, namespace: str, begin: float, period: float, times: list[float]) -> None:
    connection = connect(cluster.api.address, cluster.api.admin.tls())
    target = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
    body = json.dumps(pod("one", good_spec(cluster.pause_image)))
    for number in range(_CALLS_A_TURN):
        time.sleep(max(0.0, begin + period * number - time.perf_counter()))
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
