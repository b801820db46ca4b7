from __future__ import annotations

import unittest

import kubernetes_validate
import yaml

from chart import CHART, IMAGE, VALUE_FILES, helm, named, objects, template
from values_table import values

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

    def test_takes_names_that_look_like_numbers(self) -> None:
        names = ["fullnameOverride=1", "serviceAccount.name=2", "policies.default=None", "policies.existingConfigMap=3"]
        names += ["image.pullSecrets={4}", "registryCredentials.pullSecrets={5}", "certificates.source=existingSecret"]
        names += ["certificates.existingSecret=6", "webhook.excludeNamespaces={7}", "webhook.optInLabel=8=9"]
        names += ["serverConfiguration.existingConfigMap=10", "keys.existingSecret=11", "keys.existingConfigMap=12"]
        names += ["registryAuthorities.existingConfigMap=13", "priorityClassName=14", "webhook.enforcedLabel=15=16"]
        names += ["extraMounts[0].name=17", "extraMounts[0].mountPath=/a", "extraMounts[0].secret=18"]
        names += ["networkPolicy.enabled=true", "grafanaDashboard.enabled=true", "autoscaling.enabled=true"]
        command = ["template", "0", str(CHART), "--namespace=1e3", "--kube-version=1.36.0", IMAGE]
        rendered = helm(*command, *(f"--set-string={each}" if "enabled" not in each else f"--set={each}" for each in names))
        self.assertEqual(rendered.stderr, "")
        for each in objects(rendered.stdout):
            with self.subTest(each["kind"]):
                kubernetes_validate.validate(each, "1.36", strict=True)
                self.assertIn(each["metadata"].get("namespace"), ("1e3", None))
        registered = named(objects(rendered.stdout), "ConfigMap", "1-registration")["data"]["webhooks.yaml"]
        kubernetes_validate.validate(yaml.safe_load(registered), "1.36", strict=True)

    def test_takes_nothing_for_an_empty_map_or_list(self) -> None:
        empty = [each.path for each in values() if each.default in ("{}", "[]")]
        self.assertGreater(len(empty), 15)
        for path in empty:
            with self.subTest(path):
                self.assertEqual(template(IMAGE, f"--set={path}=null"), template(IMAGE))
        more = "--set=registryCredentials.pullSecrets={a}"
        self.assertEqual(template(IMAGE, more, "--set=serverConfiguration.content=null"), template(IMAGE, more))

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
