"""What drills share: Gatehouse by its chart, and a stream of creates while something happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from admission.case import ClusterCase
from admission.chart import Chart
from admission.stream import Stream


class DrillCase(ClusterCase):
    chart: ClassVar[Chart]

    def drill(self, do: Callable[[Stream], None], bad: Iterable[int] = (403,)) -> Stream:
        kubectl = self.namespace("drill")
        with Stream(self.cluster, kubectl.namespace, bad) as stream:
            do(stream)
            stream.go_on(50)
        print(f"       {stream.told()}", flush=True)
        return stream

    def assert_no_call_fails(self, do: Callable[[Stream], None], bad: Iterable[int] = (403,)) -> None:
        stream = self.drill(do, bad)
        self.assertEqual(stream.failures, [], stream.told())
