"""The image that deploy/image/build wrote, read as a runtime would read it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parents[2]
OUTPUT = Path(os.environ["GATEHOUSE_IMAGE"])
ARCHITECTURE = os.environ.get("GATEHOUSE_IMAGE_ARCH", "amd64")
# Where the packages of Debian are that the image is made of.
ROOT = Path("/") if ARCHITECTURE == "amd64" else TREE / f"build/{ARCHITECTURE}/root"


class Layout:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.index = json.loads((folder / "index.json").read_text())
        self.manifest = json.loads(self.blob(self.index["manifests"][0]))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def blob(self, descriptor: dict[str, Any]) -> bytes:
        algorithm, digest = descriptor["digest"].split(":")
        content: bytes = (self._folder / "blobs" / algorithm / digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest or len(content) != descriptor["size"]:
            raise AssertionError(f"{descriptor['digest']} is not what its descriptor says")
        return content

    def layers(self) -> list[bytes]:
        return [gzip.decompress(self.blob(each)) for each in self.manifest["layers"]]

    def entries(self) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
        """Of all layers, by path."""
        found = {}
        for layer in self.layers():
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                for entry in archive:
                    file = archive.extractfile(entry)
                    found[entry.name] = (entry, file.read() if file else b"")
        return found
