"""A node of the cluster: containerd, a kubelet that belongs to the control plane, kube-proxy, and a network for pods.

Each pod is routed to on its own (ptp), so that what goes from pod to pod through a Service is translated on its way
back as well; on a bridge that would take a kernel module."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from support import containerd, kubelet_settings, name_server
from support.api_server import SERVICE_ADDRESSES, ApiServer
from support.daemon import Daemon

NAME = "node"
_STATE = Path("/var/lib/node")
_POD_ADDRESSES = "10.244.0.0/24"
_NETWORK: dict[str, object] = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "plugins": [
        {
            "type": "ptp",
            "ipam": {
                "type": "host-local",
                "dataDir": "/var/lib/pod-addresses",
                "ranges": [[{"subnet": _POD_ADDRESSES}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }
    ],
}


def prepare() -> None:
    """Before anything listens on the node's address."""
    address = kubelet_settings.add_node_address()
    # Without a route the kernel refuses cluster addresses before kube-proxy's rules can translate them.
    subprocess.run(["ip", "route", "add", SERVICE_ADDRESSES, "dev", "lo", "src", address], check=True)


def start_containerd(pause_image: str, logs: Path) -> Daemon:
    return containerd.start(pause_image, logs, _NETWORK)


def start(api: ApiServer, logs: Path) -> None:
    """Once the API server and containerd answer."""
    _STATE.mkdir()
    configuration = _STATE / "kubelet.json"
    configuration.write_text(json.dumps(_kubelet_configuration(api)))
    kubelet = api.user(f"system:node:{NAME}", "system:nodes")
    command = [
        "kubelet",
        f"--config={configuration}",
        f"--kubeconfig={kubelet.kubeconfig}",
        f"--hostname-override={NAME}",
        f"--node-ip={kubelet_settings.NODE_ADDRESS}",
    ]
    Daemon("kubelet", command, logs)
    proxy = api.user("system:kube-proxy")
    command = [
        "kube-proxy",
        f"--kubeconfig={proxy.kubeconfig}",
        f"--hostname-override={NAME}",
        "--proxy-mode=iptables",
        f"--cluster-cidr={_POD_ADDRESSES}",
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0s",
        "--conntrack-tcp-timeout-close-wait=0s",
    ]
    Daemon("kube-proxy", command, logs)


def _kubelet_configuration(api: ApiServer) -> dict[str, Any]:
    names = [f"DNS:{NAME}", f"IP:{kubelet_settings.NODE_ADDRESS}"]
    serving = api.authority.issue_server("kubelet", names)
    return {
        **kubelet_settings.common(),
        "address": kubelet_settings.NODE_ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": str(api.authority.certificate)},
        },
        "tlsCertFile": str(serving.certificate),
        "tlsPrivateKeyFile": str(serving.key),
        "clusterDNS": [kubelet_settings.NODE_ADDRESS],
        "clusterDomain": name_server.DOMAIN,
        "eventRecordQPS": 0,
        "kubeAPIQPS": 200,
        "kubeAPIBurst": 400,
        # How soon a changed ConfigMap or Secret arrives in pods.
        "syncFrequency": "1s",
    }
