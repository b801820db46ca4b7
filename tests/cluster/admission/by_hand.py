"""Gatehouse as somebody installs it who writes every object: a Deployment, a Service, an existing certificate, and a
webhook configuration that asks it about namespaces with its label."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from support.certificates import Authority
from support.cluster import Cluster
from support.kubectl import Kubectl

_POLICIES = Path(__file__).parent / "policies.yaml"
_GRACE_SECONDS = 30


class ByHand:
    """Is in place, and asked, once it is made. Several live side by side by their names."""

    deployment = "gatehouse"
    selector = "app=gatehouse"

    def __init__(self, cluster: Cluster, name: str, replicas: int = 1, options: list[str] | None = None) -> None:
        self._name = f"gatehouse-{name}"
        self.kubectl: Kubectl = cluster.kubectl.within(self._name)
        # What a namespace must carry for this one to be asked about it.
        self.label = {"gatehouse": name}
        authority, secret = self._certificate("first")
        self.kubectl.apply(_object("v1", "Namespace", self._name))
        self.kubectl.apply(secret)
        self.kubectl.must("create", "configmap", "policies", f"--from-file={_POLICIES}")
        self.kubectl.apply(_service(), _deployment(cluster.gatehouse_image, replicas, options or []))
        self.kubectl.must("rollout", "status", "deployment/gatehouse", "--timeout=60s", limit_seconds=70)
        self.kubectl.apply(self._webhook(base64.b64encode(authority.certificate.read_bytes()).decode()))

    def swap_certificate(self) -> None:
        """For one of an authority that nobody was told about."""
        self.kubectl.apply(self._certificate("second")[1])

    def _certificate(self, name: str) -> tuple[Authority, dict[str, Any]]:
        authority = Authority(Path("/var/lib") / self._name / name, self._name)
        pair = authority.issue_server("gatehouse", [f"DNS:gatehouse.{self._name}.svc"])
        data = {"tls.crt": pair.certificate.read_text(), "tls.key": pair.key.read_text()}
        return authority, _object("v1", "Secret", "gatehouse", type="kubernetes.io/tls", stringData=data)

    def remove(self) -> None:
        configuration = f"validatingwebhookconfiguration/{self._name}"
        self.kubectl.must("delete", configuration, f"namespace/{self._name}", "--wait=false")

    def _webhook(self, authority: str) -> dict[str, Any]:
        service = {"name": "gatehouse", "namespace": self._name, "path": "/validate"}
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods"]}
        webhook = {
            "name": "by-hand.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "failurePolicy": "Fail",
            "clientConfig": {"service": service, "caBundle": authority},
            "namespaceSelector": {"matchLabels": self.label},
            "rules": [rule],
        }
        kind = "ValidatingWebhookConfiguration"
        return _object("admissionregistration.k8s.io/v1", kind, self._name, webhooks=[webhook])


def _object(api_version: str, kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def _service() -> dict[str, Any]:
    ports = [{"port": 443, "targetPort": 8443}]
    return _object("v1", "Service", "gatehouse", spec={"selector": {"app": "gatehouse"}, "ports": ports})


def _deployment(image: str, replicas: int, options: list[str]) -> dict[str, Any]:
    arguments = [
        "serve",
        "--policy=/policies",
        "--tls-cert=/certificate/tls.crt",
        "--tls-key=/certificate/tls.key",
        "--listen=0.0.0.0:8443",
        "--ops-listen=0.0.0.0:8080",
        *options,
    ]
    container = {
        "name": "gatehouse",
        "image": image,
        "args": arguments,
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 1},
        "volumeMounts": [
            {"name": "policies", "mountPath": "/policies"},
            {"name": "certificate", "mountPath": "/certificate"},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "containers": [container],
        "volumes": [
            {"name": "policies", "configMap": {"name": "policies"}},
            {"name": "certificate", "secret": {"secretName": "gatehouse"}},
        ],
    }
    labels = {"app": "gatehouse"}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return _object("apps/v1", "Deployment", "gatehouse", spec=spec)
