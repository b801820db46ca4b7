"""Every way in which a person meets a denial or a warning, as kubectl prints it."""

from __future__ import annotations

from typing import Any

from support.kubectl import Kubectl, Result

from admission.case import ClusterCase, as_json
from admission.pods import bad_spec, good_spec, pod


class Denials(ClusterCase):
    def test_run(self) -> None:
        self.assert_denied("run", self.namespace("restricted").run("run", "one", "--image=nginx"))

    def test_create(self) -> None:
        self.assert_denied("create", _create(self.namespace("restricted"), bad_spec("nginx")))

    def test_apply(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(pod("one", bad_spec("nginx")))
        self.assert_denied("apply", kubectl.run("apply", "--filename=-", stdin=document))

    def test_server_side_apply(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(pod("one", bad_spec("nginx")))
        denied = kubectl.run("apply", "--server-side", "--filename=-", stdin=document)
        self.assert_denied("server_side_apply", denied)

    def test_dry_run_says_what_the_real_run_says(self) -> None:
        kubectl = self.namespace("restricted")
        dry = kubectl.run("run", "one", "--image=nginx", "--dry-run=server")
        self.assert_denied("run", dry)

    def test_generated_name(self) -> None:
        document = pod("", bad_spec("nginx"))
        document["metadata"] = {"generateName": "one-"}
        kubectl = self.namespace("restricted")
        self.assert_denied("generated_name", kubectl.run("create", "--filename=-", stdin=as_json(document)))

    def test_level_baseline(self) -> None:
        spec = bad_spec("registry.example.com/app:1")
        spec.update(hostNetwork=True, hostPID=True)
        self.assert_denied("baseline", _create(self.namespace("baseline"), spec))

    def test_users_and_groups(self) -> None:
        spec = good_spec("registry.example.com/app:1")
        spec["securityContext"].update(runAsUser=0, runAsGroup=5, fsGroup=6, supplementalGroups=[7, 10000])
        spec["securityContext"]["runAsNonRoot"] = False
        self.assert_denied("users", _create(self.namespace("users"), spec))

    def test_images(self) -> None:
        spec = good_spec("docker.io/library/nginx:1.29")
        second = {**spec["containers"][0], "name": "second", "image": "registry.example.com/legacy/app:1"}
        spec["containers"].append(second)
        self.assert_denied("images", _create(self.namespace("images"), spec))

    def test_changed_image(self) -> None:
        kubectl = self.namespace("restricted")
        self.assert_silent(_create(kubectl, good_spec(self.cluster.pause_image)))
        denied = kubectl.run("set", "image", "pod/one", "app=registry.example.com/app:latest")
        self.assert_denied("set_image", denied)

    def test_debug(self) -> None:
        kubectl = self.namespace("restricted")
        self.assert_silent(_create(kubectl, good_spec(self.cluster.pause_image)))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")
        denied = kubectl.run("debug", "one", "--image=busybox", "--profile=general", "--container=shell")
        self.assert_denied("debug", denied)

    def test_debug_of_a_restricted_kind_is_let_in(self) -> None:
        kubectl = self.namespace("restricted")
        self.assert_silent(_create(kubectl, good_spec(self.cluster.pause_image)))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")
        image = self.cluster.pause_image
        allowed = kubectl.run("debug", "one", f"--image={image}", "--profile=restricted", "--container=shell")
        self.assertEqual(allowed.status, 0, allowed.text)
        containers = kubectl.get("pods", "one")["spec"]["ephemeralContainers"]
        self.assertEqual([each["name"] for each in containers], ["shell"])


class Warnings(ClusterCase):
    def test_run(self) -> None:
        self.assert_warned("run_warned", self.namespace("warned").run("run", "one", "--image=nginx"))

    def test_dry_run(self) -> None:
        warned = self.namespace("warned").run("run", "one", "--image=nginx", "--dry-run=server")
        self.assert_warned("dry_run_warned", warned)

    def test_server_side_apply(self) -> None:
        document = as_json(pod("one", bad_spec("registry.example.com/app:1")))
        kubectl = self.namespace("warned")
        warned = kubectl.run("apply", "--server-side", "--filename=-", stdin=document)
        self.assert_warned("server_side_apply_warned", warned)

    def test_nobody_is_warned_where_findings_are_audited_only(self) -> None:
        self.assert_silent(_create(self.namespace("audited"), bad_spec("registry.example.com/app:1")))

    def test_nobody_is_warned_where_no_policy_holds(self) -> None:
        self.assert_silent(_create(self.namespace("free"), bad_spec("registry.example.com/app:1")))


def _create(kubectl: Kubectl, spec: dict[str, Any]) -> Result:
    return kubectl.run("create", "--filename=-", stdin=as_json(pod("one", spec)))
