"""The Pod Security Standards as the API server's own admission enforces them, on the same pods as policy/'s tests."""

from __future__ import annotations

import json
from typing import Any

from support.http_request import Answer, connect

from admission.case import ClusterCase
from admission.policies import groups, parity_name


class PodSecurityAdmission(ClusterCase):
    def test_judges_every_pod_as_gatehouse_does(self) -> None:
        judged, denied, refused = 0, 0, 0
        for level, version, files in groups():
            name = parity_name(level, version)
            theirs = self.named_namespace(f"free-psa-{name}", **_enforced(level, version)).namespace
            ours = self.named_namespace(f"parity-{name}").namespace
            for file in files:
                document = json.loads(file.read_text())
                their_answer, our_answer = self._ask(theirs, document), self._ask(ours, document)
                if their_answer.status == 422:
                    refused += 1  # For itself, before anybody's admission is asked.
                    continue
                judged += 1
                denied += _denied(their_answer)
                with self.subTest(str(file)):
                    self.assertEqual(
                        _denied(their_answer), _denied(our_answer), f"{_text(their_answer)}\n{_text(our_answer)}"
                    )
        self.assertEqual((judged, denied, refused), (143, 77, 46))

    def setUp(self) -> None:
        self._connection = connect(self.cluster.api.address, self.cluster.api.admin.tls())
        self.addCleanup(self._connection.close)

    def _ask(self, namespace: str, document: dict[str, Any]) -> Answer:
        target = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
        self._connection.request("POST", target, json.dumps(document), {"Content-Type": "application/json"})
        return Answer(self._connection.getresponse())


def _enforced(level: str, version: str) -> dict[str, str]:
    prefix = "pod-security.kubernetes.io/enforce"
    return {prefix: level, f"{prefix}-version": version}


def _denied(answer: Answer) -> bool:
    """By the standards: anything else that refuses a pod would be a mistake of the test."""
    if answer.status == 201:
        return False
    if "violates PodSecurity" not in _text(answer) and "denied the request" not in _text(answer):
        raise AssertionError(_text(answer))
    return True


def _text(answer: Answer) -> str:
    return str(json.loads(answer.body).get("message", answer.status))
