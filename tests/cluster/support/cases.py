"""Runs cases by name in phases, one behind the other, and what the programs that do so have in common."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
import unittest
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from support.daemon import Failure

_LOGS = Path("/var/log/cluster")
_SLOWEST = 10


@dataclass(frozen=True)
class Phase:
    """Cases of these modules, or classes of modules, in their order; so many at a time."""

    names: Sequence[str]
    at_a_time: int = 1


class _Outcome(unittest.TestResult):
    """All that kept a case from passing, subtests included. One that was skipped has shown nothing."""

    def problems(self) -> list[str]:
        skipped = [(test, f"skipped: {reason}") for test, reason in self.skipped]
        unexpected = [(test, "unexpected success") for test in self.unexpectedSuccesses]
        wrong = [*self.errors, *self.failures, *self.expectedFailures, *skipped, *unexpected]
        return [f"{test}:\n{text.rstrip()}" for test, text in wrong]


def run(phases: Sequence[Phase], pattern: str) -> int:
    """The number of cases that failed; each is told with its time as it ends."""
    failed = 0
    times: dict[str, float] = {}
    for phase in phases:
        cases = list(_matching(phase.names, pattern))
        with ThreadPoolExecutor(phase.at_a_time) as pool:
            failed += sum(pool.map(lambda case: _run_one(case, times), cases))
    print(f"{len(times) - failed} of {len(times)} cases passed; the slowest:")
    for name in sorted(times, key=lambda each: -times[each])[:_SLOWEST]:
        print(f"       {times[name]:5.1f} s  {name}")
    return failed if times else 1


def main(name: str, parser: argparse.ArgumentParser, follow: Callable[[argparse.Namespace, Path], int]) -> None:
    """Ends the program. `follow` is given the arguments and the folder of logs, and returns the number of cases that failed."""
    parser.add_argument("--pause", type=Path, required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--only", default="", help="cases whose names contain this")
    arguments = parser.parse_args()
    started = time.monotonic()
    # In memory: an API server that waits for the disk of a busy machine to take its audit log stands still.
    _LOGS.mkdir()
    try:
        failed = follow(arguments, _LOGS)
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        sys.exit(2)
    finally:
        shutil.copytree(_LOGS, arguments.output, dirs_exist_ok=True)
    print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
    sys.exit(1 if failed else 0)


def _matching(names: Sequence[str], pattern: str) -> Iterator[unittest.TestCase]:
    for name in names:
        for case in _flat(unittest.defaultTestLoader.loadTestsFromName(name)):
            if pattern in case.id():
                yield case


def _flat(suite: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    if isinstance(suite, unittest.TestCase):
        yield suite
    else:
        for each in suite:
            yield from _flat(each)


def _run_one(case: unittest.TestCase, times: dict[str, float]) -> int:
    started = time.monotonic()
    outcome = _Outcome()
    case.run(outcome)
    problems = outcome.problems()
    verdict = "FAILED" if problems else "ok"
    name = case.id().partition(".")[2]
    times[name] = time.monotonic() - started
    text = "".join(f"\n{problem}" for problem in problems)
    print(f"{verdict:6} {times[name]:5.1f} s  {name}{text}", flush=True)
    return int(bool(problems))
