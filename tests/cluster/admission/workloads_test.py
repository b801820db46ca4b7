"""Workloads, which make pods: what is said when they are applied, and what becomes of the pods."""

from __future__ import annotations

from functools import partial
from typing import Any

from support.kubectl import Kubectl
from support.waiting import wait_for

from admission.case import ClusterCase, as_json
from admission.pods import WORKLOADS, bad_spec, good_spec, workload

_BAD_IMAGE = "registry.example.com/app:latest"


class Applying(ClusterCase):
    def test_each_kind_of_workload_is_warned_of(self) -> None:
        kubectl = self.namespace("restricted")
        for kind in WORKLOADS:
            with self.subTest(kind):
                document = as_json(workload(kind, "one", bad_spec(_BAD_IMAGE), replicas=0))
                applied = kubectl.run("apply", "--dry-run=server", "--filename=-", stdin=document)
                self.assert_warned(f"workload_warned_{kind.lower()}", applied)

    def test_each_kind_of_workload_is_denied_where_the_policy_says_so(self) -> None:
        kubectl = self.namespace("workloads")
        for kind in WORKLOADS:
            with self.subTest(kind):
                document = as_json(workload(kind, "one", bad_spec(_BAD_IMAGE)))
                applied = kubectl.run("apply", "--filename=-", stdin=document)
                self.assert_denied(f"workload_denied_{kind.lower()}", applied)

    def test_each_kind_of_workload_passes_in_silence_with_a_good_template(self) -> None:
        kubectl = self.namespace("workloads")
        for kind in WORKLOADS:
            with self.subTest(kind):
                document = as_json(workload(kind, "one", good_spec(self.cluster.pause_image)))
                self.assert_silent(kubectl.run("apply", "--dry-run=server", "--filename=-", stdin=document))

    def test_set_image_of_a_deployment_is_denied_where_the_policy_says_so(self) -> None:
        kubectl = self.namespace("workloads")
        kubectl.apply(workload("Deployment", "one", good_spec(self.cluster.pause_image), replicas=0))
        denied = kubectl.run("set", "image", "deployment/one", f"app={_BAD_IMAGE}")
        self.assert_denied("set_image_of_deployment", denied)


class Pods(ClusterCase):
    def test_failed_create_events_carry_our_message(self) -> None:
        kubectl = self.namespace("restricted")
        for kind in ("ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job"):
            with self.subTest(kind):
                document = as_json(workload(kind, "one", bad_spec(_BAD_IMAGE)))
                self.assertEqual(kubectl.run("apply", "--filename=-", stdin=document).status, 0)
                event = wait_for(f"an event of the {kind}", partial(_failed_create, kubectl, kind), 30)
                self.assert_golden(f"event_{kind.lower()}", event["message"] + "\n")

    def test_a_deployment_tells_in_its_conditions_why_its_pods_fail(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(workload("Deployment", "one", bad_spec(_BAD_IMAGE)))
        applied = kubectl.run("apply", "--filename=-", stdin=document)
        self.assertEqual(applied.status, 0, applied.text)
        condition = wait_for("the condition", lambda: _condition(kubectl, "ReplicaFailure"), 30)
        self.assertEqual((condition["status"], condition["reason"]), ("True", "FailedCreate"))
        self.assert_golden("condition_of_deployment", condition["message"] + "\n")

    def test_a_good_deployment_is_scaled_and_rolled_and_deleted_in_silence(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(workload("Deployment", "one", good_spec(self.cluster.pause_image)))
        self.assert_silent(kubectl.run("create", "--filename=-", stdin=document))
        _rolled_out(kubectl)
        self.assert_silent(kubectl.run("scale", "deployment/one", "--replicas=2"))
        _rolled_out(kubectl)
        self.assert_silent(kubectl.run("rollout", "restart", "deployment/one"))
        _rolled_out(kubectl)
        self.assert_silent(kubectl.run("rollout", "undo", "deployment/one"))
        _rolled_out(kubectl)
        self.assertEqual(kubectl.get("deployments", "one")["status"]["readyReplicas"], 2)
        self.assert_silent(kubectl.run("delete", "deployment/one"))
        wait_for("the pods' end", lambda: not kubectl.items("pods"))

    def test_replica_sets_of_an_old_deployment_go_on_where_templates_are_denied(self) -> None:
        """Denying them would stop a rollback half-way; the pods are judged all the same."""
        kubectl = self.namespace("workloads")
        bootstrap = self.cluster.bootstrap.within(kubectl.namespace)
        bootstrap.apply(workload("Deployment", "one", bad_spec(_BAD_IMAGE), replicas=0))
        wait_for("the ReplicaSet", lambda: kubectl.items("replicasets"))
        self.assert_silent(kubectl.run("scale", "deployment/one", "--replicas=1"))
        wait_for("its scaling", lambda: kubectl.items("replicasets")[0]["spec"]["replicas"] == 1)
        wait_for("its failure", lambda: _failed_create(kubectl, "ReplicaSet"))


def _failed_create(kubectl: Kubectl, kind: str) -> dict[str, Any] | None:
    selector = f"fieldSelector=reason=FailedCreate,involvedObject.kind={kind}"
    events: list[dict[str, Any]] = kubectl.items("events", selector)
    return events[0] if events else None


def _condition(kubectl: Kubectl, kind: str) -> dict[str, Any] | None:
    conditions = kubectl.get("deployments", "one").get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == kind), None)


def _rolled_out(kubectl: Kubectl) -> None:
    kubectl.must("rollout", "status", "deployment/one", "--timeout=60s", limit_seconds=70)
