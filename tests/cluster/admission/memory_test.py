"""What Gatehouse takes of the node when it has worked."""

from __future__ import annotations

import re
from typing import Any

from admission import drills
from admission.drill_case import DrillCase

_REVIEWS = 1000
_METRICS = "/api/v1/namespaces/gatehouse-system/pods/{name}:8080/proxy/metrics"


class Memory(DrillCase):
    def test_a_replica_is_resident_with_40_mb_at_most(self) -> None:
        replicas = drills.replicas(self.chart)
        self.assertEqual(len(replicas), 2)
        # The API server keeps to the connections that it has: one replica may have been asked little.
        if sum(map(self._judged, replicas)) < _REVIEWS:
            self.drill(lambda stream: stream.go_on(_REVIEWS))
        judged = list(map(self._judged, replicas))
        self.assertGreater(sum(judged), _REVIEWS)
        sizes = [drills.resident_bytes(each) / 1e6 for each in replicas]
        for size, count in zip(sizes, judged, strict=True):
            print(f"       resident: {size:.1f} MB after {count} reviews", flush=True)
        self.assertLess(max(sizes), 40)

    def _judged(self, replica: dict[str, Any]) -> int:
        text = self.cluster.api.get(_METRICS.format(name=replica["metadata"]["name"])).decode()
        counts = re.findall(r"^gatehouse_admission_requests_total\{.*\} (\d+)$", text, re.MULTILINE)
        return sum(map(int, counts))
