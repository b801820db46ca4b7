"""Drills of a Gatehouse without what protects, to see that the stream would tell. They run side by side, so each looks at
the failures of its own webhook: that of the chart is asked about all namespaces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from admission import by_hand, chart, drills
from admission.by_hand import ByHand
from admission.case import ClusterCase
from admission.drill_case import DrillCase
from admission.drills import Installation
from admission.stream import Stream

# Whether a call is under way when a replica goes is a matter of luck.
_ATTEMPTS = 10
_UNPROTECTED = ["--drain-delay=0s", "--shutdown-timeout=0s"]
_QUICK = ["--drain-delay=3s", "--shutdown-timeout=5s"]


class Unprotected(ClusterCase):
    def test_replicas_without_drain_fail_calls(self) -> None:
        installed = ByHand(self.cluster, "without-drain", 2, _UNPROTECTED)
        for drill in (drills.restart, drills.delete_each):
            with self.subTest(drill.__name__):
                self.assertTrue(any(_fails_a_call(self, installed, drill) for _ in range(_ATTEMPTS)))
        installed.remove()

    def test_a_certificate_of_another_authority_at_once_fails_calls(self) -> None:
        installed = ByHand(self.cluster, "at-once", 2, _QUICK)

        def swap(stream: Stream) -> None:
            # The API server looks at it when it connects anew.
            installed.swap_certificate()
            drills.restart(installed, stream)
            stream.wait_until("a failure", lambda: bool(stream.failures_of(by_hand.WEBHOOK)))

        stream = _under_stream(self, installed, swap)
        self.assertTrue(any("x509" in each for each in stream.failures_of(by_hand.WEBHOOK)), stream.told())
        installed.remove()

    def test_a_server_that_is_removed_before_its_registration_fails_calls(self) -> None:
        installed = ByHand(self.cluster, "wrong-order", 2, _QUICK)

        def remove(stream: Stream) -> None:
            installed.kubectl.must("delete", "deployment/gatehouse")
            stream.wait_until("a failure", lambda: bool(stream.failures_of(by_hand.WEBHOOK)))

        _under_stream(self, installed, remove)
        installed.remove()


class UnprotectedChart(DrillCase):
    def test_upgrade_without_drain_fails_calls(self) -> None:
        def upgrade(stream: Stream) -> None:
            for number in range(_ATTEMPTS):
                self.chart.upgrade(**drills.UNPROTECTED, podLabels={"number": str(number)})
                if stream.failures_of(chart.WEBHOOK):
                    return

        self.assertNotEqual(self.drill(upgrade).failures_of(chart.WEBHOOK), [])


def _fails_a_call(case: ClusterCase, installed: ByHand, drill: Callable[[Installation, Stream], None]) -> bool:
    return bool(_under_stream(case, installed, partial(drill, installed)).failures_of(by_hand.WEBHOOK))


def _under_stream(case: ClusterCase, installed: ByHand, do: Callable[[Stream], None]) -> Stream:
    kubectl = case.namespace("free", **installed.label)
    with Stream(case.cluster, kubectl.namespace) as stream:
        do(stream)
        stream.go_on(10)
    print(f"       {stream.told()}", flush=True)
    return stream
