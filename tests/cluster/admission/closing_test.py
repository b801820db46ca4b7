"""The last drills of Gatehouse as the chart installs it: the one that costs calls, and the one that removes it."""

from __future__ import annotations

from functools import partial

from admission import drills
from admission.drill_case import DrillCase
from admission.stream import Stream

# How long the kubelet and kube-proxy may take to see a process that was killed.
_LIMIT_SECONDS = 10


class Killing(DrillCase):
    def test_kill_of_each_replica_on_the_node_fails_calls_for_seconds_only(self) -> None:
        """Calls that are with the killed process end with it, and new ones are refused until kubelet and kube-proxy
        have noticed: the API server tries none of them again. Nothing is let in meanwhile."""
        stream = self.drill(partial(drills.kill_each, self.chart))
        self.assertEqual([each for each in stream.failures if not each.startswith("500 ")], [])
        self.assertLess(stream.longest_gap, _LIMIT_SECONDS, stream.told())


class Closing(DrillCase):
    def test_uninstall_fails_no_call(self) -> None:
        def uninstall(stream: Stream) -> None:
            stream.wait_for_denial("[drill/privileged]")
            self.chart.uninstall()
            drills.wait_until_gone(self.chart)
            stream.wait_for_bad(201)

        self.assert_no_call_fails(uninstall, bad=(403, 201))
        self.assertFalse(self.chart.is_registered())
