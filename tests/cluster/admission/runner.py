"""Runs cases by name: those that share the cluster side by side, the others one after the other behind them."""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

_SIDE_BY_SIDE = 6


class _Outcome(unittest.TestResult):
    """All that went wrong in one case, subtests included."""

    def problems(self) -> list[str]:
        return [f"{test}:\n{text.rstrip()}" for test, text in [*self.errors, *self.failures]]


def run(side_by_side: Iterable[str], alone: Iterable[str], pattern: str) -> int:
    """The number of cases that failed; each is told with its time as it ends."""
    cases = list(_matching(side_by_side, pattern))
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        failed = sum(pool.map(_run_one, cases))
    others = list(_matching(alone, pattern))
    failed += sum(map(_run_one, others))
    total = len(cases) + len(others)
    print(f"{total - failed} of {total} cases passed")
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
    problems = outcome.problems()
    verdict = "FAILED" if problems else "ok"
    name = case.id().partition(".")[2]
    text = "".join(f"\n{problem}" for problem in problems)
    print(f"{verdict:6} {time.monotonic() - started:5.1f} s  {name}{text}", flush=True)
    return int(bool(problems))
