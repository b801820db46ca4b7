"""A stream of pods that clients would create, dry runs, each judged by the webhook, over connections that are kept."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from support.cluster import Cluster
from support.daemon import Failure
from support.http_request import connect
from support.waiting import wait_for

from admission.pods import bad_spec, good_spec, pod

_CLIENTS = 4
_ALLOWED, _DENIED = 201, 403
_NO_ANSWER = 0
# Behind each call: a hundred a second leave the processors to what the drill is about.
_PAUSE_SECONDS = 0.03


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
        # How long clients got no answer that was wanted, at most, in seconds.
        self.longest_gap = 0.0
        self._last_good = self._started
        self._last_bad = (0, "")
        self._ended_by: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run_client, daemon=True) for _ in range(_CLIENTS)]

    def __enter__(self) -> Stream:
        for thread in self._threads:
            thread.start()
        try:
            self.go_on(50)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if error is None:
            self._throw_what_ended_a_client()

    def go_on(self, calls: int) -> None:
        """Waits until this many more calls have been made."""
        enough = self.calls + calls
        self.wait_until(f"{calls} calls", lambda: self.calls >= enough)

    def failures_of(self, webhook: str) -> list[str]:
        """Of calls that failed since this webhook could not be asked."""
        told = f'failed calling webhook "{webhook}"'
        return [each for each in self.failures if told in each]

    def wait_for_bad(self, status: int) -> None:
        """Until bad pods are answered with this."""
        self.wait_until(f"status {status} for bad pods", lambda: self._last_bad[0] == status)

    def wait_for_denial(self, text: str) -> None:
        """Until the words to bad pods contain this."""
        self.wait_until(f"denials with {text}", lambda: text in self._last_bad[1])

    def wait_until(self, what: str, look: Callable[[], bool]) -> None:
        """Not beyond the end of a client: what it would have told is missing then."""

        def looked() -> bool:
            self._throw_what_ended_a_client()
            return look()

        wait_for(what, looked, 60)

    def told(self) -> str:
        seconds = time.monotonic() - self._started
        first = f"; first: {self.failures[0]}" if self.failures else ""
        gap = f"{self.longest_gap:.1f} s at most without a good answer"
        return f"{self.calls} calls in {seconds:.1f} s, {len(self.failures)} failed, {gap}{first}"

    def _stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._note_gap()

    def _throw_what_ended_a_client(self) -> None:
        if self._ended_by:
            raise Failure(f"a client of the stream ended: {self._ended_by[0]!r}") from self._ended_by[0]

    def _run_client(self) -> None:
        try:
            self._send()
        except BaseException as error:
            self._ended_by.append(error)

    def _send(self) -> None:
        connection = connect(self._address, self._tls)
        while not self._stopping.is_set():
            for number, (body, wanted) in enumerate(self._wanted):
                status, text = _post(connection, self._target, body)
                is_good = status in wanted and (status != _DENIED or "denied the request" in text)
                with self._lock:
                    self.calls += 1
                    if number == 1:
                        self._last_bad = (status, text)
                    if is_good:
                        self._note_gap()
                    else:
                        self.failures.append(f"{status} {text}")
                self._stopping.wait(_PAUSE_SECONDS)
        connection.close()

    def _note_gap(self) -> None:
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - self._last_good)
        self._last_good = now


def _post(connection: http.client.HTTPConnection, target: str, body: bytes) -> tuple[int, str]:
    """Status and message. A call that is lost is a failed one like any other; the next connects anew."""
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return _NO_ANSWER, f"no answer: {error!r}"
    return answer.status, _message(content) if answer.status >= 300 else ""


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["message"])
    except (ValueError, LookupError, TypeError):
        return content.decode(errors="replace")


def _body(spec: dict[str, Any]) -> bytes:
    return json.dumps(pod("one", spec)).encode()
