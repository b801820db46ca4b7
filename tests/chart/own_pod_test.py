from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chart import VALUE_FILES, template

BINARY = os.environ["GATEHOUSE_BINARY"]


class OwnPod(unittest.TestCase):
    """The webhook obeys the policy that it brings: the Pod Security Standards at their level `restricted`, and more."""

    def test_passes_the_built_in_policy(self) -> None:
        for values in VALUE_FILES:
            with self.subTest(values.name), tempfile.TemporaryDirectory() as folder:
                manifests = Path(folder) / "manifests.yaml"
                manifests.write_text(template(f"--values={values}"))
                command = [BINARY, "check", "--output", "json", str(manifests)]
                result = subprocess.run(command, capture_output=True, text=True)
                report = json.loads(result.stdout)
                judged = {(each["kind"], each["allowed"], len(each["violations"])) for each in report["results"]}
                self.assertEqual(judged, {("Deployment", True, 0), ("Pod", True, 0)})
                self.assertEqual(result.returncode, 0)
