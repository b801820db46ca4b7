"""Image layers written out of a description, entry by entry and in its order, however odd: a layer is a list of
[path, content]. The path is the name in the archive as it stands. Content is one of
    "text"                                   a file with exactly this text
    ["line", {"line": "a:{}:b", "pad": N}]   a file of lines; a padded line has N times "x" in place of {}
    {"symlink": TARGET}, {"hardlink": TARGET}, {"directory": true}, {"fifo": true}
"""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any

Layer = list[list[Any]]


def compressed(layer: Layer, programs: dict[str, bytes] | None = None) -> bytes:
    """The layer as tar.gz, with these programs in front; the same bytes every time."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in (programs or {}).items():
            _add_file(tar, path, content, 0o755)
        for path, content in layer:
            _add(tar, path, content)
    return gzip.compress(archive.getvalue(), compresslevel=6, mtime=0)


def uncompressed(layer: bytes) -> bytes:
    return gzip.decompress(layer)


def _add(tar: tarfile.TarFile, path: str, content: Any) -> None:
    if isinstance(content, str):
        _add_file(tar, path, content.encode(), 0o644)
    elif isinstance(content, list):
        _add_file(tar, path, "".join(f"{_line(line)}\n" for line in content).encode(), 0o644)
    else:
        tar.addfile(_special(path, content))


def _line(line: str | dict[str, Any]) -> str:
    if isinstance(line, str):
        return line
    padded: str = line["line"]
    return padded.replace("{}", "x" * int(line["pad"]))


def _add_file(tar: tarfile.TarFile, path: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.size = len(content)
    entry.mode = mode
    tar.addfile(entry, io.BytesIO(content))


def _special(path: str, content: dict[str, Any]) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.mode = 0o755
    if "symlink" in content:
        entry.type, entry.linkname = tarfile.SYMTYPE, content["symlink"]
    elif "hardlink" in content:
        entry.type, entry.linkname = tarfile.LNKTYPE, content["hardlink"]
    elif "directory" in content:
        entry.type = tarfile.DIRTYPE
    elif "fifo" in content:
        entry.type = tarfile.FIFOTYPE
    else:
        raise ValueError(f"{path}: no kind of entry in {content}")
    return entry
