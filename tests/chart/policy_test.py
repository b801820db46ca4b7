from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from chart import CHART, IMAGE, VALUE_FILES, named, objects, refusal, template

BINARY = os.environ["GATEHOUSE_BINARY"]
# Each with whether it denies. Sections may have actions of their own.
POLICIES = {
    "denies by default": ("podSecurity: {level: baseline}", True),
    "warns": ("validationActions: [Warn]\npodSecurity: {level: baseline}", False),
    "audits": ("validationActions: [Audit]\npodSecurity: {level: baseline}", False),
    "denies and audits": ("validationActions: [Deny, Audit]\nimages: {denyTags: [latest]}", True),
    "denies in one section": (
        "validationActions: [Warn]\npodSecurity: {level: baseline}\n"
        "images: {validationActions: [Deny], denyTags: [latest]}",
        True,
    ),
    "warns in its only section": ("runAs: {validationActions: [Warn], supplementalGroupsPolicy: Strict}", False),
    "denies in one signature": (
        "validationActions: [Audit]\nsignatures: [{name: a, validationActions: [Deny], images: ['a.example/**'],"
        " authorities: [{name: b, static: Pass}]}]",
        True,
    ),
    "warns of every signature": (
        "signatures: [{name: a, validationActions: [Warn], images: ['a.example/**'],"
        " authorities: [{name: b, static: Pass}]}]",
        False,
    ),
    "denies the unsigned": ("unsignedImages: Deny", True),
    "warns of the unsigned": ("validationActions: [Warn]\nunsignedImages: Deny", False),
    "has signatures at most warn of the unsigned": ("unsignedImages: Warn", False),
    "denies workloads at most": (
        "validationActions: [Warn]\nworkloads: Deny\nonRegistryUnavailable: Deny\npodSecurity: {level: baseline}",
        False,
    ),
}
WARNS = "apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata: {name: a}\nspec: {validationActions: [Warn], podSecurity: {level: baseline}}\n"
DENIES = "{apiVersion: gatehouse.dev/v1alpha1, kind: AdmissionPolicy, metadata: {name: b}, spec: {podSecurity: {level: baseline}}}"
# Ways to write two policies into one file.
DOCUMENTS = {
    "a line of its own": f"{WARNS}---\n{DENIES}\n",
    "lines that end as on Windows": f"{WARNS}---\n{DENIES}\n".replace("\n", "\r\n"),
    "on the line of the marker": f"{WARNS}--- {DENIES}\n",
    "behind a tab": f"{WARNS}---\t{DENIES}\n",
    "behind blanks": f"{WARNS}---  \n{DENIES}\n",
    "behind a comment": f"{WARNS}--- # b\n{DENIES}\n",
    "behind the end of the first": f"{WARNS}...\n{DENIES}\n",
    "behind its end and a comment": f"{WARNS}... # of a\n{DENIES}\n",
    "behind its end, on Windows": f"{WARNS}...\n{DENIES}\n".replace("\n", "\r\n"),
    "behind its end and a directive": f"%YAML 1.2\n---\n{WARNS}...\n%YAML 1.2\n--- {DENIES}\n",
    "behind a byte order mark": f"\ufeff--- # a\n{WARNS}---\n{DENIES}",
}
# No server takes them, so nobody can say that they only warn.
UNCLEAR = {
    "no spec": "apiVersion: gatehouse.dev/v1alpha1\n",
    "a text for spec": "spec: Warn\n",
    "a text for the actions": "spec: {validationActions: Warn, podSecurity: {level: baseline}}\n",
    "no actions": "spec: {validationActions: [], podSecurity: {level: baseline}}\n",
    "null for the actions": "spec: {validationActions: [Warn], podSecurity: {level: baseline, validationActions: ~}}\n",
    "another action": "spec: {validationActions: [Warn, Block], podSecurity: {level: baseline}}\n",
    "another section": "spec: {validationActions: [Warn], seccomp: {validationActions: [Deny]}}\n",
    "another list of sections": "spec: {seccomp: [{validationActions: [Warn]}, {}]}\n",
    "a text for unsignedImages": "spec: {unsignedImages: Block}\n",
    "a policy that is nothing": "~\n",
    "two specs": f"spec: {{podSecurity: {{level: baseline}}}}\n{WARNS}",
    "actions twice": "spec:\n  validationActions: [Deny]\n  podSecurity: {level: baseline}\n  validationActions: [Warn]\n",
    "a section twice": "spec:\n  runAs: {validationActions: [Deny]}\n  runAs: {validationActions: [Warn]}\n",
    "a merge key": "spec:\n  <<: {validationActions: [Warn]}\n  podSecurity: {level: baseline}\n",
    "a document behind a lone carriage return": WARNS.rstrip("\n") + "\r---\r" + DENIES.replace("\n", "\r"),
}


