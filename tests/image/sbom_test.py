from __future__ import annotations

import hashlib
import json
import re
import subprocess
import unittest
from typing import Any, ClassVar

from layout import OUTPUT, ROOT, Layout

_DATABASE = ROOT / "var/lib/dpkg"


class Sbom(unittest.TestCase):
    document: ClassVar[dict[str, Any]] = json.loads((OUTPUT / "sbom.spdx.json").read_text())
    image: ClassVar[Layout] = Layout(OUTPUT / "oci")
    packages: ClassVar[dict[str, Any]] = {each["SPDXID"]: each for each in document["packages"]}
    files: ClassVar[dict[str, Any]] = {each["fileName"].removeprefix("./"): each for each in document["files"]}

    def relations(self, kind: str) -> list[tuple[str, str]]:
        return [
            (each["spdxElementId"], each["relatedSpdxElement"])
            for each in self.document["relationships"]
            if each["relationshipType"] == kind
        ]

    def test_lists_every_file_of_the_image_with_its_digest(self) -> None:
        files = {path: content for path, (entry, content) in self.image.entries().items() if entry.isfile()}
        self.assertEqual(set(self.files), set(files))
        for path, content in files.items():
            digests = {each["algorithm"]: each["checksumValue"] for each in self.files[path]["checksums"]}
            self.assertEqual(digests["SHA256"], hashlib.sha256(content).hexdigest(), path)

    def test_every_file_is_in_a_package(self) -> None:
        owned = {to for origin, to in self.relations("CONTAINS") if origin in self.packages}
        self.assertEqual({each["SPDXID"] for each in self.files.values()} - owned, set())

    def test_libraries_are_in_the_package_and_version_that_dpkg_tells(self) -> None:
        owners = {to: self.packages[origin] for origin, to in self.relations("CONTAINS") if origin in self.packages}
        for path, file in self.files.items():
            if path.startswith("usr/lib/"):
                package = owners[file["SPDXID"]]
                command = ["dpkg-query", f"--admindir={_DATABASE}", "--show", "--showformat=${Version}\n"]
                command.append(package["name"])
                known = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                self.assertIn(package["versionInfo"], known, path)

    def test_tells_what_was_compiled_into_the_binary(self) -> None:
        origins = {origin for origin, to in self.relations("BUILD_DEPENDENCY_OF") if to == "SPDXRef-gatehouse"}
        names = {self.packages[each]["name"] for each in origins}
        self.assertLessEqual({"libboost1.81-dev", "libfmt-dev", "nlohmann-json3-dev"}, names)

    def test_tells_each_package_that_is_linked_statically(self) -> None:
        linked = [to for origin, to in self.relations("STATIC_LINK") if origin == "SPDXRef-gatehouse"]
        self.assertEqual(
            [self.packages[each]["name"] for each in linked],
            ["libarchive-dev", "libc-ares-dev", "libsodium-dev", "libssl-dev", "libzstd-dev", "zlib1g-dev"],
        )

    def test_names_the_image_that_it_describes(self) -> None:
        digest = self.image.index["manifests"][0]["digest"].removeprefix("sha256:")
        self.assertEqual(self.packages["SPDXRef-image"]["checksums"][0]["checksumValue"], digest)
        self.assertEqual(self.relations("DESCRIBES"), [("SPDXRef-DOCUMENT", "SPDXRef-image")])

    def test_identifiers_are_unique_and_relations_lead_somewhere(self) -> None:
        elements = [*self.document["packages"], *self.document["files"]]
        identities = [each["SPDXID"] for each in elements]
        self.assertEqual(len(identities), len(set(identities)))
        known = {*identities, "SPDXRef-DOCUMENT"}
        for each in self.document["relationships"]:
            self.assertLessEqual({each["spdxElementId"], each["relatedSpdxElement"]}, known)
        for identity in identities:
            self.assertRegex(identity, r"^SPDXRef-[A-Za-z0-9.-]+$")

    def test_licences_are_of_the_list_or_quoted(self) -> None:
        quoted = {each["licenseId"]: each["extractedText"] for each in self.document["hasExtractedLicensingInfos"]}
        declared = {each["licenseDeclared"] for each in self.document["packages"]}
        own = {name for each in declared for name in re.findall(r"LicenseRef-[A-Za-z0-9.-]+", each)}
        self.assertEqual(own, set(quoted))
        self.assertNotIn("", quoted.values())
