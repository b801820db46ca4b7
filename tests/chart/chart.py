"""The chart as Helm renders it, for the tests."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TREE = Path(__file__).resolve().parents[2]
CHART = TREE / "charts/gatehouse"
NAMESPACE = "gatehouse-system"
# What Helm is told of by the files in ci/: each is a way to install the chart.
VALUE_FILES = sorted((CHART / "ci").glob("*-values.yaml"))
IMAGE = "--set=image.repository=registry.example.com/platform/gatehouse"
UPDATE = bool(os.environ.get("GATEHOUSE_UPDATE_GOLDENS"))


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["helm", *arguments], capture_output=True, text=True)


@cache
def template(*arguments: str, kubernetes: str = "1.36.0") -> str:
    """What `helm template` prints; it must succeed."""
    command = ["template", "gatehouse", str(CHART), f"--namespace={NAMESPACE}", f"--kube-version={kubernetes}"]
    result = helm(*command, *arguments)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return result.stdout


def refusal(*arguments: str) -> str:
    """What `helm template` says where it must fail."""
    result = helm("template", "gatehouse", str(CHART), f"--namespace={NAMESPACE}", IMAGE, *arguments)
    if result.returncode == 0:
        raise AssertionError(f"Helm takes {arguments}")
    return result.stderr


def objects(text: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(text) if each]


def named(rendered: list[dict[str, Any]], kind: str, name: str | None = None) -> dict[str, Any]:
    """The only object of a kind, or the one with that name."""
    found = [each for each in rendered if each["kind"] == kind and name in (None, each["metadata"]["name"])]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} objects {kind} {name or ''}")
    return found[0]
