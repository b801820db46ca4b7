"""What Gatehouse takes of the node after all that ran before."""

from __future__ import annotations

from admission import drills
from admission.drill_case import DrillCase


class Memory(DrillCase):
    def test_a_replica_is_resident_with_40_mb_at_most(self) -> None:
        sizes = [each / 1e6 for each in drills.resident_bytes(self.chart)]
        print(f"       resident: {', '.join(f'{each:.1f} MB' for each in sizes)}", flush=True)
        self.assertEqual(len(sizes), 2)
        self.assertLess(max(sizes), 40)
