"""What `gatehouse check --resolve` says of each case, and where that is not what the node did."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from image_user.case import Case, Observation
from support import registry
from support.daemon import Failure

# A whole table of images in one run, each layer read from a registry on loopback.
_LIMIT_SECONDS = 120.0

# What this runtime cannot do and others can: the policy Strict, and layers that it does not unpack.
_BY_THE_RUNTIME = ("SupplementalGroupsPolicyNotSupported", "ErrImagePull")

Identity = dict[str, Any]


def predict_all(gatehouse: Path, cases: list[Case], images: dict[str, str], output: Path) -> dict[str, Identity]:
    """By the case's name."""
    configuration = output / "registries.yaml"
    configuration.write_text(_configuration())
    manifests = output / "pods.json"
    manifests.write_text("\n".join(json.dumps(_pod(case, images[case.name])) for case in cases))
    command = [str(gatehouse), "check", "--resolve", "-o", "json", "--config", str(configuration), str(manifests)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False)
    if done.returncode not in (0, 1):
        raise Failure(f"gatehouse check ended with {done.returncode}: {done.stderr}")
    results = json.loads(done.stdout)["results"]
    return {result["name"]: result["identities"][0] for result in results}


def differences(
    cases: list[Case], observed: dict[str, Observation], predicted: dict[str, Identity]
) -> Iterator[str]:
    for case in cases:
        identity, observation = predicted[case.name], observed[case.name]
        agrees = _is_open(identity) if case.declined else _agrees(identity, observation)
        if not agrees:
            yield f"{case.name}: predicted {json.dumps(identity)}, got {json.dumps(observation)}"


def _configuration() -> str:
    return json.dumps(
        {
            "apiVersion": "gatehouse.dev/v1alpha1",
            "kind": "ServerConfiguration",
            "registries": [{"host": registry.ADDRESS, "plainHTTP": True}],
        }
    )


def _pod(case: Case, image: str) -> dict[str, Any]:
    container = {"name": "app", "image": image, "securityContext": case.container}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": case.name},
        "spec": {"securityContext": case.pod, "containers": [container]},
    }


def _agrees(identity: Identity, observation: Observation) -> bool:
    if "refused" in observation:
        return _may_be_refused(identity, observation)
    groups = [group["id"] for group in identity.get("groups", [])]
    return (
        "refusal" not in identity
        and "groupsProblem" not in identity
        and identity.get("user", {}).get("id") == observation["uid"]
        and identity.get("group", {}).get("id") == observation["gid"]
        and groups == observation["groups"]
    )


def _may_be_refused(identity: Identity, observation: Observation) -> bool:
    """Whatever cannot be resolved promises nothing; what is resolved must be refused for the same reason."""
    if observation["refused"] in _BY_THE_RUNTIME:
        return True
    if "refusal" in identity:
        reason: str = identity["refusal"]
        return reason.startswith(observation["refused"] + ": ")
    return _is_open(identity)


def _is_open(identity: Identity) -> bool:
    return "problem" in identity or "groupsProblem" in identity or identity["user"]["id"] is None
