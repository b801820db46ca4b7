from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from support.audit_log import annotations_of

_EVENT = {
    "verb": "create",
    "objectRef": {"resource": "pods", "namespace": "one"},
    "annotations": {"gatehouse/a": "1", "other/b": "2"},
}
_LINE = json.dumps(_EVENT, separators=(",", ":")) + "\n"


class AnnotationsOf(unittest.TestCase):
    def found(self, text: str) -> dict[str, str] | None:
        with tempfile.NamedTemporaryFile("w") as log:
            log.write(text)
            log.flush()
            return annotations_of(Path(log.name), "one")

    def test_are_ours(self) -> None:
        self.assertEqual(self.found(_LINE), {"gatehouse/a": "1"})
        self.assertIsNone(self.found(_LINE.replace('"one"', '"two"')))

    def test_wait_for_the_end_of_the_line(self) -> None:
        for end in (-1, -2, -20):
            self.assertIsNone(self.found(_LINE[:end]))
