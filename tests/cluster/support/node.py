"""A real node without a control plane: Debian's containerd, and a kubelet that reads static pods from a folder.

Nothing here is removed or stopped: the sandbox takes it all away. Pods use the host's network, which is the sandbox's,
so that no CNI plug-in is needed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, BinaryIO

from support import registry
from support.daemon import Daemon
from support.http_request import answers_ok, request

_READ_ONLY_PORT = 10255
_KUBELET = f"127.0.0.1:{_READ_ONLY_PORT}"
_SOCKET = Path("/run/containerd/containerd.sock")
_MANIFESTS = Path("/var/lib/manifests")
# The kubelet appends it to a static pod's name.
_NODE = "node"


def start(kubelet: Path, pause_image: str, logs: Path) -> Node:
    _start_containerd(pause_image, logs)
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


def _start_containerd(pause_image: str, logs: Path) -> None:
    hosts = Path("/var/lib/containerd-hosts")
    (hosts / registry.ADDRESS).mkdir(parents=True)
    (hosts / registry.ADDRESS / "hosts.toml").write_text(f'server = "http://{registry.ADDRESS}"\n')
    configuration = Path("/var/lib/containerd.toml")
    # A negative oom_score_adj needs a capability that not every machine has.
    configuration.write_text(
        f"""version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause_image}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{hosts}"
"""
    )
    daemon = Daemon("containerd", ["containerd", "--config", str(configuration)], logs)
    daemon.wait_until(_containerd_answers)


def _containerd_answers() -> bool:
    if not _SOCKET.exists():
        return False
    command = ["ctr", "--address", str(_SOCKET), "--connect-timeout", "1s", "version"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _start_kubelet(kubelet: Path, logs: Path) -> Path:
    _MANIFESTS.mkdir()
    configuration = Path("/var/lib/kubelet.yaml")
    configuration.write_text(json.dumps(_kubelet_configuration()))
    command = [
        str(kubelet),
        f"--config={configuration}",
        f"--hostname-override={_NODE}",
        f"--node-ip={_node_ip()}",
    ]
    daemon = Daemon("kubelet", [*command, "--logging-format=json"], logs)
    daemon.wait_until(lambda: answers_ok(_KUBELET, "/pods"))
    return daemon.log


def _node_ip() -> str:
    """A loopback address is refused as a node's; this one is on the sandbox's loopback device."""
    address = "10.99.0.1"
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    return address


def _kubelet_configuration() -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "readOnlyPort": _READ_ONLY_PORT,
        "healthzPort": 0,
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "containerRuntimeEndpoint": f"unix://{_SOCKET}",
        "staticPodPath": str(_MANIFESTS),
        "podLogsDir": "/var/log/pods",
        "volumePluginDir": "/var/lib/kubelet-plugins",
        "resolvConf": "",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": os.environ["GATEHOUSE_CGROUP"],
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "evictionHard": {"memory.available": "1Mi"},
        "imageGCHighThresholdPercent": 100,
        "maxPods": 1000,
        "registryPullQPS": 0,
        "serializeImagePulls": False,
        # Without it the kubelet insists on limits that the root of not every machine may raise.
        "featureGates": {"KubeletInUserNamespace": True},
    }
