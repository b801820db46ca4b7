"""Lets the node start the container of each case and reads from the kubelet whom it ran as, or why it did not."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from image_user.case import Case, Observation
from support.daemon import Failure
from support.node import Node

_PODS_IN_FLIGHT = 12
# A pod's containers share 12 KiB of termination messages.
_CASES_IN_A_POD = 8
_LIMIT_SECONDS = 180.0
# While a container waits for one of these it has not been refused.
_UNDER_WAY = {"", "ContainerCreating", "PodInitializing"}


def observe_all(node: Node, cases: Iterable[Case], images: dict[str, str]) -> dict[str, Observation]:
    """`images` has the reference of each case's image by the case's name."""
    waiting = {f"pod-{number}": pod for number, pod in enumerate(_pods(cases), 1)}
    started: dict[str, float] = {}
    observed: dict[str, Observation] = {}
    for name, pod in waiting.items():
        while len(started) >= _PODS_IN_FLIGHT:
            _look(node, waiting, started, observed)
        node.add_pod(name, _pod_spec(pod, images))
        started[name] = time.monotonic()
    while started:
        _look(node, waiting, started, observed)
    return observed


def _pods(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Cases of equal pods are containers of one, which saves most of the time that a pod takes."""
    equal: dict[str, list[Case]] = {}
    for case in cases:
        equal.setdefault(json.dumps([case.pod, case.volume]), []).append(case)
    for group in equal.values():
        for first in range(0, len(group), _CASES_IN_A_POD):
            yield group[first : first + _CASES_IN_A_POD]


def _look(
    node: Node, pods: dict[str, list[Case]], started: dict[str, float], observed: dict[str, Observation]
) -> None:
    """Takes what the node has decided since the last look, and away the pods that are done."""
    time.sleep(0.1)
    known, failures = node.pods(), node.sandbox_failures()
    for name in list(started):
        # A container that was refused is tried again: what counts is the first answer.
        for case in pods[name]:
            observation = _observation(case, known.get(name, {}), failures.get(name))
            if observation is not None:
                observed.setdefault(case.name, observation)
        missing = [case.name for case in pods[name] if case.name not in observed]
        if not missing:
            node.remove_pod(name)
            del started[name]
        elif time.monotonic() - started[name] > _LIMIT_SECONDS:
            status = json.dumps(known.get(name, {}).get("status"))
            raise Failure(f"nothing after {_LIMIT_SECONDS:.0f} s from {', '.join(missing)}: {status}")


def _pod_spec(cases: list[Case], images: dict[str, str]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "hostNetwork": True,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "securityContext": cases[0].pod,
        "containers": [_container(case, images[case.name]) for case in cases],
    }
    if cases[0].volume:
        spec["volumes"] = [{"name": "empty", "emptyDir": {}}]
    return spec


def _container(case: Case, image: str) -> dict[str, Any]:
    return {
        "name": case.name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": case.container,
        "volumeMounts": [{"name": "empty", "mountPath": case.volume}] if case.volume else [],
    }


def _observation(case: Case, pod: dict[str, Any], sandbox_failure: str | None) -> Observation | None:
    """None while nothing is decided."""
    if sandbox_failure is not None:
        return _refusal({"reason": "FailedCreatePodSandBox", "message": sandbox_failure}, case)
    status = pod.get("status", {})
    states = {item["name"]: item["state"] for item in status.get("containerStatuses", [])}
    if not states and status.get("phase") == "Failed":
        return _refusal(status, case)
    state = states.get(case.name, {})
    if "terminated" in state:
        return _ended(state["terminated"], case)
    if "waiting" in state and state["waiting"].get("reason", "") not in _UNDER_WAY:
        return _refusal(state["waiting"], case)
    return None


def _ended(terminated: dict[str, Any], case: Case) -> Observation:
    if terminated["exitCode"] != 0:
        return _refusal(terminated, case)
    observation: Observation = json.loads(terminated["message"])
    return observation


def _refusal(state: dict[str, Any], case: Case) -> Observation:
    message = state.get("message", "").replace(f"container: {case.name})", "container: CONTAINER)")
    for varying, name in _VARYING:
        message = varying.sub(name, message)
    return {"refused": state.get("reason", ""), "message": message}


# What differs from run to run in a message, and what stands for it.
_VARYING = [
    (re.compile(r"pod-[0-9]+-node_default\([0-9a-f]{32}\)"), "POD"),
    (re.compile(r"/var/lib/containerd/tmpmounts/containerd-mount[0-9]+"), "ROOT"),
    (re.compile(r"/var/lib/containerd/[^ ]*/snapshots/[0-9]+/fs"), "LAYER"),
    (re.compile(r"127\.0\.0\.1:5000/image-user:[0-9]+"), "IMAGE"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "ID"),
]
