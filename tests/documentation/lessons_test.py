from __future__ import annotations

import re
import unittest

from commands import TREE

PAGE = TREE / "docs/operations/lessons.md"


def known_tests() -> set[str]:
    """Suite.Name of C++ and Python, what `it` says of the chart's."""
    found: set[str] = set()
    for path in (TREE / "tests").rglob("*_test.cpp"):
        found |= {f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_[FP])?\((\w+), (\w+)\)", path.read_text(), re.M)}
    for path in (TREE / "tests").rglob("*_test.py"):
        suite = ""
        for line in path.read_text().splitlines():
            if match := re.match(r"class (\w+)", line):
                suite = match[1]
            elif match := re.match(r" +def (test_\w+)", line):
                found.add(f"{suite}.{match[1]}")
    for path in (TREE / "charts/gatehouse/tests").glob("*_test.yaml"):
        found |= set(re.findall(r"^- it: (.+)$", path.read_text(), re.M))
    return found


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] != "what happened elsewhere"]


class Lessons(unittest.TestCase):
    def test_name_tests_that_exist(self) -> None:
        known = known_tests()
        for _, _, shown_by in rows():
            for name in re.findall(r"`([^`]+)`", shown_by):
                with self.subTest(name):
                    self.assertTrue(name in known)

    def test_each_name_a_test_or_the_row_above(self) -> None:
        self.assertNotEqual(rows()[0][2], "the same")
        for what, _, shown_by in rows():
            with self.subTest(what):
                self.assertTrue("`" in shown_by or shown_by == "the same")

    def test_are_those_that_are_known(self) -> None:
        self.assertEqual(len(rows()), 45)
