"""Drills of Gatehouse as the chart installs it, under a stream of creates. Not one call may fail."""

from __future__ import annotations

from functools import partial

from support.waiting import wait_for

from admission import drills, policies
from admission.drill_case import DrillCase
from admission.stream import Stream

_NONSENSE = """apiVersion: gatehouse.dev/v1alpha1
kind: AdmissionPolicy
metadata: {name: broken}
spec: {podSecurity: 7}
"""
_READINESS = "/api/v1/namespaces/gatehouse-system/services/gatehouse:ops/proxy/readyz?verbose"


class Drills(DrillCase):
    def test_policy_reload(self) -> None:
        changed = policies.text().replace("name: drill\n", "name: changed\n")

        def reload(stream: Stream) -> None:
            self.chart.replace_policy(changed)
            stream.wait_for_denial("[changed/privileged]")
            self.chart.replace_policy(policies.text())
            stream.wait_for_denial("[drill/privileged]")

        self.assert_no_call_fails(reload)

    def test_policy_edited_into_nonsense(self) -> None:
        """The last good set stays, and readiness says where the error is."""

        def edit(stream: Stream) -> None:
            self.chart.replace_policy(_NONSENSE)
            told = wait_for("the error in readyz", self._policy_error)
            self.assert_golden("readyz_policy_error", told + "\n")
            stream.go_on(100)
            self.chart.replace_policy(policies.text())
            wait_for("no error in readyz", lambda: not self._policy_error())

        self.assert_no_call_fails(edit)

    def _policy_error(self) -> str:
        lines = self.cluster.api.get(_READINESS).decode().splitlines()
        return "\n".join(each for each in lines if policies.FILE in each)

    def test_rotation_of_the_authority(self) -> None:
        """Old and new are published, the certificate is switched, the old one is dropped."""

        def rotate(stream: Stream) -> None:
            authorities, certificate = self.chart.certificates()
            told = self.chart.rotate("--webhook-configuration-name=gatehouse")
            self.assertNotIn(authorities, self.chart.certificates(), told)
            self.assertNotIn(certificate, self.chart.certificates(), told)
            # With another authority in the registration the API server connects anew: it must trust what it meets.
            stream.go_on(50)

        self.assert_no_call_fails(rotate)

    def test_rotation_of_the_certificate(self) -> None:
        def rotate(_: Stream) -> None:
            authorities, certificate = self.chart.certificates()
            told = self.chart.rotate("--only=certificate")
            self.assertIn(authorities, self.chart.certificates(), told)
            self.assertNotIn(certificate, self.chart.certificates(), told)

        self.assert_no_call_fails(rotate)


class Replacing(DrillCase):
    def test_rollout_restart(self) -> None:
        self.assert_no_call_fails(partial(drills.restart, self.chart))

    def test_delete_of_replicas(self) -> None:
        self.assert_no_call_fails(partial(drills.delete_each, self.chart))

    def test_upgrade_from_the_previous_chart(self) -> None:
        """To replicas that do not drain when they go: those of before still do."""

        def upgrade(_: Stream) -> None:
            self.chart.upgrade(**drills.UNPROTECTED)
            drills.wait_until_whole(self.chart)

        self.assert_no_call_fails(upgrade)
