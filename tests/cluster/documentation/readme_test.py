"""README's way from an empty cluster to a denied pod, and on the same installation an outage of all replicas."""

from __future__ import annotations

from typing import Any

from admission.pods import good_spec, pod, template, workload
from support.kubectl import Kubectl, Result, as_list
from support.waiting import wait_for

from documentation.case import DocumentationCase, page

# What comes of the call depends on how the network refuses an address that nobody is behind.
_REFUSED = (
    r'Error from server \(InternalError\): error when creating "STDIN": Internal error occurred: failed calling webhook'
    r' "pods\.gatehouse\.dev": failed to call webhook: Post'
    r' "https://gatehouse\.gatehouse-system\.svc:443/validate\?timeout=10s": (context deadline exceeded|dial tcp'
    r' 10\.0\.0\.[0-9]+:443: connect: connection refused)\n'
)
_REFUSED_CHANGE = (
    r'Error from server \(InternalError\): Internal error occurred: failed calling webhook "pods\.gatehouse\.dev":'
    r' failed to call webhook: Post "https://gatehouse\.gatehouse-system\.svc:443/validate\?timeout=10s":'
    r" (context deadline exceeded|dial tcp 10\.0\.0\.[0-9]+:443: connect: connection refused)\n"
)
_FINALIZER = "example.com/kept"


class Readme(DocumentationCase):
    def test_1_goes_from_an_empty_cluster_to_a_denied_pod(self) -> None:
        self.assert_works(self.reader("readme"), page("README.md"))

    def test_2_with_all_replicas_down_pods_are_refused_and_nothing_else_is(self) -> None:
        """Then the cluster is opened and closed as failure-modes.md says."""
        judged = self._judged()
        own = self.cluster.kubectl.within("gatehouse-system")
        own.must("scale", "deployment/gatehouse", "--replicas=0")
        own.must("wait", "--for=delete", "pods", "--selector=app.kubernetes.io/name=gatehouse", "--timeout=60s")
        refused = self._create(judged, "late")
        self.assertEqual(refused.status, 1)
        self.assertRegex(refused.text, f"\\A{_REFUSED}\\Z")
        change = '{"spec": {"jobTemplate": {"spec": {"template": {"metadata": {"labels": {"tier": "web"}}}}}}}'
        refused = judged.run("patch", "cronjob/nightly", "--type=merge", f"--patch={change}")
        self.assertEqual(refused.status, 1)
        self.assertRegex(refused.text, f"\\A{_REFUSED_CHANGE}\\Z")
        change = '{"template": {"metadata": {"labels": {"tier": "web"}}}}'
        refused = judged.run("patch", "podtemplate/kept", "--type=merge", f"--patch={change}")
        self.assertEqual(refused.status, 1)
        self.assertRegex(refused.text, f"\\A{_REFUSED_CHANGE}\\Z")
        for command in (
            ["label", "pod/running", "still=writable"],
            ["annotate", "deployment/web", "still=writable"],
            ["scale", "deployment/web", "--replicas=2"],
            ["patch", "cronjob/nightly", "--type=merge", '--patch={"spec":{"suspend":true}}'],
            ["label", "podtemplate/kept", "still=writable"],
            ["delete", "pod/kept", "--wait=false"],
            ["patch", "pod/kept", "--type=merge", '--patch={"metadata":{"finalizers":null}}'],
            ["wait", "--for=delete", "pod/kept", "--timeout=30s"],
            ["delete", "pod/running"],
            ["delete", "deployment/web"],
        ):
            with self.subTest(command=command[:2]):
                result = judged.run(*command)
                self.assertEqual((result.status, result.errors), (0, ""), result.text)

        modes = page("docs/operations/failure-modes.md")
        opening, closing = modes.commands[:1], modes.commands[1:]
        reader = self.reader("outage")
        self.assert_works(reader, modes, opening)
        wait_for("an open cluster", lambda: self._create(judged, "late").status == 0)
        self.assert_works(reader, modes, closing)
        wait_for("a denial", lambda: _is_denied(judged.run("run", "bad", "--image=nginx", "--dry-run=server")))
        judged.must("delete", f"namespace/{judged.namespace}", "--wait=false")

    def _judged(self) -> Kubectl:
        """kubectl in a namespace with two pods, a Deployment, a CronJob and a PodTemplate."""
        self.cluster.kubectl.must("create", "namespace", "judged")
        judged = self.cluster.kubectl.within("judged")
        judged.must("wait", "--for=create", "serviceaccount/default", "--timeout=30s")
        spec = good_spec(self.cluster.pause_image)
        labels = {"app": "web"}
        web: dict[str, Any] = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
        }
        kept = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "kept"}, "template": template(spec)}
        nightly = workload("CronJob", "nightly", spec)
        judged.apply(pod("running", spec), pod("kept", spec, finalizers=[_FINALIZER]), web, nightly, kept)
        return judged

    def _create(self, judged: Kubectl, name: str) -> Result:
        return judged.run("create", "--filename=-", stdin=as_list(pod(name, good_spec(self.cluster.pause_image))))


def _is_denied(result: Result) -> bool:
    return 'admission webhook "pods.gatehouse.dev" denied the request' in result.text
