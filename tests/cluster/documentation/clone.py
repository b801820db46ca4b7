"""What a reader has in front of them: a clone of the repository. Links to this one, but for two things that take long:

the image is not compiled again, `deploy/image/build` gives the one of the run; and chart and plain manifests come with
shorter times, for pods to end and for the steps of a rotation."""

from __future__ import annotations

import shutil
from pathlib import Path

_TREE = Path(__file__).resolve().parents[3]
_SHORTER = {
    "drainDelaySeconds: 15": "drainDelaySeconds: 1",
    "shutdownTimeoutSeconds: 20": "shutdownTimeoutSeconds: 2",
    "rotationSettle: 60s": "rotationSettle: 1s",
    "--drain-delay=15s": "--drain-delay=1s",
    "--shutdown-timeout=20s": "--shutdown-timeout=2s",
    "--rotation-settle=60s": "--rotation-settle=1s",
}


def make(folder: Path, image: Path) -> None:
    """`image` is the OCI layout of the run."""
    folder.mkdir()
    for each in ("charts/gatehouse", "deploy/kubernetes"):
        shutil.copytree(_TREE / each, folder / each)
    for each in ("charts/gatehouse/values.yaml", "deploy/kubernetes/gatehouse.yaml"):
        _shorten(folder / each)
    _link_rest(_TREE / "deploy", folder / "deploy")
    (folder / "deploy/image").unlink()
    (folder / "deploy/image").mkdir()
    build = folder / "deploy/image/build"
    build.write_text(f'#!/bin/sh\nmkdir -p build/image && ln -sfn "{image}" build/image/oci\n')
    build.chmod(0o755)
    _link_rest(_TREE, folder)
    (folder / "build").unlink(missing_ok=True)


def _shorten(file: Path) -> None:
    text = file.read_text()
    found = [each for each in _SHORTER if each in text]
    if len(found) != len(_SHORTER) / 2:
        raise AssertionError(f"{file}: other times than {list(_SHORTER)}")
    for each in found:
        text = text.replace(each, _SHORTER[each])
    file.write_text(text)


def _link_rest(source: Path, folder: Path) -> None:
    for each in source.iterdir():
        if not (folder / each.name).exists():
            (folder / each.name).symlink_to(each)
