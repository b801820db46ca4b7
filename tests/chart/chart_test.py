from __future__ import annotations

import unittest

import kubernetes_validate
import yaml

from chart import CHART, VALUE_FILES, helm, named, objects, template

# CustomResourceDefinitions of others; their schemas are theirs.
FOREIGN = {"Certificate", "Issuer", "PrometheusRule", "ServiceMonitor"}


class Chart(unittest.TestCase):
    def test_passes_the_linter_without_a_warning(self) -> None:
        for values in VALUE_FILES:
            with self.subTest(values.name):
                result = helm("lint", "--strict", "--quiet", str(CHART), f"--values={values}")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_is_valid_for_every_kubernetes_from_1_25_to_1_36(self) -> None:
        for minor in range(25, 37):
            for values in VALUE_FILES:
                with self.subTest(values.name, kubernetes=f"1.{minor}"):
                    rendered = objects(template(f"--values={values}", kubernetes=f"1.{minor}.0"))
                    for each in rendered:
                        if each["kind"] not in FOREIGN:
                            kubernetes_validate.validate(each, f"1.{minor}", strict=True)

    def test_registers_what_is_valid_for_every_kubernetes_from_1_25_to_1_36(self) -> None:
        for minor in range(25, 37):
            for values in VALUE_FILES:
                for each in objects(template(f"--values={values}", kubernetes=f"1.{minor}.0")):
                    if each["kind"] != "ConfigMap" or "webhooks.yaml" not in each["data"]:
                        continue
                    with self.subTest(values.name, kubernetes=f"1.{minor}"):
                        registered = yaml.safe_load(each["data"]["webhooks.yaml"])
                        kubernetes_validate.validate(registered, f"1.{minor}", strict=True)
                        self.assertNotIn("caBundle", each["data"]["webhooks.yaml"])

    def test_leaves_the_webhooks_to_the_leader_and_never_holds_a_certificate(self) -> None:
        rendered = objects(template(f"--values={CHART}/ci/default-values.yaml"))
        self.assertNotIn("webhooks", named(rendered, "ValidatingWebhookConfiguration"))
        secret = named(rendered, "Secret")
        self.assertEqual(secret["type"], "Opaque")
        self.assertEqual({"data", "stringData"} & set(secret), set())

    def test_renders_the_same_twice(self) -> None:
        for values in VALUE_FILES:
            with self.subTest(values.name):
                again = template.__wrapped__(f"--values={values}")
                self.assertEqual(template(f"--values={values}"), again)

    def test_has_only_objects_whose_namespace_is_the_releases_or_that_have_none(self) -> None:
        unbound = {"ClusterRole", "ClusterRoleBinding", "ValidatingWebhookConfiguration"}
        for values in VALUE_FILES:
            for each in objects(template(f"--values={values}")):
                with self.subTest(values.name, kind=each["kind"]):
                    expected = None if each["kind"] in unbound else "gatehouse-system"
                    self.assertEqual(each["metadata"].get("namespace"), expected)

    def test_mounts_nothing_by_sub_path(self) -> None:
        for values in VALUE_FILES:
            self.assertNotIn("subPath", template(f"--values={values}"))

    def test_gives_the_pods_rights_to_named_objects_only(self) -> None:
        for values in VALUE_FILES:
            for each in objects(template(f"--values={values}")):
                for rule in each.get("rules", []) if each["kind"] in ("Role", "ClusterRole") else []:
                    with self.subTest(values.name, rule=rule):
                        self.assertEqual(len(rule["resourceNames"]), 1)
                        self.assertEqual({"create", "delete", "list", "*"} & set(rule["verbs"]), set())
