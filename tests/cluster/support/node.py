"""A real node without a control plane: Debian's containerd, and a kubelet that reads static pods from a folder.

Nothing here is removed or stopped: the sandbox takes it all away. Pods use the host's network, which is the sandbox's,
so that no CNI plug-in is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from support import containerd, kubelet_settings
from support.daemon import Daemon
from support.http_request import answers_ok, request

_READ_ONLY_PORT = 10255
_KUBELET = f"127.0.0.1:{_READ_ONLY_PORT}"
_MANIFESTS = Path("/var/lib/manifests")
# The kubelet appends it to a static pod's name.
_NODE = "node"


def start(kubelet: Path, pause_image: str, logs: Path) -> Node:
    containerd.start(pause_image, logs).wait_until(containerd.answers)
    return Node(_start_kubelet(kubelet, logs))


class Node:
    def __init__(self, kubelet_log: Path) -> None:
        self._log: BinaryIO = kubelet_log.open("rb")
        self._unfinished_line = b""
        self._sandbox_failures: dict[str, str] = {}

    def add_pod(self, name: str, spec: dict[str, Any]) -> None:
        manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
        # A file whose name begins with a dot is not read, so the kubelet never sees half of one.
        part = _MANIFESTS / f".{name}.json"
        part.write_text(json.dumps(manifest))
        part.rename(_MANIFESTS / f"{name}.json")

    def remove_pod(self, name: str) -> None:
        (_MANIFESTS / f"{name}.json").unlink()

    def pods(self) -> dict[str, dict[str, Any]]:
        """What the kubelet knows of its pods, by the names that they were added with."""
        answer = request(_KUBELET, "GET", "/pods")
        items = json.loads(answer.body).get("items") or []
        return {_added_name(item["metadata"]["name"]): item for item in items}

    def sandbox_failures(self) -> dict[str, str]:
        """Why pods did not get as far as their first container, which a pod's status does not tell: it is an event,
        and without a control plane only the log has it."""
        *lines, self._unfinished_line = (self._unfinished_line + self._log.read()).split(b"\n")
        for entry in map(_log_entry, lines):
            if entry.get("msg") == "CreatePodSandbox for pod failed":
                self._sandbox_failures.setdefault(_added_name(entry["pod"]["name"]), entry["err"])
        return self._sandbox_failures


def _added_name(pod_name: str) -> str:
    return pod_name.removesuffix(f"-{_NODE}")


def _log_entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _start_kubelet(kubelet: Path, logs: Path) -> Path:
    _MANIFESTS.mkdir()
    configuration = Path("/var/lib/kubelet.yaml")
    configuration.write_text(json.dumps(_kubelet_configuration()))
    command = [
        str(kubelet),
        f"--config={configuration}",
        f"--hostname-override={_NODE}",
        f"--node-ip={kubelet_settings.add_node_address()}",
    ]
    daemon = Daemon("kubelet", [*command, "--logging-format=json"], logs)
    daemon.wait_until(lambda: answers_ok(_KUBELET, "/pods"))
    return daemon.log


def _kubelet_configuration() -> dict[str, Any]:
    return {
        **kubelet_settings.common(),
        "address": "127.0.0.1",
        "readOnlyPort": _READ_ONLY_PORT,
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": False}},
        "staticPodPath": str(_MANIFESTS),
    }
