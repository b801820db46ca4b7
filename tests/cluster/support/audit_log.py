"""What an API server's audit log says, while the API server writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def annotations_of(log: Path, namespace: str) -> dict[str, str] | None:
    """What the audit log has of ours about the creation of the first pod there."""
    with log.open() as lines:
        for line in lines:
            is_whole = line.endswith("\n")
            if is_whole and f'"{namespace}"' in line and '"pods"' in line and '"verb":"create"' in line:
                event: dict[str, Any] = json.loads(line)
                return {key: value for key, value in event["annotations"].items() if "gatehouse" in key}
    return None


def table(annotations: dict[str, str]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in sorted(annotations.items()))
