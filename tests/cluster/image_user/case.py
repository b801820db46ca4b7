"""The table of cases.json: what each image and pod say, and whom the container ran as when a real node started it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.layer import Layer

# {"uid": 0, "gid": 0, "groups": [0]}, or {"refused": REASON, "message": TEXT} where the container did not start.
Observation = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`pod` and `container` are securityContexts; `volume` is a path at which the pod mounts an empty volume. Of one
    that is `declined` Gatehouse does not say what it becomes: layers that no builder makes, and runtimes differ on."""

    name: str
    root: str
    user: str
    pod: dict[str, Any]
    container: dict[str, Any]
    volume: str
    declined: bool
    expected: Observation


@dataclass(frozen=True)
class Table:
    """`roots` are file systems by name, each a list of layers, the lowest first."""

    roots: dict[str, list[Layer]]
    cases: list[Case]


def read(path: Path) -> Table:
    document = json.loads(path.read_text())
    roots = document["roots"]
    cases = [_case(item) for item in document["cases"]]
    _check(roots, cases)
    return Table(roots, cases)


def _case(item: dict[str, Any]) -> Case:
    return Case(
        name=item["name"],
        root=item["root"],
        user=item["user"],
        pod=item.get("pod", {}),
        container=item.get("container", {}),
        volume=item.get("volume", ""),
        declined=item.get("declined", False),
        expected=item.get("expected", {}),
    )


def _check(roots: dict[str, list[Layer]], cases: list[Case]) -> None:
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"cases of the same name: {', '.join(twice)}")
    unfit = [name for name in names if not re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)]
    if unfit:
        raise ValueError(f"a pod cannot be called {', '.join(unfit)}")
    unused = sorted(set(roots) - {case.root for case in cases})
    if unused:
        raise ValueError(f"roots without a case: {', '.join(unused)}")


def write(path: Path, table: Table) -> None:
    """One layer a line, two lines a case, so that a changed observation is a line in a diff."""
    roots = [f"    {_text(name)}: {_rows(layers)}" for name, layers in table.roots.items()]
    cases = [_case_text(case) for case in table.cases]
    path.write_text(f'{{\n"roots": {{\n{_joined(roots)}\n}},\n"cases": [\n{_joined(cases)}\n]\n}}\n')


def _rows(layers: list[Layer]) -> str:
    return "[" + ",\n        ".join(_text(layer) for layer in layers) + "]"


def _case_text(case: Case) -> str:
    said: dict[str, Any] = {"name": case.name, "root": case.root, "user": case.user}
    said |= {key: value for key in ("pod", "container", "volume", "declined") if (value := getattr(case, key))}
    return f'    {_text(said)[:-1]},\n     "expected": {_text(case.expected)}}}'


def _joined(items: list[str]) -> str:
    return ",\n".join(items)


def _text(value: Any) -> str:
    return json.dumps(value)
