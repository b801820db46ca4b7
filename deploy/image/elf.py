"""What a program says it needs, read by binutils' readelf, so that nothing is run and the processor may be another."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
_INTERPRETER = re.compile(r"\[Requesting program interpreter: (.+)\]")
_MACHINE = re.compile(r"Machine:\s+(.+)")
_TRIPLETS = {"Advanced Micro Devices X86-64": "x86_64-linux-gnu", "AArch64": "aarch64-linux-gnu"}


class Elf:
    def __init__(self, path: Path) -> None:
        command = ["readelf", "--wide", "--file-header", "--program-headers", "--dynamic", str(path)]
        text = subprocess.run(
            command, env={"LC_ALL": "C", "PATH": "/usr/bin"}, capture_output=True, text=True, check=True
        ).stdout
        interpreter = _INTERPRETER.search(text)
        machine = _MACHINE.search(text)
        self.needed: list[str] = _NEEDED.findall(text)
        self.interpreter = interpreter.group(1) if interpreter else None
        self.triplet = _TRIPLETS[machine.group(1).strip()] if machine else ""
