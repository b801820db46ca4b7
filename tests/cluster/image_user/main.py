"""Observes every case of cases.json on a real node and compares. Runs in the sandbox; `run` starts it.

Writes OUTPUT/observations.json: for each case, by name, the image, what the pod says and what was observed. What
Gatehouse predicts of each is compared with it as long as the registry of the run is up."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from image_user import case as table_of_cases
from image_user.case import Observation, Table
from image_user.observe import observe_all
from image_user.predict import differences, predict_all
from support import layer, node, registry
from support.daemon import Failure

_TABLE = Path(__file__).parent / "cases.json"


def main() -> int:
    arguments = _arguments()
    table = table_of_cases.read(_TABLE)
    registry.start(arguments.output)
    images = _push_images(table, arguments.probe.read_bytes())
    pause = _push_pause(arguments.pause.read_bytes())
    observed = observe_all(node.start(arguments.kubelet, pause, arguments.output), table.cases, images)
    _write_observations(arguments.output / "observations.json", table, images, observed)
    if os.environ.get("GATEHOUSE_UPDATE_GOLDENS") == "1":
        _update(table, observed)
        return 0
    predicted = predict_all(arguments.gatehouse, table.cases, images, arguments.output)
    wrong = list(differences(table.cases, observed, predicted))
    for difference in wrong:
        print(f"FAILED prediction {difference}")
    print(f"image_user: {len(table.cases) - len(wrong)} of {len(table.cases)} cases as Gatehouse predicts")
    return 1 if wrong else _judge(table, observed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for program in ("kubelet", "probe", "pause", "gatehouse"):
        parser.add_argument(f"--{program}", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    return parser.parse_args()


def _push_pause(program: bytes) -> str:
    layers = [layer.compressed([], {"pause": program})]
    return registry.Repository("pause").push_image("1", layers, {"Entrypoint": ["/pause"]})


def _push_images(table: Table, probe: bytes) -> dict[str, str]:
    """The reference of each case's image; cases with the same root and USER share one."""
    repository = registry.Repository("image-user")
    base = layer.compressed([], {"probe": probe})
    roots = {name: [base, *map(layer.compressed, layers)] for name, layers in table.roots.items()}
    pushed: dict[tuple[str, str], str] = {}
    for case in table.cases:
        image = (case.root, case.user)
        if image not in pushed:
            config = {"User": case.user, "Entrypoint": ["/probe"]}
            pushed[image] = repository.push_image(f"{len(pushed) + 1}", roots[case.root], config)
    return {case.name: pushed[case.root, case.user] for case in table.cases}


def _write_observations(
    path: Path, table: Table, images: dict[str, str], observed: dict[str, Observation]
) -> None:
    document = {
        case.name: {
            "image": images[case.name],
            "pod": case.pod,
            "container": case.container,
            "observed": observed[case.name],
        }
        for case in table.cases
    }
    path.write_text(json.dumps(document, indent=1) + "\n")


def _update(table: Table, observed: dict[str, Observation]) -> None:
    cases = [dataclasses.replace(case, expected=observed[case.name]) for case in table.cases]
    table_of_cases.write(_TABLE, dataclasses.replace(table, cases=cases))
    print(f"image_user: {len(cases)} expectations written")


def _judge(table: Table, observed: dict[str, Observation]) -> int:
    failures = 0
    for case in table.cases:
        if observed[case.name] != case.expected:
            failures += 1
            print(
                f"FAILED {case.name}: expected {json.dumps(case.expected)}, got {json.dumps(observed[case.name])}"
            )
    print(f"image_user: {len(table.cases) - failures} of {len(table.cases)} cases as expected on a real node")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"image_user: {failure}", file=sys.stderr)
        sys.exit(2)
