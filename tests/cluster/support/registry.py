"""Debian's docker-registry, and images pushed to it over its own protocol."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from support import kubelet_settings, layer
from support.daemon import Daemon, Failure
from support.http_request import answers_ok, request

ADDRESS = "127.0.0.1:5000"
# The same registry for those who are not on the node: pods of a cluster.
NODE_ADDRESS = f"{kubelet_settings.NODE_ADDRESS}:5000"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_SIGNED_PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def start(logs: Path) -> None:
    state = Path("/var/lib/registry")
    state.mkdir()
    configuration = state / "config.yml"
    configuration.write_text(
        json.dumps(
            {
                "version": "0.1",
                "log": {"level": "warn"},
                "storage": {"filesystem": {"rootdirectory": str(state / "data")}},
                "http": {"addr": ":5000"},
            }
        )
    )
    daemon = Daemon("registry", ["docker-registry", "serve", str(configuration)], logs)
    daemon.wait_until(lambda: answers_ok(ADDRESS, "/v2/"))


class Repository:
    """One repository of the registry; a blob that several images share is pushed once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pushed: set[str] = set()

    def push_image(self, tag: str, layers: list[bytes], config: dict[str, Any]) -> str:
        """Pushes an image with this part of its configuration ("User", "Entrypoint"); returns its reference."""
        document = _json(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": config,
                "rootfs": {
                    "type": "layers",
                    "diff_ids": [_digest(layer.uncompressed(each)) for each in layers],
                },
            }
        )
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": _MANIFEST,
                "config": self._push_blob(_CONFIG, document),
                "layers": [self._push_blob(_LAYER, each) for each in layers],
            }
        )
        self._expect(201, "PUT", f"/v2/{self._name}/manifests/{tag}", manifest, _MANIFEST)
        return f"{ADDRESS}/{self._name}:{tag}"

    def digest_of(self, tag: str) -> str:
        answer = request(ADDRESS, "GET", f"/v2/{self._name}/manifests/{tag}", accept=_MANIFEST)
        return str(answer.headers["Docker-Content-Digest"])

    def push_signature(self, digest: str, payload: bytes, signature: str) -> None:
        """Where cosign looks for it: in the layers of an image that is named after the signed one."""
        signed = {
            **self._push_blob(_SIGNED_PAYLOAD, payload),
            "annotations": {"dev.cosignproject.cosign/signature": signature},
        }
        config = self._push_blob(_CONFIG, b"{}")
        manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": [signed]}
        tag = f"{digest.replace(':', '-')}.sig"
        self._expect(201, "PUT", f"/v2/{self._name}/manifests/{tag}", _json(manifest), _MANIFEST)

    def push_layout(self, tag: str, folder: Path) -> str:
        """Pushes the one image of an OCI image layout as it stands; returns its reference by digest."""
        descriptor = json.loads((folder / "index.json").read_text())["manifests"][0]
        content = _blob(folder, descriptor)
        manifest = json.loads(content)
        for each in [manifest["config"], *manifest["layers"]]:
            self._push_blob(each["mediaType"], _blob(folder, each))
        self._expect(201, "PUT", f"/v2/{self._name}/manifests/{tag}", content, manifest["mediaType"])
        return f"{ADDRESS}/{self._name}@{descriptor['digest']}"

    def _push_blob(self, media_type: str, blob: bytes) -> dict[str, Any]:
        digest = _digest(blob)
        if digest not in self._pushed:
            upload = self._expect(202, "POST", f"/v2/{self._name}/blobs/uploads/")
            target = upload.removeprefix(f"http://{ADDRESS}")
            self._expect(201, "PUT", f"{target}&digest={digest}", blob, "application/octet-stream")
            self._pushed.add(digest)
        return {"mediaType": media_type, "digest": digest, "size": len(blob)}

    def _expect(
        self, status: int, method: str, target: str, body: bytes = b"", content_type: str = ""
    ) -> str:
        answer = request(ADDRESS, method, target, body, content_type)
        if answer.status != status:
            raise Failure(
                f"registry: {method} {target}: {answer.status} {answer.body.decode(errors='replace')}"
            )
        return answer.headers.get("Location", "")


def _blob(folder: Path, descriptor: dict[str, Any]) -> bytes:
    algorithm, digest = str(descriptor["digest"]).split(":")
    return (folder / "blobs" / algorithm / digest).read_bytes()


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
