"""A program that runs until the sandbox ends: started with its own log, waited for until it answers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class Failure(Exception):
    """Something that the run needs did not happen; the text is for the person who started it."""


class Daemon:
    def __init__(self, name: str, command: list[str], logs: Path) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_until(self, answers: Callable[[], bool], limit_seconds: float = 60) -> None:
        deadline = time.monotonic() + limit_seconds
        while not answers():
            if self._process.poll() is not None:
                raise Failure(f"{self.name} ended with {self._process.returncode}:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} is not up after {limit_seconds:.0f} s:\n{self._last_lines()}")
            time.sleep(0.05)

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
