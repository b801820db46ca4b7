"""The policies that the cases are about: those of policies.yaml, and one for each level and version of the Pod Security
Standards, which hold in namespaces of their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support import registry

FILE = "admission.yaml"
# How pods' images are asked for.
SERVER_CONFIGURATION: dict[str, Any] = {"registries": [{"host": registry.NODE_ADDRESS, "plainHTTP": True}]}
_POLICIES = Path(__file__).parent / "policies.yaml"
_PODS = Path(__file__).resolve().parents[2] / "data/pods"
# The API server knows versions up to its own; later ones are judged by the standards that it has.
_SERVER_MINOR = 36


def files(public_key: str) -> dict[str, str]:
    """Text by the name of its file; signatures are by this key."""
    more = [*_parity(), _signed(public_key), _RESOLVED]
    return {FILE: text(), "more.yaml": "\n---\n".join(map(json.dumps, more))}


def text() -> str:
    return _POLICIES.read_text()


def groups() -> Iterator[tuple[str, str, list[Path]]]:
    """Level, version, and the pods that differ in it."""
    for folder in sorted(_PODS.glob("*/v1.*")):
        if int(folder.name.removeprefix("v1.")) <= _SERVER_MINOR:
            yield folder.parent.name, folder.name, sorted(folder.glob("*/*.json"))


def parity_name(level: str, version: str) -> str:
    return f"{level}-{version.replace('.', '-')}"


def _signed(public_key: str) -> dict[str, Any]:
    authority = {"name": "release", "keys": [{"data": public_key}]}
    entry = {"name": "release", "images": ["**"], "authorities": [authority]}
    return _policy("signed", {"match": {"namespaces": ["signed-*"]}, "signatures": [entry]})


def _policy(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "gatehouse.dev/v1alpha1",
        "kind": "AdmissionPolicy",
        "metadata": {"name": name},
        "spec": spec,
    }


_RESOLVED = _policy(
    "resolved",
    {
        "match": {"namespaces": ["resolved-*"]},
        "runAs": {"imageUser": "Resolve", "runAsUser": {"rule": "MustRunAsNonRoot"}},
    },
)


def _parity() -> list[dict[str, Any]]:
    return [
        _policy(
            f"parity-{parity_name(level, version)}",
            {
                "match": {"namespaces": [f"parity-{parity_name(level, version)}"]},
                "podSecurity": {"level": level, "version": version},
            },
        )
        for level, version, _ in groups()
    ]
