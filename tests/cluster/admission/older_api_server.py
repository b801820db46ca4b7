"""An API server of an older Kubernetes beside the cluster, without a node or controllers, that asks the same webhook.

It knows nothing of the cluster's Services, so it is given an address instead of a Service's name."""

from __future__ import annotations

from pathlib import Path

from support.api_server import ApiServer, Ports
from support.cluster import Cluster
from support.kubectl import Kubectl

from admission import policies
from admission.by_hand import ByHand

_PROGRAM = "kube-apiserver-1.31"
_PORTS = Ports(api=7443, etcd=12379, etcd_peers=12380)
_ADDRESS = "10.0.0.200"


class OlderApiServer:
    """Is started when it is made; `register` waits for it."""

    def __init__(self, logs: Path) -> None:
        # Nothing makes service accounts here.
        self.api = ApiServer(_PROGRAM, _PORTS, logs, ["--disable-admission-plugins=ServiceAccount"])
        self.kubectl = Kubectl(self.api, self.api.admin)

    def register(self, cluster: Cluster) -> None:
        installed = ByHand(cluster, "older", policy_files=policies.files(cluster.signer.public_key), address=_ADDRESS)
        self.api.wait()
        self.kubectl.apply(installed.by_address())
