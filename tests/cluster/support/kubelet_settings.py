"""What every kubelet here is told, with a control plane or without."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

RUNTIME_SOCKET = Path("/run/containerd/containerd.sock")
NODE_ADDRESS = "10.99.0.1"


def add_node_address() -> str:
    """A loopback address is refused as a node's; this one is on the sandbox's loopback device."""
    subprocess.run(["ip", "address", "add", f"{NODE_ADDRESS}/32", "dev", "lo"], check=True)
    return NODE_ADDRESS


def common() -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "healthzPort": 0,
        "authorization": {"mode": "AlwaysAllow"},
        "containerRuntimeEndpoint": f"unix://{RUNTIME_SOCKET}",
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
