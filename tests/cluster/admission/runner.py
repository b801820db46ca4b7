"""Runs cases by name: those that share the cluster side by side, the others one after the other behind them."""

from __future__ import annotations

import time
import traceback
import unittest
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

_SIDE_BY_SIDE = 6


class _Outcome(unittest.TestResult):
    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    # The names are unittest's.
    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        self._add(err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        self._add(err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802
        if err is not None:
            self.problems.append(f"{subtest}:")
            self._add(err)

    def _add(self, error: tuple[type[BaseException], BaseException, TracebackType]) -> None:
        self.problems.append("".join(traceback.format_exception(*error)))


def run(side_by_side: Iterable[str], alone: Iterable[str], pattern: str) -> int:
    """The number of cases that failed; each is told with its time as it ends."""
    cases = list(_matching(side_by_side, pattern))
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        failed = sum(pool.map(_run_one, cases))
    others = list(_matching(alone, pattern))
    failed += sum(map(_run_one, others))
    total = len(cases) + len(others)
    print(f"admission: {total - failed} of {total} cases passed")
    return failed if total else 1


def _matching(modules: Iterable[str], pattern: str) -> Iterator[unittest.TestCase]:
    for module in modules:
        for case in _flat(unittest.defaultTestLoader.loadTestsFromName(module)):
            if pattern in case.id():
                yield case


def _flat(suite: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    if isinstance(suite, unittest.TestCase):
        yield suite
    else:
        for each in suite:
            yield from _flat(each)


def _run_one(case: unittest.TestCase) -> int:
    started = time.monotonic()
    outcome = _Outcome()
    case.run(outcome)
    verdict = "FAILED" if outcome.problems else "ok"
    name = case.id().removeprefix("admission.")
    text = "".join(f"\n{problem.rstrip()}" for problem in outcome.problems)
    print(f"{verdict:6} {time.monotonic() - started:5.1f} s  {name}{text}", flush=True)
    return int(bool(outcome.problems))
