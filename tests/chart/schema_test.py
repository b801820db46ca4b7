from __future__ import annotations

import json
import tempfile
import unittest
from typing import Any

import yaml

from chart import CHART, TREE, refusal

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
WRONG = {
    "webhook.timeoutSeconds=2": "at '/webhook/timeoutSeconds': minimum: got 2, want 3",
    "webhook.timeoutSeconds=31": "at '/webhook/timeoutSeconds': maximum: got 31, want 30",
    "webhook.failurePolicy=Maybe": "at '/webhook/failurePolicy': value must be one of '', 'Fail', 'Ignore'",
    "webhook.optInLabel=include": "at '/webhook/optInLabel': 'include' does not match pattern",
    "replicas=0": "at '/replicas': minimum: got 0, want 1",
    "replicas=two": "at '/replicas': got string, want integer",
    "policies.default=Off": "at '/policies/default': value must be one of 'Warn', 'Deny', 'None'",
    "policies.files.notes\\.txt=x": "at '/policies/files': additional properties 'notes.txt' not allowed",
    "certificates.source=helm": "at '/certificates/source': value must be one of 'own', 'certManager', 'existingSecret'",
    "listen.address=localhost": "at '/listen/address': 'localhost' does not match pattern",
    "resources.limits.cpus=1": "at '/resources/limits': additional properties 'cpus' not allowed",
    "image.digest=sha256:1": "at '/image/digest': 'sha256:1' does not match pattern",
    "extraArgs[0]=serve": "at '/extraArgs/0': 'serve' does not match pattern",
    "extraMounts[0].name=a,extraMounts[0].mountPath=/a": "at '/extraMounts/0': 'oneOf' failed, none matched",
}
CONTRADICTIONS = {
    "policies.default=None": "policies: with default: None there must be files or existingConfigMap",
    "policies.files.default\\.yaml=x": "policies.files: default.yaml is the built-in policy; take another name",
    "policies.existingConfigMap=a,policies.files.b\\.yaml=x": "policies: set files or existingConfigMap, not both",
    "serverConfiguration.existingConfigMap=a,serverConfiguration.content.cache.tagTTL=1m": (
        "serverConfiguration: set content or existingConfigMap, not both"
    ),
    "webhook.registration=chart": "webhook.registration: chart needs certificates.source: certManager",
    "certificates.source=existingSecret": "certificates.existingSecret: needed with certificates.source",
    "serviceAccount.create=false": "serviceAccount.name: needed with serviceAccount.create: false",
    "webhook.enforcedLabel=a=b,webhook.enforcedNamespaces={c}": "webhook: set enforcedNamespaces or enforcedLabel",
    "webhook.failurePolicy=Fail,webhook.enforcedNamespaces={c}": "webhook.failurePolicy: leave it empty",
    "webhook.enforcedNamespaces={kube-system}": "webhook.enforcedNamespaces: kube-system is never judged",
    "webhook.enforcedNamespaces={gatehouse-system}": "webhook.enforcedNamespaces: gatehouse-system is never judged",
    "image.repository=": "image.repository: say where the image lies",
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return SCHEMA["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    return schema


def misspelt(schema: dict[str, Any], path: str, paths: list[str]) -> Any:
    """A value with a key that does not exist in every object, and where those are."""
    schema = resolved(schema)
    if schema.get("type") == "array":
        return [misspelt(schema["items"], f"{path}/0", paths)]
    if schema.get("type") == "object" and schema.get("additionalProperties") is False:
        paths.append(path)
        known = schema.get("properties", {})
        return {"no such key": 1} | {name: misspelt(each, f"{path}/{name}", paths) for name, each in known.items()}
    return None


class Schema(unittest.TestCase):
    def test_refuses_every_misspelt_key_with_its_path(self) -> None:
        paths: list[str] = []
        values = misspelt(SCHEMA, "", paths)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(values, file)
            said = refusal(f"--values={file.name}")
        for path in paths:
            with self.subTest(path):
                self.assertIn(f"at '{path}': additional properties 'no such key' not allowed", said)
        self.assertGreater(len(paths), 60)

    def test_closes_every_object(self) -> None:
        def visit(schema: Any, place: str) -> None:
            if isinstance(schema, dict):
                if schema.get("type") == "object" and place not in ("/properties/global", "/definitions/stringMap"):
                    self.assertIs(schema.get("additionalProperties"), False, place)
                for name, each in schema.items():
                    visit(each, f"{place}/{name}")
            elif isinstance(schema, list):
                for index, each in enumerate(schema):
                    visit(each, f"{place}/{index}")

        visit(SCHEMA, "")

    def test_knows_exactly_the_values_that_there_are(self) -> None:
        def compare(schema: dict[str, Any], values: Any, path: str) -> None:
            schema = resolved(schema)
            if not isinstance(values, dict) or not values or "properties" not in schema:
                return
            known = set(schema["properties"]) - {"global"}
            self.assertEqual(known, set(values), path)
            for name, each in values.items():
                compare(schema["properties"][name], each, f"{path}/{name}")

        compare(SCHEMA, yaml.safe_load((CHART / "values.yaml").read_text()), "")

    def test_knows_the_server_configuration_as_the_server_does(self) -> None:
        served = json.loads((TREE / "deploy/serverconfiguration.schema.json").read_text())
        wanted = {name: each for name, each in served.items() if name not in ("$schema", "title", "required")}
        wanted["properties"] = {n: e for n, e in served["properties"].items() if n not in ("apiVersion", "kind")}
        self.assertEqual(SCHEMA["properties"]["serverConfiguration"]["properties"]["content"], wanted)

    def test_refuses_wrong_values_with_their_path(self) -> None:
        for setting, message in WRONG.items():
            with self.subTest(setting):
                self.assertIn(message, refusal(f"--set={setting}"))

    def test_values_that_contradict_each_other_are_told(self) -> None:
        for setting, message in CONTRADICTIONS.items():
            with self.subTest(setting):
                self.assertIn(message, refusal(f"--set={setting}"))
