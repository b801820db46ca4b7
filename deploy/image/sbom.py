"""What is in the image, as SPDX 2.3: every file, the package it is from, and what the binary was made of."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from debian_packages import License, Package, Packages
from oci_layout import Image, timestamp
from root_file_system import File

_SPDX_OF_DEBIAN = {
    "Apache-2.0": "Apache-2.0",
    "Artistic or GPL-1+": "Artistic-1.0-Perl OR GPL-1.0-or-later",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-2-clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "BSD-3-clause": "BSD-3-Clause",
    "BSD-3-clause or GPL-2": "BSD-3-Clause OR GPL-2.0-only",
    "BSL-1.0": "BSL-1.0",
    "Expat": "MIT",
    "GPL-2+": "GPL-2.0-or-later",
    "GPL-3+": "GPL-3.0-or-later",
    "ISC": "ISC",
    "LGPL-2.1+": "LGPL-2.1-or-later",
    "MIT": "MIT",
    "MPL-2.0": "MPL-2.0",
    "X11": "X11",
    "Zlib": "Zlib",
    "zlib": "Zlib",
}


@dataclass
class Linked:
    """What was compiled into the binary: packages of static libraries, and of the headers of all its sources."""

    libraries: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)
    packages: dict[str, Package] = field(default_factory=dict)


def linked_packages(binary: Path, packages: Packages) -> Linked:
    """Out of the folder that the binary was built in; nothing where that is gone."""
    folder = binary.parent.parent
    linked = Linked()
    if not (folder / "build.ninja").exists():
        return linked
    inputs = _ninja(folder, "inputs", f"bin/{binary.name}").split("\n")
    archives = {folder / each.strip() for each in inputs if each.strip().endswith(".a")}
    _own(linked, linked.libraries, packages, archives)
    objects = [each.strip() for each in inputs if each.strip().endswith(".o")]
    lines = _ninja(folder, "deps", *objects).splitlines()
    # Those of a root that lies near the build are told by their way there.
    headers = {folder / each.strip() for each in lines if each.startswith("    ")}
    _own(linked, linked.headers, packages, headers)
    linked.headers -= linked.libraries
    return linked


def describe(
    files: list[File], linked: Linked, packages: Packages, image: Image, version: str, moment: int
) -> dict[str, Any]:
    document = _Document()
    document.package("SPDXRef-image", _package_of_ours("gatehouse-image", version, image))
    document.package("SPDXRef-gatehouse", _package_of_ours("gatehouse", version))
    document.relate("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image")
    document.relate("SPDXRef-image", "CONTAINS", "SPDXRef-gatehouse")
    for each in files:
        owners = {packages.owner(source) for source in each.sources}
        names = {document.debian_package(owner) for owner in owners if owner is not None}
        for name in sorted(names) or ["SPDXRef-gatehouse"]:
            document.relate(name, "CONTAINS", document.file(each))
            if name != "SPDXRef-gatehouse":
                document.relate("SPDXRef-image", "CONTAINS", name)
    for name in sorted(linked.libraries):
        document.relate("SPDXRef-gatehouse", "STATIC_LINK", document.debian_package(linked.packages[name]))
    for name in sorted(linked.headers):
        identity = document.debian_package(linked.packages[name])
        document.relate(identity, "BUILD_DEPENDENCY_OF", "SPDXRef-gatehouse")
    return document.text(image, moment)


class _Document:
    def __init__(self) -> None:
        self._packages: dict[str, dict[str, Any]] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._relationships: dict[tuple[str, str, str], dict[str, str]] = {}
        self._licenses: dict[str, dict[str, str]] = {}

    def package(self, identity: str, fields: dict[str, Any]) -> None:
        self._packages[identity] = {"SPDXID": identity, **fields}

    def debian_package(self, package: Package) -> str:
        identity = _identity("Package", package.name)
        license_expression = self._license(package.license)
        source = f"{package.source} {package.source_version}"
        version = quote(package.version, safe="")
        locator = f"pkg:deb/debian/{quote(package.name)}@{version}?arch={package.architecture}"
        fields = {
            "name": package.name,
            "versionInfo": package.version,
            "supplier": f"Organization: {package.maintainer}",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "sourceInfo": f"built by Debian from {source}",
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": license_expression,
            "copyrightText": "NOASSERTION",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": locator,
                }
            ],
        }
        if package.homepage:
            fields["homepage"] = package.homepage
        self.package(identity, fields)
        return identity

    def file(self, file: File) -> str:
        identity = _identity("File", file.path)
        self._files[identity] = {
            "SPDXID": identity,
            "fileName": f"./{file.path}",
            "checksums": [
                {"algorithm": "SHA1", "checksumValue": hashlib.sha1(file.content).hexdigest()},
                {"algorithm": "SHA256", "checksumValue": hashlib.sha256(file.content).hexdigest()},
            ],
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
        }
        return identity

    def relate(self, one: str, relationship: str, other: str) -> None:
        self._relationships[one, relationship, other] = {
            "spdxElementId": one,
            "relationshipType": relationship,
            "relatedSpdxElement": other,
        }

    def _license(self, license: License | None) -> str:
        if license is None:
            return "NOASSERTION"
        if license.name in _SPDX_OF_DEBIAN:
            return _SPDX_OF_DEBIAN[license.name]
        identity = _identity("LicenseRef-Debian", license.name).removeprefix("SPDXRef-")
        text = license.text or license.name
        self._licenses[identity] = {"licenseId": identity, "name": license.name, "extractedText": text}
        return identity

    def text(self, image: Image, moment: int) -> dict[str, Any]:
        document = {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": "gatehouse-image",
            "documentNamespace": f"https://gatehouse.dev/sbom/{image.digest.replace(':', '-')}",
            "creationInfo": {"created": timestamp(moment), "creators": ["Tool: gatehouse-image-build"]},
            "packages": list(self._packages.values()),
            "files": list(self._files.values()),
            "relationships": list(self._relationships.values()),
        }
        if self._licenses:
            document["hasExtractedLicensingInfos"] = list(self._licenses.values())
        return document


def _package_of_ours(name: str, version: str, image: Image | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": name,
        "versionInfo": version,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
    }
    if image is not None:
        fields["checksums"] = [{"algorithm": "SHA256", "checksumValue": image.digest.removeprefix("sha256:")}]
        fields["primaryPackagePurpose"] = "CONTAINER"
    return fields


def _identity(kind: str, name: str) -> str:
    prefix = kind if kind.startswith("LicenseRef") else f"SPDXRef-{kind}"
    return f"{prefix}-{re.sub('[^A-Za-z0-9.-]', '-', name)}"


def _own(linked: Linked, names: set[str], packages: Packages, paths: set[Path]) -> None:
    for path in paths:
        owner = packages.owner(path.resolve())
        if owner is not None:
            names.add(owner.name)
            linked.packages[owner.name] = owner


def _ninja(folder: Path, tool: str, *arguments: str) -> str:
    command = ["ninja", "-C", str(folder), "-t", tool, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
