"""Somebody who signs images with a key, as cosign does without a log."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

from support.registry import Repository


class Signer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._key = folder / "key.pem"
        generate = ["openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        subprocess.run([*generate, "-out", str(self._key)], check=True)
        public = ["openssl", "pkey", "-in", str(self._key), "-pubout"]
        self.public_key = subprocess.run(public, check=True, capture_output=True, text=True).stdout

    def sign(self, repository: Repository, digest: str) -> None:
        critical = {
            "identity": {"docker-reference": ""},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        }
        payload = self._folder / "payload.json"
        payload.write_text(json.dumps({"critical": critical, "optional": None}))
        command = ["openssl", "dgst", "-sha256", "-sign", str(self._key), str(payload)]
        signature = subprocess.run(command, check=True, capture_output=True).stdout
        repository.push_signature(digest, payload.read_bytes(), base64.b64encode(signature).decode())
