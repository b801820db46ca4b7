"""A whole cluster in the sandbox: registry, control plane and one node, started side by side."""

from __future__ import annotations

import json
from pathlib import Path

from support import cluster_node, containerd, control_plane, layer, name_server, registry
from support.api_server import ApiServer, Ports
from support.kubectl import Kubectl
from support.kubelet_settings import NODE_ADDRESS
from support.signer import Signer
from support.waiting import wait_for


class Cluster:
    def __init__(self, pause: bytes, gatehouse: Path, logs: Path) -> None:
        """`pause` is the program of pods' sandboxes, `gatehouse` the OCI layout of our image."""
        cluster_node.prepare()
        Path("/var/lib/kubectl").mkdir()
        self.api = ApiServer("kube-apiserver", Ports(), logs)
        registry.start(logs)
        self.kubectl = Kubectl(self.api, self.api.admin)
        # Somebody whom policies leave alone, by name.
        self.bootstrap = Kubectl(self.api, self.api.user("bootstrap", "system:masters"))
        self.signer = Signer(Path("/var/lib/signer"))
        self._pause = [layer.compressed([], {"pause": pause})]
        self.pause_image = registry.Repository("pause").push_image("1", self._pause, {"Entrypoint": ["/pause"]})
        self.gatehouse_image = registry.Repository("gatehouse").push_layout("test", gatehouse)
        runtime = cluster_node.start_containerd(self.pause_image, logs)
        self.api.wait()
        control_plane.start_controllers(self.api, logs)
        name_server.start(NODE_ADDRESS, self.api)
        runtime.wait_until(containerd.answers)
        cluster_node.start(self.api, logs)
        wait_for("a node that is ready", self._node_is_ready)
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        wait_for("the default service account", lambda: self.api.exists(account))

    def push_pause(self, name: str) -> str:
        """Another image that only waits, of a digest of its own; its reference by digest, as pods can use it."""
        repository = registry.Repository(name)
        repository.push_image("1", self._pause, {"Entrypoint": ["/pause"], "Labels": {"name": name}})
        return f"{registry.NODE_ADDRESS}/{name}@{repository.digest_of('1')}"

    def _node_is_ready(self) -> bool:
        nodes = json.loads(self.api.get("/api/v1/nodes"))["items"]
        conditions = [each for node in nodes for each in node["status"].get("conditions", [])]
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
