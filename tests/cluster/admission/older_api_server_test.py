"""The contract between API server and webhook, with an API server of Kubernetes 1.31: the same words as with the
cluster's own."""

from __future__ import annotations

from typing import ClassVar

from support.audit_log import annotations_of, table
from support.kubectl import Kubectl
from support.waiting import wait_for

from admission.case import ClusterCase, as_json
from admission.older_api_server import OlderApiServer
from admission.pods import WORKLOADS, bad_spec, good_spec, pod, workload

_BAD_IMAGE = "registry.example.com/app:latest"


class Kubernetes131(ClusterCase):
    older: ClassVar[OlderApiServer]

    def namespace(self, policy: str, **labels: str) -> Kubectl:
        kubectl = self.older.kubectl.within(self.new_name(policy))
        metadata = {"name": kubectl.namespace, "labels": labels}
        document: dict[str, object] = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        self.older.api.create("/api/v1/namespaces", document)
        return kubectl

    def test_denies_a_pod(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(pod("one", bad_spec("nginx")))
        self.assert_denied("create", kubectl.run("create", "--filename=-", stdin=document))
        self.assert_denied("server_side_apply", kubectl.run("apply", "--server-side", "--filename=-", stdin=document))
        self.assert_denied("run", kubectl.run("run", "one", "--image=nginx", "--dry-run=server"))

    def test_denies_a_generated_name(self) -> None:
        document = pod("", bad_spec("nginx"))
        document["metadata"] = {"generateName": "one-"}
        denied = self.namespace("restricted").run("create", "--filename=-", stdin=as_json(document))
        self.assert_denied("generated_name", denied)

    def test_warns_of_a_pod(self) -> None:
        self.assert_warned("run_warned", self.namespace("warned").run("run", "one", "--image=nginx"))

    def test_lets_a_good_pod_in_and_a_bad_image_not(self) -> None:
        kubectl = self.namespace("restricted")
        good = as_json(pod("one", good_spec(self.cluster.pause_image)))
        self.assert_silent(kubectl.run("create", "--filename=-", stdin=good))
        self.assert_silent(kubectl.run("label", "pod/one", "tier=web"))
        denied = kubectl.run("set", "image", "pod/one", f"app={_BAD_IMAGE}")
        self.assert_denied("set_image", denied)
        denied = kubectl.run("debug", "one", "--image=busybox", "--profile=general", "--container=shell")
        self.assert_denied("debug", denied)
        self.assert_silent(kubectl.run("delete", "pod/one", "--wait=false"))

    def test_warns_of_each_kind_of_workload(self) -> None:
        kubectl = self.namespace("restricted")
        for kind in WORKLOADS:
            with self.subTest(kind):
                document = as_json(workload(kind, "one", bad_spec(_BAD_IMAGE), replicas=0))
                applied = kubectl.run("apply", "--dry-run=server", "--filename=-", stdin=document)
                self.assert_warned(f"workload_warned_{kind.lower()}", applied)

    def test_writes_annotations_into_the_audit_log(self) -> None:
        kubectl = self.namespace("audited")
        created = kubectl.run("create", "--filename=-", stdin=as_json(pod("one", bad_spec(_BAD_IMAGE))))
        self.assert_silent(created)
        log = self.older.api.audit_log
        annotations = wait_for("the event in the audit log", lambda: annotations_of(log, kubectl.namespace), 10)
        self.assert_golden("audit_audited", table(annotations))
