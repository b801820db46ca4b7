"""The table of values in the chart's README, made from the comments of values.yaml."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import yaml

from chart import CHART

BEGIN = "<!-- values.yaml, generated: GATEHOUSE_UPDATE_GOLDENS=1 tests/chart/run -->\n"
END = "<!-- end of values.yaml -->\n"
_KEY = re.compile(r"^(?P<indent> *)(?P<name>[A-Za-z]\w*):(?P<rest>.*)$")


@dataclass(frozen=True)
class Value:
    path: str
    default: str
    meaning: str


def values() -> list[Value]:
    """The leaves of values.yaml in their order, each with the comment that stands over it."""
    text = (CHART / "values.yaml").read_text()
    found, comment, path = [], [], []
    skipped: int | None = None
    for line in text.splitlines():
        if line.strip().startswith("#"):
            comment.append(line.strip().removeprefix("#").strip())
            continue
        key = _KEY.match(line)
        if not key:
            comment = []
            continue
        depth = len(key["indent"]) // 2
        # What stands under a leaf of several lines is its value.
        if skipped is not None and depth > skipped:
            continue
        skipped = None
        path = [*path[:depth], key["name"]]
        if key["rest"].strip() or comment:
            found.append(Value(".".join(path), _default(text, path), " ".join(comment)))
            skipped = depth
        comment = []
    return found


def table() -> str:
    lines = ["| value | default | meaning |\n", "|---|---|---|\n"]
    lines += [f"| `{each.path}` | `{each.default}` | {each.meaning} |\n" for each in values()]
    return "".join(lines)


def _default(text: str, path: list[str]) -> str:
    value = yaml.safe_load(text)
    for name in path:
        value = value[name]
    return json.dumps(value)
