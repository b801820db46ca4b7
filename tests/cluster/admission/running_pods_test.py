"""What people do with pods that run: not ours to judge."""

from __future__ import annotations

from support.kubectl import Kubectl

from admission.case import ClusterCase, as_json
from admission.pods import good_spec, pod


class RunningPods(ClusterCase):
    def running(self) -> Kubectl:
        """kubectl in a namespace with the pod `one`, whose image has a program that can be run in it: ours."""
        kubectl = self.namespace("restricted")
        spec = good_spec(self.cluster.gatehouse_image)
        spec["containers"][0]["resources"] = {"requests": {"cpu": "10m"}}
        self.assert_silent(kubectl.run("create", "--filename=-", stdin=as_json(pod("one", spec))))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")
        return kubectl

    def test_exec(self) -> None:
        done = self.running().run("exec", "one", "--", "/gatehouse", "policy", "print-default")
        self.assert_silent(done)
        self.assertIn("kind: AdmissionPolicy", done.output)

    def test_logs(self) -> None:
        self.assert_silent(self.running().run("logs", "one"))

    def test_resize(self) -> None:
        kubectl = self.running()
        patch = as_json({"spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "20m"}}}]}})
        self.assert_silent(kubectl.run("patch", "pod/one", "--subresource=resize", f"--patch={patch}"))
        requests = kubectl.get("pods", "one")["spec"]["containers"][0]["resources"]["requests"]
        self.assertEqual(requests["cpu"], "20m")

    def test_generated_names(self) -> None:
        kubectl = self.namespace("restricted")
        document = pod("", good_spec(self.cluster.pause_image))
        document["metadata"] = {"generateName": "one-"}
        for _ in range(2):
            self.assert_silent(kubectl.run("create", "--filename=-", stdin=as_json(document)))
        self.assertEqual(len(kubectl.items("pods")), 2)

    def test_dry_run_makes_nothing(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(pod("one", good_spec(self.cluster.pause_image)))
        self.assert_silent(kubectl.run("apply", "--dry-run=server", "--filename=-", stdin=document))
        self.assertEqual(kubectl.items("pods"), [])

    def test_server_side_apply_twice(self) -> None:
        kubectl = self.namespace("restricted")
        document = as_json(pod("one", good_spec(self.cluster.pause_image)))
        for _ in range(2):
            self.assert_silent(kubectl.run("apply", "--server-side", "--filename=-", stdin=document))
