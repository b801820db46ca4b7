"""A certificate authority for one run, and what it issues: made by openssl, kept in a folder of the sandbox."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
_DAYS = ["-days", "2"]


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path


class Authority:
    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._own = Pair(folder / "ca.crt", folder / "ca.key")
        subject = ["-subj", f"/CN={name}"]
        _openssl("req", "-x509", *_KEY, *_DAYS, *subject, "-keyout", self._own.key, "-out", self._own.certificate)

    @property
    def certificate(self) -> Path:
        return self._own.certificate

    def issue_client(self, name: str, group: str | None = None) -> Pair:
        """What the API server takes for the user `name`."""
        organization = f"/O={group}" if group else ""
        return self._issue(name.replace(":", "-"), f"{organization}/CN={name}", "extendedKeyUsage=clientAuth\n")

    def issue_server(self, name: str, alternative_names: list[str]) -> Pair:
        """`alternative_names` are as openssl writes them: DNS:example.com, IP:192.0.2.1."""
        names = ",".join(alternative_names)
        return self._issue(name, f"/CN={name}", f"extendedKeyUsage=serverAuth\nsubjectAltName={names}\n")

    def _issue(self, file: str, subject: str, extensions: str) -> Pair:
        pair = Pair(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        request, extension_file = self._folder / f"{file}.csr", self._folder / f"{file}.ext"
        extension_file.write_text(extensions)
        _openssl("req", *_KEY, "-subj", subject, "-keyout", pair.key, "-out", request)
        issuer = ["-CA", str(self._own.certificate), "-CAkey", str(self._own.key), "-CAcreateserial"]
        _openssl("x509", "-req", "-in", request, *issuer, *_DAYS, "-extfile", extension_file, "-out", pair.certificate)
        return pair


def make_signing_key(path: Path) -> Path:
    """An RSA key, which tokens of service accounts are signed with."""
    _openssl("genrsa", "-out", path, "2048")
    return path


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
