"""A stream of pods that clients would create, dry runs, each judged by the webhook, over connections that are kept."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from support.cluster import Cluster
from support.daemon import Failure
from support.http_request import connect
from support.waiting import wait_for

from admission.pods import bad_spec, good_spec, pod

_CLIENTS = 4
_ALLOWED, _DENIED = 201, 403


class Stream:
    """Good and bad pods in turn: the good ones must be let in, the bad ones denied in our words. Whatever else is
    answered is a failed call."""

    def __init__(self, cluster: Cluster, namespace: str, bad: Iterable[int] = (_DENIED,)) -> None:
        """`bad` is what may be answered to bad pods."""
        self._target = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
        self._address = cluster.api.address
        self._tls = cluster.api.admin.tls()
        image = cluster.pause_image
        self._wanted = [(_body(good_spec(image)), {_ALLOWED}), (_body(bad_spec(image)), set(bad))]
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self.calls = 0
        self.failures: list[str] = []
        self.failure_times: list[float] = []
        self._last_bad = (0, "")
        self._threads = [threading.Thread(target=self._send) for _ in range(_CLIENTS)]

    def __enter__(self) -> Stream:
        for thread in self._threads:
            thread.start()
        self.go_on(100)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def go_on(self, calls: int) -> None:
        """Waits until this many more calls have been answered."""
        enough = self.calls + calls
        wait_for(f"{calls} calls", lambda: self.calls >= enough, 60)

    def wait_for_bad(self, status: int) -> None:
        """Until bad pods are answered with this."""
        wait_for(f"status {status} for bad pods", lambda: self._last_bad[0] == status, 60)

    def wait_for_denial(self, text: str) -> None:
        """Until the words to bad pods contain this."""
        wait_for(f"denials with {text}", lambda: text in self._last_bad[1], 60)

    def outages(self) -> list[tuple[float, float]]:
        """First and last failure of each run of failures with less than a second between them, in seconds."""
        runs: list[tuple[float, float]] = []
        for moment in sorted(self.failure_times):
            if runs and moment - runs[-1][1] < 1:
                runs[-1] = (runs[-1][0], moment)
            else:
                runs.append((moment, moment))
        return runs

    def told(self) -> str:
        seconds = time.monotonic() - self._started
        first = f"; first: {self.failures[0]}" if self.failures else ""
        return f"{self.calls} calls in {seconds:.1f} s, {len(self.failures)} failed{first}"

    def _send(self) -> None:
        connection = connect(self._address, self._tls)
        while not self._stopping.is_set():
            for body, wanted in self._wanted:
                status, text = _post(connection, self._target, body)
                with self._lock:
                    self.calls += 1
                    if body is self._wanted[1][0]:
                        self._last_bad = (status, text)
                    if status not in wanted or (status == _DENIED and "denied the request" not in text):
                        self.failure_times.append(time.monotonic() - self._started)
                        self.failures.append(f"{status} {text}")
        connection.close()


def _post(connection: http.client.HTTPConnection, target: str, body: bytes) -> tuple[int, str]:
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"the API server itself does not answer: {error}") from error
    return answer.status, str(json.loads(content).get("message", "")) if answer.status >= 300 else ""


def _body(spec: dict[str, Any]) -> bytes:
    return json.dumps(pod("one", spec)).encode()
