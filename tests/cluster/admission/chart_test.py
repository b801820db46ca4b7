"""The chart, as the cluster takes it."""

from __future__ import annotations

from admission.drill_case import DrillCase


class Installed(DrillCase):
    def test_helm_test_passes(self) -> None:
        told = self.chart.test()
        self.assertRegex(told, r"(?m)^Phase: +Succeeded$")
