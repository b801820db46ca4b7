"""What happens to a Gatehouse in operation, beside a stream of creates. Each drill ends when it is whole again."""

from __future__ import annotations

import os
import resource
import signal
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from support.kubectl import Kubectl
from support.waiting import wait_for

from admission.stream import Stream

# Values of the chart with which replicas go at once.
UNPROTECTED = {"drainDelaySeconds": 0, "shutdownTimeoutSeconds": 1}
_REPLICAS = 2


class Installation(Protocol):
    kubectl: Kubectl
    deployment: str
    selector: str


def restart(installed: Installation, _: Stream) -> None:
    target = f"deployment/{installed.deployment}"
    installed.kubectl.must("rollout", "restart", target)
    installed.kubectl.must("rollout", "status", target, "--timeout=90s", limit_seconds=100)
    wait_until_whole(installed)


def delete_each(installed: Installation, _: Stream) -> None:
    """One replica after the other, so that the one is among them that the API server is connected to."""
    for pod in replicas(installed):
        installed.kubectl.must("delete", f"pod/{pod['metadata']['name']}", limit_seconds=90)
        wait_until_whole(installed)


def kill_each(installed: Installation, _: Stream) -> None:
    """On the node, without a signal that could be handled. The kubelet starts the container again."""
    for pod in replicas(installed):
        os.kill(_process(pod["metadata"]["uid"]), signal.SIGKILL)
        wait_for("the container's restart", partial(_has_restarted, installed, pod["metadata"]["name"]))
        wait_until_whole(installed)


def wait_until_gone(installed: Installation) -> None:
    wait_for("the end of all replicas", lambda: not replicas(installed), 90)


def wait_until_whole(installed: Installation) -> None:
    """All replicas ready, and those that were before them gone."""

    def is_whole() -> bool:
        pods = replicas(installed)
        ready = [each for each in pods if _is_ready(each) and "deletionTimestamp" not in each["metadata"]]
        return len(ready) == len(pods) == _REPLICAS

    wait_for("all replicas", is_whole, 90)


def resident_bytes(replica: dict[str, Any]) -> int:
    pages = Path(f"/proc/{_process(replica['metadata']['uid'])}/statm").read_text()
    return int(pages.split()[1]) * resource.getpagesize()


def _has_restarted(installed: Installation, name: str) -> bool:
    containers = installed.kubectl.get("pods", name)["status"]["containerStatuses"]
    return bool(containers[0]["restartCount"])


def replicas(installed: Installation) -> list[dict[str, Any]]:
    pods: list[dict[str, Any]] = installed.kubectl.items("pods", f"labelSelector={installed.selector}")
    return pods


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _process(uid: str) -> int:
    """Of the container of a pod: the process in the pod's cgroup that runs our binary."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            in_pod = uid in (folder / "cgroup").read_text()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if in_pod and command.startswith(b"/gatehouse\0"):
            return int(folder.name)
    raise AssertionError(f"no process of pod {uid}")
