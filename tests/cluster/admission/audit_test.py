"""What the API server itself writes down about our answers: its audit log."""

from __future__ import annotations

from support.audit_log import annotations_of, table
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
