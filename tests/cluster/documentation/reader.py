"""Somebody who follows a page: copies its files and its commands, one by one, into one shell in a clone."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from commands import Command, Page
from support import registry
from support.cluster import Cluster

from documentation import clone

_STATE = Path("/var/lib/reader")
_LIMIT_SECONDS = 240
# skopeo is not told where a registry has no TLS, but by its configuration.
_REGISTRIES = f'[[registry]]\nlocation = "{registry.ADDRESS}"\ninsecure = true\n'
REGISTRY = registry.ADDRESS


class Reader:
    def __init__(self, cluster: Cluster, image: Path, name: str) -> None:
        """In a new clone, named after the page."""
        home = _STATE / "home"
        containers = home / ".config/containers"
        containers.mkdir(parents=True, exist_ok=True)
        (containers / "registries.conf").write_text(_REGISTRIES)
        self.folder = _STATE / name
        clone.make(self.folder, image)
        self._environment = {
            **os.environ,
            "HOME": str(home),
            "KUBECONFIG": str(cluster.api.admin.kubeconfig),
            "REGISTRY": REGISTRY,
        }

    def copy_files(self, page: Page) -> None:
        for name, text in page.files.items():
            (self.folder / name).write_text(text)

    def follow(self, commands: Sequence[Command]) -> list[str]:
        """What is wrong about the first command that does not do what its page says; nothing if all do."""
        outputs = self.folder / "printed"
        outputs.mkdir(exist_ok=True)
        for each in outputs.iterdir():
            each.unlink()
        self._run("".join(_step(each, outputs / str(number)) for number, each in enumerate(commands)))
        for number, each in enumerate(commands):
            problem = _problem(each, outputs / str(number))
            if problem:
                return [problem]
        return []

    def run(self, text: str) -> str:
        """A command that no page shows; it must succeed."""
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{text}: {done.stdout}{done.stderr}")
        return done.stdout

    def _run(self, script: str) -> None:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            shell.wait(_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()


def _step(command: Command, printed: Path) -> str:
    """Runs it in the shell itself, so that what it exports lasts; the shell ends where the page is not right."""
    expected = "-ne" if command.fails else "-eq"
    return (
        f"{{ {command.text}\n}} >{printed} 2>&1\nstatus=$?\necho $status >{printed}.status\n"
        f"[ $status {expected} 0 ] || exit 0\n"
    )


def _problem(command: Command, printed: Path) -> str:
    where = f"{command.page.name}:{command.line}: {command.text}"
    if not printed.exists():
        return f"{where}\nwas not reached"
    text = printed.read_text(errors="replace")
    status_file = Path(f"{printed}.status")
    if not status_file.exists():
        return f"{where}\nno end after {_LIMIT_SECONDS} s; it printed\n{text}"
    status = int(status_file.read_text())
    if (status != 0) != command.fails:
        return f"{where}\nended with {status} and printed\n{text}"
    if not command.is_printed(text):
        return f"{where}\nprinted\n{text}\nnot\n{command.output}"
    return ""
