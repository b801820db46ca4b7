"""Waiting for a condition, with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from support.daemon import Failure

T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None], limit_seconds: float = 60, every: float = 0.1) -> T:
    """The first answer of `look` that is true; at the limit a Failure that names what was waited for."""
    deadline = time.monotonic() + limit_seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not after {limit_seconds:.0f} s")
        time.sleep(every)
