"""Pods that cases make: one that every policy here lets in, and what differs from it."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def good_spec(image: str) -> Object:
    return {
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "runAsNonRoot": True,
            "supplementalGroupsPolicy": "Merge",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "app",
                "image": image,
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            }
        ],
    }


def bad_spec(image: str) -> Object:
    """Privileged, which baseline refuses as well."""
    resources = {"requests": {"cpu": "10m"}}
    container = {"name": "app", "image": image, "resources": resources, "securityContext": {"privileged": True}}
    return {"terminationGracePeriodSeconds": 0, "containers": [container]}


def pod(name: str, spec: Object, **metadata: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}


def template(spec: Object) -> Object:
    return {"metadata": {"labels": {"app": "one"}}, "spec": spec}


def workload(kind: str, name: str, spec: Object, replicas: int = 1) -> Object:
    """Any kind that makes pods, with this pod's spec in its template."""
    selector = {"matchLabels": {"app": "one"}}
    once = template({**spec, "restartPolicy": "Never"})
    bodies: dict[str, tuple[str, Object]] = {
        "Deployment": ("apps/v1", {"replicas": replicas, "selector": selector, "template": template(spec)}),
        "ReplicaSet": ("apps/v1", {"replicas": replicas, "selector": selector, "template": template(spec)}),
        "StatefulSet": (
            "apps/v1",
            {"replicas": replicas, "serviceName": "one", "selector": selector, "template": template(spec)},
        ),
        "DaemonSet": ("apps/v1", {"selector": selector, "template": template(spec)}),
        "ReplicationController": ("v1", {"replicas": replicas, "selector": {"app": "one"}, "template": template(spec)}),
        "Job": ("batch/v1", {"template": once}),
        "CronJob": ("batch/v1", {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": once}}}),
    }
    api_version, body = bodies[kind]
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, "spec": body}


WORKLOADS = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob"]
