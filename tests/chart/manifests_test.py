from __future__ import annotations

import subprocess
import unittest

import kubernetes_validate

from chart import IMAGE, TREE, UPDATE, named, objects, template

FOLDER = TREE / "deploy/kubernetes"


class Manifests(unittest.TestCase):
    def test_are_what_the_chart_makes(self) -> None:
        if UPDATE:
            subprocess.run([FOLDER / "make"], check=True)
        made = subprocess.run([FOLDER / "make", "-"], capture_output=True, text=True, check=True).stdout
        self.assertEqual((FOLDER / "gatehouse.yaml").read_text(), made)

    def test_are_valid_from_1_28_on_and_begin_with_their_namespace(self) -> None:
        made = objects((FOLDER / "gatehouse.yaml").read_text())
        self.assertEqual(made[0]["kind"], "Namespace")
        for minor in range(28, 37):
            for each in made:
                with self.subTest(each["kind"], kubernetes=f"1.{minor}"):
                    kubernetes_validate.validate(each, f"1.{minor}", strict=True)

    def test_run_the_same_pod_as_the_chart(self) -> None:
        ours = named(objects((FOLDER / "gatehouse.yaml").read_text()), "Deployment")
        charts = named(objects(template(IMAGE, "--set=rolloutOnChange=false")), "Deployment")
        self.assertEqual(ours["spec"], charts["spec"])

    def test_say_nothing_of_helm(self) -> None:
        made = objects((FOLDER / "gatehouse.yaml").read_text())
        self.assertEqual([each["kind"] for each in made if "helm" in str(each).lower()], [])
