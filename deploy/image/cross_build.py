"""A release build for arm64 on another machine: Debian's cross-compiler, and Debian's arm64 libraries in a folder.

The libraries are taken out of their packages, none is installed, so neither root nor an emulator is needed. The folder
has what dpkg would know of them, for the SBOM. Slow the first time; build/arm64 keeps both."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_TRIPLET = "aarch64-linux-gnu"
_TOOLCHAIN = """set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_SYSROOT {root})
set(CMAKE_C_COMPILER {triplet}-gcc)
set(CMAKE_CXX_COMPILER {triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE {triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
"""


def arm64(tree: Path) -> tuple[Path, Path]:
    """The root of the libraries, and the binary."""
    subprocess.run([tree / "deploy/install-packages", "arm64"], check=True)
    folder = tree / "build/arm64"
    root = folder / "root"
    if not (root / "complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        _unpack(_download(folder, _libraries(tree)), root)
        (root / "complete").touch()
    toolchain = folder / "toolchain.cmake"
    toolchain.write_text(_TOOLCHAIN.format(root=root, triplet=_TRIPLET))
    release = folder / "release"
    options = [
        f"-DCMAKE_TOOLCHAIN_FILE={toolchain}",
        # The preset names another: configured again, CMake would take that for a change and forget the toolchain.
        f"-DCMAKE_CXX_COMPILER={_TRIPLET}-g++",
        "-DGATEHOUSE_BENCH=OFF",
    ]
    for command in (
        ["--preset", "release", "-B", str(release), *options],
        ["--build", str(release), "--target", "gatehouse"],
    ):
        subprocess.run(["cmake", *command], cwd=tree, check=True, stdout=sys.stderr)
    return root, release / "bin/gatehouse"


def _libraries(tree: Path) -> list[str]:
    command = [str(tree / "deploy/install-packages"), "--print", "build"]
    packages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [*(each for each in packages if each.endswith("-dev")), "libstdc++-12-dev", "ca-certificates"]


def _download(folder: Path, packages: list[str]) -> list[Path]:
    """The packages and what they depend on, by an apt that knows of nothing but arm64."""
    state, cache = folder / "apt/state", folder / "apt/cache"
    for path in (state / "lists/partial", cache / "archives/partial"):
        path.mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    options = {
        "APT::Architecture": "arm64",
        "APT::Architectures": "arm64",
        "APT::Sandbox::User": "root",
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::Cache": cache,
    }
    apt = ["apt-get", "--quiet", "--quiet", *(f"--option={name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], check=False, stdout=sys.stderr)
    install = ["install", "--yes", "--no-install-recommends", "--download-only"]
    subprocess.run([*apt, *install, *packages], check=True, stdout=sys.stderr)
    return sorted((cache / "archives").glob("*.deb"))


def _unpack(packages: list[Path], root: Path) -> None:
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    # As on every Debian since 12.
    for name in ("bin", "lib", "sbin"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    with (info.parent / "status").open("w") as status:
        for package in packages:
            fields = _output("dpkg-deb", "--field", package)
            status.write(f"{fields.rstrip()}\nStatus: install ok installed\n\n")
            archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], capture_output=True, check=True).stdout
            unpack = ["tar", "--extract", "--keep-directory-symlink", "--no-same-owner", f"--directory={root}"]
            subprocess.run(unpack, input=archive, check=True)
            names = subprocess.run(["tar", "--list"], input=archive, capture_output=True, check=True).stdout.decode()
            lines = (line.removeprefix(".").rstrip("/") for line in names.splitlines())
            (info / f"{_listing(package)}.list").write_text("".join(f"{line}\n" for line in lines if line))
    _keep_links_inside(root)


def _listing(package: Path) -> str:
    name, architecture, multi_arch = (
        _output("dpkg-deb", "--field", package, each).strip() for each in ("Package", "Architecture", "Multi-Arch")
    )
    return f"{name}:{architecture}" if multi_arch == "same" else name


def _keep_links_inside(root: Path) -> None:
    """A link to /lib leads out of the folder."""
    for path in (root / "usr/lib" / _TRIPLET).iterdir():
        if path.is_symlink() and path.readlink().is_absolute():
            target = root / str(path.readlink()).lstrip("/")
            path.unlink()
            path.symlink_to(target)


def _output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
