"""Each page with commands is followed from top to bottom; README is in readme_test.py."""

from __future__ import annotations

import unittest
from dataclasses import replace

import commands
from commands import Command, Page

from documentation.case import DocumentationCase

_PREPARED = "install.md"
# What others do in a cluster, behind the command of a page that it follows upon.
_BY_OTHERS = {
    "install-cce.md": {
        "kubectl create namespace gatehouse-system": "kubectl -n gatehouse-system create secret docker-registry"
        " default-secret --docker-server=swr.cn-north-4.myhuaweicloud.com --docker-username=u --docker-password=p"
    }
}


class Followed(DocumentationCase):
    def __init__(self, page: Page) -> None:
        super().__init__("test_works_command_by_command")
        self._page = page

    def id(self) -> str:
        name = self._page.path.relative_to(commands.TREE)
        return f"documentation.pages_test.{name}"

    def test_works_command_by_command(self) -> None:
        reader = self.reader(self.id().replace("/", "-"))
        if self._page.start == _PREPARED:
            self.installed(reader)
        else:
            self.empty_cluster(reader)
        self.assert_works(reader, self._page, list(_with_others(self._page)))


def load_tests(_loader: unittest.TestLoader, _tests: unittest.TestSuite, _pattern: str | None) -> unittest.TestSuite:
    """First those that install, then those that begin where install.md ends, and last the one that takes it away."""
    pages = [commands.read(path) for path in commands.PAGES if path.name != "README.md" or path.parent.name == "kubernetes"]
    order = sorted((each for each in pages if each.commands), key=_rank)
    return unittest.TestSuite(map(Followed, order))


def _rank(page: Page) -> tuple[bool, bool, bool, str]:
    name = page.path.name
    return page.start == _PREPARED, name == "upgrade.md", name == _PREPARED, name


def _with_others(page: Page) -> list[Command]:
    more = dict(_BY_OTHERS.get(page.path.name, {}))
    steps = []
    for each in page.commands:
        steps.append(each)
        if each.text in more:
            steps.append(replace(each, text=more.pop(each.text), output=""))
    if more:
        raise AssertionError(f"{page.path.name} has no command {list(more)}")
    return steps
