"""An OCI image layout: one image, written so that the same files make the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from root_file_system import File

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True)
class Layer:
    name: str
    files: list[File]


@dataclass(frozen=True)
class Image:
    digest: str
    compressed_size: int


def write(folder: Path, layers: list[Layer], config: dict[str, object], arch: str, moment: int) -> Image:
    (folder / "blobs/sha256").mkdir(parents=True)
    archives = [_archive(layer.files, moment) for layer in layers]
    blobs = [_add(folder, _LAYER, gzip.compress(each, compresslevel=9, mtime=0)) for each in archives]
    created = timestamp(moment)
    document = {
        "created": created,
        "architecture": arch,
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_sha256(each)}" for each in archives]},
        "history": [{"created": created, "comment": layer.name} for layer in layers],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _add(folder, _CONFIG, _json(document)),
        "layers": blobs,
    }
    descriptor = _add(folder, _MANIFEST, _json(manifest))
    platform = {"architecture": arch, "os": "linux"}
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [{**descriptor, "platform": platform}]}
    (folder / "index.json").write_bytes(_json(index))
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    return Image(descriptor["digest"], sum(each["size"] for each in blobs))


def timestamp(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _archive(files: list[File], moment: int) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        folders = {str(parent) for each in files for parent in PurePosixPath(each.path).parents}
        for folder in sorted(folders - {"."}):
            archive.addfile(_entry(folder, tarfile.DIRTYPE, 0o755, moment))
        for each in files:
            entry = _entry(each.path, tarfile.REGTYPE, each.mode, moment)
            entry.size = len(each.content)
            archive.addfile(entry, io.BytesIO(each.content))
    return content.getvalue()


def _entry(path: str, kind: bytes, mode: int, moment: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode, entry.mtime = kind, mode, moment
    return entry


def _add(folder: Path, media_type: str, blob: bytes) -> dict[str, Any]:
    digest = _sha256(blob)
    (folder / "blobs/sha256" / digest).write_bytes(blob)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(blob)}


def _sha256(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
