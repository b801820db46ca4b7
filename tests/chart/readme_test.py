from __future__ import annotations

import unittest

import yaml

from chart import CHART, UPDATE
from values_table import BEGIN, END, table, values


def leaves(tree: object, path: tuple[str, ...] = ()) -> set[str]:
    """The paths that an operator may set: what is no map, or an empty one."""
    if not isinstance(tree, dict) or not tree:
        return {".".join(path)}
    return set().union(*(leaves(value, (*path, name)) for name, value in tree.items()))


class Readme(unittest.TestCase):
    def test_lists_every_value_as_it_is(self) -> None:
        path = CHART / "README.md"
        text = path.read_text()
        head, rest = text.split(BEGIN)
        _, tail = rest.split(END)
        wanted = f"{head}{BEGIN}{table()}{END}{tail}"
        if UPDATE:
            path.write_text(wanted)
        self.assertEqual(path.read_text(), wanted)

    def test_every_value_has_a_meaning_and_there_are_few(self) -> None:
        known = leaves(yaml.safe_load((CHART / "values.yaml").read_text()))
        known = {path.replace("grafanaDashboard.labels.grafana_dashboard", "grafanaDashboard.labels") for path in known}
        self.assertEqual({each.path for each in values()}, known)
        self.assertEqual([each.path for each in values() if not each.meaning], [])
        self.assertLessEqual(len(known), 80)