def document(name: str, spec: str) -> str:
    indented = "\n".join(f"  {line}" for line in spec.splitlines())
    return f"apiVersion: gatehouse.dev/v1alpha1\nkind: AdmissionPolicy\nmetadata:\n  name: {name}\nspec:\n{indented}\n"


def failure_policy(text: str) -> str:
    """What is registered, with a policy file instead of the built-in policy."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", newline="") as file:
        file.write(text)
        file.flush()
        rendered = template(IMAGE, "--set=policies.default=None", f"--set-file=policies.files.a\\.yaml={file.name}")
    return registered_failure_policy(rendered)


def registered_failure_policy(rendered: str) -> str:
    registered = named(objects(rendered), "ConfigMap", "gatehouse-registration")["data"]["webhooks.yaml"]
    (webhook,) = objects(registered)[0]["webhooks"]
    return webhook["failurePolicy"]


class Policies(unittest.TestCase):
    def test_the_default_is_the_built_in_policy_that_only_tells(self) -> None:
        built_in = subprocess.run([BINARY, "policy", "print-default"], capture_output=True, text=True, check=True).stdout
        telling = built_in.replace("\n  validationActions: [Deny]\n", "\n  validationActions: [Warn, Audit]\n")
        self.assertNotEqual(telling, built_in)
        self.assertEqual((CHART / "files/default-policy.yaml").read_text(), telling)

    def test_the_default_turned_to_deny_is_the_built_in_policy(self) -> None:
        built_in = subprocess.run([BINARY, "policy", "print-default"], capture_output=True, text=True, check=True).stdout
        rendered = objects(template(IMAGE, "--set=policies.default=Deny"))
        shipped = named(rendered, "ConfigMap", "gatehouse-policies")["data"]["default.yaml"]
        self.assertEqual(shipped.rstrip("\n"), built_in.rstrip("\n"))

    def test_calls_that_fail_are_ignored_until_a_policy_denies(self) -> None:
        for name, (spec, denies) in POLICIES.items():
            with self.subTest(name):
                text = document("a", spec)
                validate = [BINARY, "policy", "validate", "/dev/stdin"]
                self.assertEqual(subprocess.run(validate, input=text, capture_output=True, text=True).returncode, 0)
                self.assertEqual(failure_policy(text), "Fail" if denies else "Ignore")

    def test_every_document_of_a_file_counts(self) -> None:
        for name, text in DOCUMENTS.items():
            with self.subTest(name):
                validate = [BINARY, "policy", "validate", "/dev/stdin"]
                said = subprocess.run(validate, input=text.encode(), capture_output=True).stdout
                self.assertEqual(said, b"2 policies in 1 file: valid\n")
                self.assertEqual(failure_policy(text), "Fail")

    def test_documents_without_a_policy_count_nothing(self) -> None:
        self.assertEqual(failure_policy(f"# nothing\n---\n{WARNS}--- # and\n"), "Ignore")
        self.assertEqual(failure_policy(f"\ufeff%YAML 1.2\r\n---\r\n  # nothing\r\n...\r\n---\r\n{WARNS}"), "Ignore")

    def test_what_is_not_known_to_only_warn_denies(self) -> None:
        for name, text in UNCLEAR.items():
            with self.subTest(name):
                validate = [BINARY, "policy", "validate", "/dev/stdin"]
                self.assertEqual(subprocess.run(validate, input=text.encode(), capture_output=True).returncode, 2)
                self.assertEqual(failure_policy(text), "Fail")

    def test_comments_on_actions_change_nothing(self) -> None:
        self.assertEqual(failure_policy(f"# spec: validationActions: [Deny]\n{WARNS}# validationActions: [Deny]\n"), "Ignore")

    def test_policies_that_a_flag_names_are_taken_to_deny(self) -> None:
        for arguments, expected in {
            "{--policy=/more}": "Fail",
            "{--policyx=/more}": "Ignore",
            "null": "Ignore",
        }.items():
            with self.subTest(arguments):
                self.assertEqual(registered_failure_policy(template(IMAGE, f"--set=extraArgs={arguments}")), expected)

    def test_text_that_is_no_yaml_is_told_with_its_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "broken.yaml"
            path.write_text("spec: [\n")
            said = refusal(f"--set-file=policies.files.broken\\.yaml={path}")
        self.assertIn("policies.files: broken.yaml: error converting YAML to JSON", said)

    def test_what_is_shipped_is_valid(self) -> None:
        for values in VALUE_FILES:
            for each in objects(template(f"--values={values}")):
                if each["metadata"]["name"].split("-")[-1] not in ("policies", "config") or each["kind"] != "ConfigMap":
                    continue
                with self.subTest(values.name, name=each["metadata"]["name"]), tempfile.TemporaryDirectory() as folder:
                    for name, text in each["data"].items():
                        (Path(folder) / name).write_text(text)
                    result = subprocess.run([BINARY, "policy", "validate", folder], capture_output=True, text=True)
                    self.assertEqual(result.returncode, 0, result.stdout)
