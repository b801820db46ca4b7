"""What the API server itself writes down about our answers: its audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.kubectl import Kubectl
from support.waiting import wait_for

from admission.case import ClusterCase, as_json
from admission.pods import bad_spec, good_spec, pod

_BAD_IMAGE = "registry.example.com/app:latest"


class AuditLog(ClusterCase):
    def annotations(self, kubectl: Kubectl) -> dict[str, str]:
        log = self.cluster.api.audit_log
        return wait_for("the event in the audit log", lambda: annotations_of(log, kubectl.namespace), 10)

    def test_has_what_is_audited_only(self) -> None:
        kubectl = self.namespace("audited")
        self.assert_silent(kubectl.run("create", "--filename=-", stdin=as_json(pod("one", bad_spec(_BAD_IMAGE)))))
        self.assert_golden("audit_audited", table(self.annotations(kubectl)))

    def test_has_what_is_warned_of(self) -> None:
        kubectl = self.namespace("warned")
        created = kubectl.run("create", "--filename=-", stdin=as_json(pod("one", bad_spec(_BAD_IMAGE))))
        self.assertEqual(created.status, 0)
        self.assert_golden("audit_warned", table(self.annotations(kubectl)))

    def test_names_the_policies_that_let_a_pod_in(self) -> None:
        kubectl = self.namespace("restricted")
        spec = good_spec(self.cluster.pause_image)
        self.assert_silent(kubectl.run("create", "--filename=-", stdin=as_json(pod("one", spec))))
        self.assert_golden("audit_allowed", table(self.annotations(kubectl)))


def annotations_of(log: Path, namespace: str) -> dict[str, str] | None:
    """What the audit log has of ours about the creation of the first pod there."""
    with log.open() as lines:
        for line in lines:
            if f'"{namespace}"' in line and '"pods"' in line and '"verb":"create"' in line:
                event: dict[str, Any] = json.loads(line)
                return {key: value for key, value in event["annotations"].items() if "gatehouse" in key}
    return None


def table(annotations: dict[str, str]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in sorted(annotations.items()))
