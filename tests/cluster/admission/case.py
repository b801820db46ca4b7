"""What cases share: the cluster with Gatehouse in it, a namespace for each, and golden texts.

Cases run side by side in one cluster, so each makes what it needs in a namespace of its own, whose first word says
which policy holds there. Those that disturb others, drills, run one at a time."""

from __future__ import annotations

import itertools
import json
import os
import re
import unittest
from pathlib import Path
from typing import Any, ClassVar

from support.cluster import Cluster
from support.kubectl import Kubectl, Result
from support.waiting import wait_for

_GOLDEN = Path(__file__).parent / "golden"
_NUMBERS = itertools.count(1)
_POLICIES = "restricted|workloads|baseline|warned|audited|users|images|signed|resolved|drill|free"
# What differs from run to run in what kubectl prints.
_VARYING = [
    (
        re.compile(
            r"\b(restricted|workloads|baseline|warned|audited|users|images|signed|resolved|drill|free)-[0-9]+\b"
        ),
        r"\1-N",
    ),
    (re.compile(r"@sha256:[0-9a-f]{64}"), "@DIGEST"),
    (re.compile(r"\bone-[0-9a-f]{8,10}(-[a-z0-9]{5})?\b"), "one-HASH"),
    (re.compile(r"\bone-[a-z0-9]{5}\b"), "one-HASH"),
]


class ClusterCase(unittest.TestCase):
    cluster: ClassVar[Cluster]
    maxDiff = None

    def namespace(self, policy: str, **labels: str) -> Kubectl:
        """kubectl in a new namespace in which this policy holds."""
        return self.named_namespace(self.new_name(policy), **labels)

    @staticmethod
    def new_name(policy: str) -> str:
        return f"{policy}-{next(_NUMBERS)}"

    def named_namespace(self, name: str, **labels: str) -> Kubectl:
        metadata = {"name": name, "labels": labels}
        self.cluster.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        wait_for(f"the service account of {name}", lambda: self.cluster.api.exists(account))
        return self.cluster.kubectl.within(name)

    def assert_golden(self, name: str, text: str) -> None:
        """Whole texts, since they are the interface; GATEHOUSE_UPDATE_GOLDENS=1 writes them."""
        for varying, steady in _VARYING:
            text = varying.sub(steady, text)
        path = _GOLDEN / f"{name}.txt"
        if os.environ.get("GATEHOUSE_UPDATE_GOLDENS") == "1":
            path.write_text(text)
        self.assertTrue(path.exists(), f"{path} is missing; GATEHOUSE_UPDATE_GOLDENS=1 writes it")
        self.assertEqual(text, path.read_text())

    def assert_denied(self, name: str, result: Result) -> None:
        self.assertEqual(result.status, 1, result.text)
        self.assert_golden(name, result.text)

    def assert_warned(self, name: str, result: Result) -> None:
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("Warning:", result.errors)
        self.assert_golden(name, result.text)

    def assert_silent(self, result: Result) -> None:
        """Let through without a word of ours."""
        self.assertEqual((result.status, result.errors), (0, ""), result.text)


def as_json(document: Any) -> str:
    return json.dumps(document)
