"""The commands that README and docs/operations show, so that a test can run them.

A fenced block `console` has commands, each after `$ `, and what they print, on the lines behind: `...` alone stands for any
lines, in a line for any text. A command without such lines may print anything. One that is shown with a line that begins
with `Error` must fail, every other must succeed. Those of a page belong to one shell. A comment `file: NAME` before a fenced block means that the block is that
file, in the folder where commands are run. A comment `commands start from: STATE` names the page whose commands were run
before, or says what there must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
PAGES = [TREE / "README.md", TREE / "deploy/kubernetes/README.md", *sorted((TREE / "docs/operations").glob("*.md"))]
_FENCED = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
# What commands on a line of their own begin with.
_COMMAND = re.compile(r"^(?: {4,})?(?:\$ )?((?:helm|kubectl|gatehouse|skopeo|cosign|jq |deploy/|tests/)(?!\S*:).*)$", re.MULTILINE)
_START = re.compile(r"^<!-- commands start from: (.+) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    page: Path
    line: int
    text: str
    output: str

    @property
    def fails(self) -> bool:
        return any(each.startswith("Error") for each in self.output.splitlines())

    def is_printed(self, printed: str) -> bool:
        """Whether this is what the page shows."""
        if not self.output:
            return True
        lines = [re.escape(each).replace(r"\.\.\.", ".*") + "\n" for each in self.output.splitlines()]
        pattern = "".join(r"(?:.*\n)*" if each == ".*\n" else each for each in lines)
        return re.fullmatch(pattern, printed if printed.endswith("\n") else printed + "\n") is not None


@dataclass(frozen=True)
class Page:
    path: Path
    start: str | None
    commands: list[Command]
    files: dict[str, str]


def read(path: Path) -> Page:
    text = path.read_text()
    start = _START.search(text)
    commands, files = [], {}
    for block in _FENCED.finditer(text):
        if block["file"]:
            files[block["file"]] = block["body"]
        if block["language"] == "console":
            commands += _commands(path, text.count("\n", 0, block.start("body")) + 1, block["body"])
    return Page(path, start[1] if start else None, commands, files)


def unmarked(text: str) -> Iterator[str]:
    """Commands on lines of their own that are not run: in a block of another language, or indented."""
    for block in _FENCED.finditer(text):
        if block["language"] != "console":
            yield from _COMMAND.findall(block["body"])
    indented = (line for line in _FENCED.sub("", text).splitlines() if line.startswith("    "))
    yield from _COMMAND.findall("\n".join(indented))


def _commands(page: Path, first: int, body: str) -> list[Command]:
    found: list[Command] = []
    for number, line in enumerate(body.splitlines(), first):
        if line.startswith("$ "):
            found.append(Command(page, number, line.removeprefix("$ "), ""))
        elif not found:
            raise ValueError(f"{page}:{number}: a block `console` begins with a command")
        else:
            last = found.pop()
            found.append(Command(page, last.line, last.text, f"{last.output}{line}\n"))
    return found
