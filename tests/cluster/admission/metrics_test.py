"""What the API server counted of our webhook over all that ran before."""

from __future__ import annotations

import re

from admission import chart
from admission.case import ClusterCase


class ApiServerMetrics(ClusterCase):
    def test_nothing_failed_open_and_no_call_failed(self) -> None:
        text = self.cluster.api.get("/metrics").decode()
        self.assertEqual(_samples(text, "apiserver_admission_webhook_fail_open_count"), {})
        rejected = _samples(text, "apiserver_admission_webhook_rejection_count")
        self.assertEqual({labels: count for labels, count in rejected.items() if "no_error" not in labels}, {})
        self.assertNotEqual(rejected, {})
        answered = _samples(text, "apiserver_admission_webhook_request_total")
        codes = {code for labels in answered for code in re.findall(r'code="(\d+)"', labels)}
        self.assertEqual(codes, {"200", "403"})


_WEBHOOK = f'name="{chart.WEBHOOK}"'


def _samples(metrics: str, name: str) -> dict[str, str]:
    """Value by labels, of our webhook."""
    found = {}
    for line in metrics.splitlines():
        if line.startswith(f"{name}{{") and _WEBHOOK in line:
            labels, _, value = line.removeprefix(name).rpartition(" ")
            found[labels] = value
    return found
