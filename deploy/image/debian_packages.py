"""Debian's packages as dpkg's database knows them: who owns a file, and what the package says of itself."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_MACHINE_READABLE = re.compile(r"^Format: https?://www\.debian\.org/doc/packaging-manuals/copyright-format/")
_FIELDS = ["Package", "Architecture", "Version", "source:Package", "source:Version", "Maintainer", "Homepage"]
_ATTRIBUTES = ["name", "architecture", "version", "source", "source_version", "maintainer", "homepage"]


@dataclass(frozen=True)
class License:
    """Debian's short name, or an expression of such, and the text that goes with it."""

    name: str
    text: str


@dataclass(frozen=True)
class Package:
    name: str
    architecture: str
    version: str
    source: str
    source_version: str
    maintainer: str
    homepage: str
    license: License | None


class Packages:
    def __init__(self, sysroot: Path) -> None:
        self._sysroot = sysroot
        self._known = self._read()
        self._owners = self._read_owners()

    def owner(self, path: Path) -> Package | None:
        """None also for what is not in the root of these packages."""
        if not path.is_relative_to(self._sysroot):
            return None
        name = self._owners.get(_database_path(f"/{path.relative_to(self._sysroot)}"))
        return self._known.get(name) if name else None

    def _read_owners(self) -> dict[str, str]:
        owners = {}
        for listing in (self._sysroot / "var/lib/dpkg/info").glob("*.list"):
            for line in listing.read_text().splitlines():
                owners[_database_path(line)] = listing.stem
        return owners

    def _read(self) -> dict[str, Package]:
        format_of_fields = "\\t".join(f"${{{field}}}" for field in _FIELDS)
        command = ["dpkg-query", f"--admindir={self._sysroot / 'var/lib/dpkg'}", "--show"]
        command.append(f"--showformat=${{binary:Package}}\\t${{Multi-Arch}}\\t{format_of_fields}\\n")
        known = {}
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
            full_name, multi_arch, *values = line.split("\t")
            name, architecture = values[0], values[1]
            # A file list is named by the package, and by its architecture where several may be installed.
            listing = f"{name}:{architecture}" if multi_arch == "same" else full_name
            fields = dict(zip(_ATTRIBUTES, values, strict=True))
            known[listing] = Package(**fields, license=self._license(name))
        return known

    def _license(self, name: str) -> License | None:
        """Of most of the package, where its copyright file is made to be read by programs."""
        try:
            text = (self._sysroot / f"usr/share/doc/{name}/copyright").read_text(errors="replace")
        except OSError:
            return None
        if not _MACHINE_READABLE.match(text):
            return None
        paragraphs = [_fields(paragraph) for paragraph in re.split(r"\n\s*\n", text)]
        main = [each for each in paragraphs if each.get("Files") in ("*", "* ") and "License" in each]
        if not main:
            return None
        short, _, body = main[0]["License"].partition("\n")
        bodies = [each["License"] for each in paragraphs if "Files" not in each and "License" in each]
        stand_alone = {each.partition("\n")[0].strip(): each.partition("\n")[2] for each in bodies}
        return License(short.strip(), (body or stand_alone.get(short.strip(), "")).strip())


def _database_path(path: str) -> str:
    """/lib is a link to /usr/lib, but packages of Debian 12 still name either."""
    return path.removeprefix("/usr") if path.startswith("/usr/lib") else path


def _fields(paragraph: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        if line[:1].isspace() and name:
            fields[name] += "\n" + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    return fields
