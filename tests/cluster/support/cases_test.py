"""What counts as a case that passed."""

from __future__ import annotations

import contextlib
import io
import unittest

from support import cases


class _Cases(unittest.TestCase):
    def passes(self) -> None:
        pass

    def fails(self) -> None:
        self.assertEqual(1, 2)

    def fails_in_a_part(self) -> None:
        with self.subTest("one"):
            self.assertEqual(1, 2)

    def breaks(self) -> None:
        raise ValueError("broken")

    def is_skipped(self) -> None:
        self.skipTest("no mood")

    @unittest.expectedFailure
    def is_expected_to_fail(self) -> None:
        self.assertEqual(1, 2)

    @unittest.expectedFailure
    def passes_unexpectedly(self) -> None:
        pass


def _run(*names: str, pattern: str = "") -> tuple[int, str]:
    """How many failed, and what was printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        failed = cases.run([cases.Phase([f"support.cases_test._Cases.{each}"], 2) for each in names], pattern)
    return failed, printed.getvalue()


class Run(unittest.TestCase):
    def test_tells_cases_that_passed_and_the_slowest(self) -> None:
        failed, printed = _run("passes")
        self.assertEqual(failed, 0)
        self.assertRegex(
            printed,
            r"\Aok       0\.0 s  cases_test\._Cases\.passes\n1 of 1 cases passed; the slowest:\n"
            r"         0\.0 s  cases_test\._Cases\.passes\n\Z",
        )

    def test_counts_whatever_does_not_pass(self) -> None:
        wanted = {
            "fails": "AssertionError: 1 != 2",
            "fails_in_a_part": "AssertionError: 1 != 2",
            "breaks": "ValueError: broken",
            "is_skipped": "skipped: no mood",
            "is_expected_to_fail": "AssertionError: 1 != 2",
            "passes_unexpectedly": "unexpected success",
        }
        for name, text in wanted.items():
            with self.subTest(name):
                failed, printed = _run("passes", name)
                self.assertEqual(failed, 1)
                self.assertIn(f"\nFAILED   0.0 s  cases_test._Cases.{name}\n", printed)
                self.assertIn(text, printed)
                self.assertIn("\n1 of 2 cases passed;", printed)

    def test_runs_those_whose_names_match_and_fails_where_none_does(self) -> None:
        self.assertEqual(_run("passes", "fails", pattern="passes")[0], 0)
        self.assertEqual(_run("passes", pattern="nothing")[0], 1)
