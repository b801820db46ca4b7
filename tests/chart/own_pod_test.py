from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chart import VALUE_FILES, named, objects, template

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

    def test_is_started_with_flags_that_the_program_has(self) -> None:
        for values in VALUE_FILES:
            rendered = objects(template(f"--values={values}"))
            for pod in (named(rendered, "Deployment")["spec"]["template"], named(rendered, "Pod")):
                command, *flags = pod["spec"]["containers"][0]["args"]
                help_text = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True, check=True).stdout
                for flag in flags:
                    with self.subTest(values.name, flag=flag):
                        self.assertRegex(help_text, rf"(?m)^ +{flag.partition('=')[0]} ")
