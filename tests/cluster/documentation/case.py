"""What cases share: the cluster, the image of the run, and the state in which a page finds the cluster."""

from __future__ import annotations

import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import commands
from commands import Command, Page
from support.cluster import Cluster
from support.waiting import wait_for

from documentation.reader import Reader

_NAMESPACE = "gatehouse-system"
_INSTALLED = (
    "helm upgrade --install gatehouse charts/gatehouse --namespace gatehouse-system --create-namespace"
    " --reset-values --set image.repository=$REGISTRY/gatehouse --wait"
    " && kubectl wait --for=jsonpath='{.webhooks[0].failurePolicy}'=Ignore --timeout=1m"
    " validatingwebhookconfiguration/gatehouse"
)


class DocumentationCase(unittest.TestCase):
    cluster: ClassVar[Cluster]
    image: ClassVar[Path]
    maxDiff = None

    def reader(self, name: str) -> Reader:
        return Reader(self.cluster, self.image, name)

    def assert_works(self, reader: Reader, page: Page, some: Sequence[Command] | None = None) -> None:
        reader.copy_files(page)
        problems = reader.follow(page.commands if some is None else some)
        self.assertEqual(problems, [], "\n".join(problems))

    def empty_cluster(self, reader: Reader) -> None:
        reader.run("helm uninstall gatehouse --namespace gatehouse-system --ignore-not-found")
        # A namespace with pods that end goes seconds after them.
        self._wait_for_pods(0)
        reader.run("kubectl delete namespace gatehouse-system --ignore-not-found")

    def installed(self, reader: Reader) -> None:
        """As install.md leaves it, the pods of before gone."""
        reader.run(_INSTALLED)
        self._wait_for_pods(2)

    def _wait_for_pods(self, number: int) -> None:
        kubectl = self.cluster.kubectl.within(_NAMESPACE)
        selector = "labelSelector=app.kubernetes.io/name=gatehouse"
        wait_for("the end of the pods of before", lambda: len(kubectl.items("pods", selector)) == number)


def page(name: str) -> Page:
    return commands.read(commands.TREE / name)
