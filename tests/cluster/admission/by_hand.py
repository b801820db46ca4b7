"""Gatehouse as somebody installs it who writes every object: a Deployment, a Service, an existing certificate, and a
webhook configuration that asks it about namespaces with its label."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from support.certificates import Authority
from support.cluster import Cluster
from support.kubectl import Kubectl

from admission import chart, policies

# What the chart registers from Kubernetes 1.28 on.
_RULES = [
    ("", ["pods", "pods/*", "podtemplates", "replicationcontrollers"]),
    ("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("batch", ["cronjobs", "jobs"]),
]
_CONFIGURATION = {
    "apiVersion": "gatehouse.dev/v1alpha1",
    "kind": "ServerConfiguration",
    **policies.SERVER_CONFIGURATION,
}
WEBHOOK = "by-hand.example.com"
_GRACE_SECONDS = 30
# So that a call which gets no answer costs a drill little.
_TIMEOUT_SECONDS = 2


class ByHand:
    """Is in place, and asked, once it is made. Several live side by side by their names."""

    deployment = "gatehouse"
    selector = "app=gatehouse"

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        replicas: int = 1,
        options: list[str] | None = None,
        policy_files: dict[str, str] | None = None,
        address: str = "",
    ) -> None:
        """Without `policy_files` the built-in one holds. `address` is that of the Service, where it matters; the
        certificate names it then."""
        self._name = f"gatehouse-{name}"
        self.kubectl: Kubectl = cluster.kubectl.within(self._name)
        # What a namespace must carry for this one to be asked about it.
        self.label = {"gatehouse": name}
        self.address = address
        authority, secret = self._certificate("first")
        self.authority = base64.b64encode(authority.certificate.read_bytes()).decode()
        self.kubectl.apply(_object("v1", "Namespace", self._name))
        self.kubectl.apply(secret)
        options = list(options or [])
        if policy_files:
            options += ["--policy=/policies", "--config=/configuration/config.json"]
        self.kubectl.apply(
            _object("v1", "ConfigMap", "policies", data=policy_files or {}),
            _object("v1", "ConfigMap", "configuration", data={"config.json": json.dumps(_CONFIGURATION)}),
        )
        self.kubectl.apply(_service(address), _deployment(cluster.gatehouse_image, replicas, options))
        self.kubectl.must("rollout", "status", "deployment/gatehouse", "--timeout=60s", limit_seconds=70)
        self.kubectl.apply(self._webhook())

    def swap_certificate(self) -> None:
        """For one of an authority that nobody was told about."""
        self.kubectl.apply(self._certificate("second")[1])

    def _certificate(self, name: str) -> tuple[Authority, dict[str, Any]]:
        authority = Authority(Path("/var/lib") / self._name / name, self._name)
        names = [f"DNS:gatehouse.{self._name}.svc", *([f"IP:{self.address}"] if self.address else [])]
        pair = authority.issue_server("gatehouse", names)
        data = {"tls.crt": pair.certificate.read_text(), "tls.key": pair.key.read_text()}
        return authority, _object("v1", "Secret", "gatehouse", type="kubernetes.io/tls", stringData=data)

    def remove(self) -> None:
        configuration = f"validatingwebhookconfiguration/{self._name}"
        self.kubectl.must("delete", configuration, f"namespace/{self._name}", "--wait=false")

    def by_address(self) -> dict[str, Any]:
        """What registers it under the name of the chart's webhook, for all of a cluster, even one that does not know
        its Service."""
        operations = ["CREATE", "UPDATE"]
        rules = [
            {"apiGroups": [group], "apiVersions": ["v1"], "operations": operations, "resources": resources}
            for group, resources in _RULES
        ]
        excluded = [self._name, "kube-system", "kube-public", "kube-node-lease"]
        name = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": excluded}
        webhook = {
            "name": chart.WEBHOOK,
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "failurePolicy": "Fail",
            "clientConfig": {"url": f"https://{self.address}/validate", "caBundle": self.authority},
            "namespaceSelector": {"matchExpressions": [name]},
            "rules": rules,
        }
        kind = "ValidatingWebhookConfiguration"
        return _object("admissionregistration.k8s.io/v1", kind, "gatehouse", webhooks=[webhook])

    def _webhook(self) -> dict[str, Any]:
        service = {"name": "gatehouse", "namespace": self._name, "path": "/validate"}
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods"]}
        webhook = {
            "name": WEBHOOK,
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "timeoutSeconds": _TIMEOUT_SECONDS,
            "failurePolicy": "Fail",
            "clientConfig": {"service": service, "caBundle": self.authority},
            "namespaceSelector": {"matchLabels": self.label},
            "rules": [rule],
        }
        kind = "ValidatingWebhookConfiguration"
        return _object("admissionregistration.k8s.io/v1", kind, self._name, webhooks=[webhook])


def _object(api_version: str, kind: str, name: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def _service(address: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"selector": {"app": "gatehouse"}, "ports": [{"port": 443, "targetPort": 8443}]}
    if address:
        spec["clusterIP"] = address
    return _object("v1", "Service", "gatehouse", spec=spec)


def _deployment(image: str, replicas: int, options: list[str]) -> dict[str, Any]:
    arguments = [
        "serve",
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
            {"name": "configuration", "mountPath": "/configuration"},
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
            {"name": "configuration", "configMap": {"name": "configuration"}},
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
