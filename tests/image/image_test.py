from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import ClassVar

from layout import ARCHITECTURE, OUTPUT, ROOT, TREE, Layout

_LOADERS = {"amd64": "lib64/ld-linux-x86-64.so.2", "arm64": "lib/ld-linux-aarch64.so.1"}
_FOLDERS = {"amd64": "usr/lib/x86_64-linux-gnu", "arm64": "usr/lib/aarch64-linux-gnu"}
# All else is linked statically; libm is asked for by the others.
_LIBRARIES = [
    "libc.so.6",
    "libfmt.so.9",
    "libgcc_s.so.1",
    "libm.so.6",
    "libsimdjson.so.14",
    "libstdc++.so.6",
    "libyaml-cpp.so.0.7",
]


class Image(unittest.TestCase):
    image: ClassVar[Layout] = Layout(OUTPUT / "oci")
    entries: ClassVar = image.entries()

    def test_runs_gatehouse_as_a_user_told_by_numbers(self) -> None:
        config = self.image.config["config"]
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(self.image.config["architecture"], ARCHITECTURE)
        self.assertEqual((config["Entrypoint"], config["Cmd"]), (["/gatehouse"], ["serve"]))

    def test_has_the_binary_its_libraries_certificates_and_accounts_and_nothing_else(self) -> None:
        files = {path for path, (entry, _) in self.entries.items() if entry.isfile()}
        self.assertEqual(
            files,
            {
                *(f"{_FOLDERS[ARCHITECTURE]}/{name}" for name in _LIBRARIES),
                "etc/group",
                "etc/passwd",
                "etc/ssl/certs/ca-certificates.crt",
                "gatehouse",
                _LOADERS[ARCHITECTURE],
            },
        )

    def test_has_only_files_and_folders_of_root_that_nobody_else_may_write(self) -> None:
        for path, (entry, _) in self.entries.items():
            with self.subTest(path):
                self.assertTrue(entry.isfile() or entry.isdir())
                self.assertEqual((entry.uid, entry.gid), (0, 0))
                self.assertEqual(entry.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX | 0o022), 0)

    def test_has_nothing_to_run_but_the_binary_and_its_loader(self) -> None:
        runnable = {path for path, (entry, _) in self.entries.items() if entry.isfile() and entry.mode & 0o111}
        self.assertEqual(runnable, {"gatehouse", _LOADERS[ARCHITECTURE]})

    def test_names_its_user_in_the_account_files(self) -> None:
        self.assertIn(b"gatehouse:x:65532:65532:", self.entries["etc/passwd"][1])
        self.assertIn(b"gatehouse:x:65532:", self.entries["etc/group"][1])

    def test_trusts_the_authorities_of_debian_only(self) -> None:
        bundle = self.entries["etc/ssl/certs/ca-certificates.crt"][1]
        packaged = list((ROOT / "usr/share/ca-certificates/mozilla").glob("*.crt"))
        self.assertEqual(bundle.count(b"BEGIN CERTIFICATE"), len(packaged))

    def test_is_at_most_25_mb_compressed(self) -> None:
        self.assertLess(sum(each["size"] for each in self.image.manifest["layers"]), 25_000_000)

    def test_config_tells_the_digests_of_the_layers_as_they_are_unpacked(self) -> None:
        digests = [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in self.image.layers()]
        self.assertEqual(self.image.config["rootfs"]["diff_ids"], digests)

    def test_runs_with_nothing_but_its_own_files(self) -> None:
        """Its own loader and libraries serve it: a missing one would show here, not on a node."""
        with tempfile.TemporaryDirectory() as folder:
            for path, (entry, content) in self.entries.items():
                target = Path(folder) / path
                if entry.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    target.write_bytes(content)
                    target.chmod(entry.mode)
            os.chmod(folder, 0o755)
            command = ["chroot", "--userspec=65532:65532", folder, "/gatehouse"]
            if ARCHITECTURE == "arm64":
                command = ["qemu-aarch64-static", "-L", folder, f"{folder}/gatehouse"]
            command += ["policy", "print-default"]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertIn("kind: AdmissionPolicy", answer.stdout)


class BuiltAgain(unittest.TestCase):
    """Into a folder in which something lies already."""

    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        (cls.folder / "oci/blobs").mkdir(parents=True)
        for name in ("oci/blobs/old", "notes"):
            (cls.folder / name).write_text("kept?")
        command = [str(TREE / "deploy/image/build"), "--output", str(cls.folder), "--arch", ARCHITECTURE]
        if "GATEHOUSE_BINARY" in os.environ:
            command += ["--binary", os.environ["GATEHOUSE_BINARY"]]
        subprocess.run(command, check=True, capture_output=True)

    def test_is_the_same(self) -> None:
        self.assertEqual(Layout(self.folder / "oci").index, Image.image.index)
        sbom = (self.folder / "sbom.spdx.json").read_text()
        self.assertEqual(sbom, (OUTPUT / "sbom.spdx.json").read_text())

    def test_replaces_the_layout_and_leaves_what_else_lies_there(self) -> None:
        self.assertEqual({each.name for each in self.folder.iterdir()}, {"oci", "sbom.spdx.json", "notes"})
        self.assertFalse((self.folder / "oci/blobs/old").exists())


class Options(unittest.TestCase):
    def refusal(self, *options: str) -> str:
        command = [str(TREE / "deploy/image/build"), *options]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(answer.returncode, 2)
        return answer.stderr.splitlines()[-1]

    def test_a_binary_for_arm64_is_not_taken(self) -> None:
        said = self.refusal("--arch", "arm64", "--binary", "/bin/true")
        self.assertEqual(said, "build: error: --arch arm64 compiles the binary: it cannot be given")

    def test_a_binary_that_is_not_there_is_not_taken(self) -> None:
        said = self.refusal("--binary", "/no/such/file")
        self.assertEqual(said, "build: error: --binary: there is no file /no/such/file")
