"""The files of the image: the binary, what it needs of Debian, and who its user is."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from elf import Elf

_CERTIFICATES = "usr/share/ca-certificates/mozilla"
_USERS = """root:x:0:0:root:/:/usr/sbin/nologin
gatehouse:x:65532:65532:gatehouse:/:/usr/sbin/nologin
"""
_GROUPS = """root:x:0:
gatehouse:x:65532:
"""


class Failure(Exception):
    """The text is for the person who started it."""


@dataclass(frozen=True)
class File:
    """`path` is without a leading slash; `sources` are the files of Debian that it is made from, none for ours."""

    path: str
    content: bytes
    mode: int
    sources: tuple[Path, ...] = ()
    ours: bool = False


def gather(binary: Path, sysroot: Path) -> list[File]:
    """In the order of their paths. `sysroot` is where Debian's libraries and certificates are."""
    program = Elf(binary)
    libraries = _libraries(program, sysroot)
    files = [
        File("gatehouse", _stripped(binary, program.triplet), 0o755, ours=True),
        File("etc/passwd", _USERS.encode(), 0o644, ours=True),
        File("etc/group", _GROUPS.encode(), 0o644, ours=True),
        _certificates(sysroot),
    ]
    for name, source in libraries.items():
        files.append(_copy(f"usr/lib/{program.triplet}/{name}", source, 0o644))
    if program.interpreter is not None:
        files.append(_copy(program.interpreter.lstrip("/"), _in(sysroot, program.interpreter), 0o755))
    return sorted(files, key=lambda each: each.path)


def write(files: list[File], folder: Path) -> None:
    for each in files:
        target = folder / each.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(each.content)
        target.chmod(each.mode)


def _libraries(program: Elf, sysroot: Path) -> dict[str, Path]:
    """Where each shared library is that the program needs, and those that these need, by the name it is asked for."""
    found: dict[str, Path] = {}
    loader = Path(program.interpreter or "/").name
    wanted = list(program.needed)
    while wanted:
        name = wanted.pop()
        if name in found or name == loader:
            continue
        found[name] = _library(name, program.triplet, sysroot)
        wanted += Elf(found[name]).needed
    return found


def _library(name: str, triplet: str, sysroot: Path) -> Path:
    for folder in (f"/usr/lib/{triplet}", f"/lib/{triplet}", "/usr/lib", "/lib"):
        path = _in(sysroot, f"{folder}/{name}")
        if path.is_file():
            return path
    raise Failure(f"the library {name} is not in Debian's folders for {triplet}")


def _in(sysroot: Path, path: str) -> Path:
    """The file there, links followed, an absolute one within the root that it is found in."""
    located = sysroot / path.lstrip("/")
    while located.is_symlink():
        target = located.readlink()
        located = sysroot / str(target).lstrip("/") if target.is_absolute() else located.parent / target
    return located


def _copy(path: str, source: Path, mode: int) -> File:
    return File(path, source.read_bytes(), mode, (source,))


def _stripped(binary: Path, triplet: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "gatehouse"
        subprocess.run([f"{triplet}-strip", "--strip-all", "-o", str(copy), str(binary)], check=True)
        return copy.read_bytes()


def _certificates(sysroot: Path) -> File:
    """Debian's authorities and no others that this machine may trust."""
    sources = sorted((sysroot / _CERTIFICATES).glob("*.crt"))
    if not sources:
        raise Failure(f"no certificate authorities in {sysroot / _CERTIFICATES}: install ca-certificates")
    bundle = b"".join(source.read_bytes().strip() + b"\n" for source in sources)
    return File("etc/ssl/certs/ca-certificates.crt", bundle, 0o644, tuple(sources))
