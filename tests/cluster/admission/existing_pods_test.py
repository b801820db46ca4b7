"""Pods that were there before the policy: whatever does not make them worse goes on working."""

from __future__ import annotations

from support.kubectl import Kubectl
from support.waiting import wait_for

from admission.case import ClusterCase, as_json
from admission.pods import bad_spec, pod


class ExistingPods(ClusterCase):
    def violating(self, **metadata: object) -> Kubectl:
        """kubectl in a namespace with the pod `one`, which the policy there would deny."""
        kubectl = self.namespace("restricted")
        spec = bad_spec(self.cluster.pause_image)
        bootstrap = self.cluster.bootstrap.within(kubectl.namespace)
        bootstrap.must("create", "--filename=-", stdin=as_json(pod("one", spec, **metadata)))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")
        return kubectl

    def test_are_labelled_and_annotated(self) -> None:
        kubectl = self.violating()
        self.assert_silent(kubectl.run("label", "pod/one", "tier=web"))
        self.assert_silent(kubectl.run("annotate", "pod/one", "note=text"))

    def test_are_deleted(self) -> None:
        kubectl = self.violating()
        self.assert_silent(kubectl.run("delete", "pod/one"))

    def test_lose_their_finalizers_and_go(self) -> None:
        kubectl = self.violating(finalizers=["example.com/hold"])
        self.assert_silent(kubectl.run("delete", "pod/one", "--wait=false"))
        wait_for("the deletion", lambda: "deletionTimestamp" in kubectl.get("pods", "one")["metadata"])
        patch = '{"metadata": {"finalizers": null}}'
        self.assert_silent(kubectl.run("patch", "pod/one", "--type=merge", f"--patch={patch}"))
        wait_for("the pod's end", lambda: not kubectl.items("pods"))

    def test_are_evicted(self) -> None:
        kubectl = self.violating()
        name = kubectl.namespace
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "one", "namespace": name}}
        target = f"/api/v1/namespaces/{name}/pods/one/eviction"
        self.assert_silent(kubectl.run("create", f"--raw={target}", "--filename=-", stdin=as_json(body)))
        wait_for("the pod's end", lambda: not kubectl.items("pods"))

    def test_are_resized(self) -> None:
        kubectl = self.violating()
        container = {"name": "app", "resources": {"requests": {"cpu": "20m"}}}
        patch = as_json({"spec": {"containers": [container]}})
        resized = kubectl.run("patch", "pod/one", "--subresource=resize", f"--patch={patch}")
        self.assert_silent(resized)

    def test_go_with_their_namespace(self) -> None:
        kubectl = self.violating(finalizers=["example.com/hold"])
        namespace = f"namespace/{kubectl.namespace}"
        self.assert_silent(self.cluster.kubectl.run("delete", namespace, "--wait=false"))
        wait_for("the deletion", lambda: "deletionTimestamp" in kubectl.get("pods", "one")["metadata"])
        patch = '{"metadata": {"finalizers": null}}'
        self.assert_silent(kubectl.run("patch", "pod/one", "--type=merge", f"--patch={patch}"))
        wait_for("the namespace's end", lambda: not self.cluster.api.exists(f"/api/v1/namespaces/{kubectl.namespace}"))

    def test_get_no_debug_container_that_the_policy_forbids(self) -> None:
        kubectl = self.violating()
        denied = kubectl.run("debug", "one", "--image=busybox", "--profile=general", "--container=shell")
        self.assert_denied("debug_of_existing", denied)
