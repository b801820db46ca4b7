from __future__ import annotations

from support.waiting import wait_for

from admission.by_hand import ByHand
from admission.case import ClusterCase, as_json
from admission.pods import good_spec, pod


class InstalledByHand(ClusterCase):
    def test_a_violating_pod_is_denied_in_our_words_and_a_good_one_runs(self) -> None:
        installed = ByHand(self.cluster, "alone")
        kubectl = self.namespace("free", **installed.label)
        self.assert_denied("by_hand", kubectl.run("run", "one", "--image=nginx"))
        good = as_json(pod("one", good_spec(self.cluster.pause_image)))
        self.assert_silent(kubectl.run("apply", "--filename=-", stdin=good))
        wait_for("the pod's start", lambda: kubectl.get("pods", "one")["status"]["phase"] == "Running")
        installed.remove()
