"""The stream itself, against an API server that behaves badly: what is lost or unreadable is a failed call."""

from __future__ import annotations

import json
import threading
import time
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar

from support.daemon import Failure

from admission.stream import Stream

_DENIAL = json.dumps({"message": 'admission webhook "x" denied the request: no'}).encode()


class _ApiServer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer in one piece.
    wbufsize = -1
    # To a bad pod: a status and a body; None is a connection that ends without an answer.
    to_bad: ClassVar[tuple[int, bytes] | None]
    # To everybody, while it is true.
    is_out: ClassVar[threading.Event]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.to_bad if b"privileged" in body else (201, b"{}")
        if self.is_out.is_set():
            answer = (500, b"{}")
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def _cluster(to_bad: tuple[int, bytes] | None) -> Iterator[Any]:
    is_out = threading.Event()
    handler = type("Handler", (_ApiServer,), {"to_bad": to_bad, "is_out": is_out})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        api = SimpleNamespace(address=f"127.0.0.1:{server.server_port}", admin=SimpleNamespace(tls=lambda: None))
        yield SimpleNamespace(api=api, pause_image="pause:1", is_out=is_out)
        server.shutdown()


class Told(unittest.TestCase):
    def failures(self, to_bad: tuple[int, bytes] | None) -> list[str]:
        with _cluster(to_bad) as cluster, Stream(cluster, "one") as stream:
            stream.go_on(10)
        return stream.failures

    def test_a_denial_in_our_words_is_no_failure(self) -> None:
        self.assertEqual(self.failures((403, _DENIAL)), [])

    def test_a_denial_in_other_words_is_a_failure(self) -> None:
        self.assertEqual(set(self.failures((403, b'{"message": "forbidden"}'))), {"403 forbidden"})

    def test_a_call_without_an_answer_is_a_failure(self) -> None:
        self.assertRegex("\n".join(self.failures(None)), r"\A(0 no answer: \w+\(.*\)\n?)+\Z")

    def test_an_answer_that_is_not_json_is_a_failure(self) -> None:
        self.assertEqual(set(self.failures((502, b"<html>"))), {"502 <html>"})
        self.assertEqual(set(self.failures((502, b"[1]"))), {"502 [1]"})

    def test_the_longest_gap_is_that_of_an_outage(self) -> None:
        with _cluster((403, _DENIAL)) as cluster, Stream(cluster, "one") as stream:
            stream.go_on(10)
            cluster.is_out.set()
            begun = time.monotonic()
            stream.go_on(40)
            cluster.is_out.clear()
            lasted = time.monotonic() - begun
            stream.go_on(10)
        self.assertGreater(stream.longest_gap, lasted / 2)
        self.assertLess(stream.longest_gap, lasted + 1)

    def test_a_client_that_ends_fails_the_drill(self) -> None:
        with _cluster((403, _DENIAL)) as cluster, self.assertRaisesRegex(Failure, "a client of the stream ended"):
            with Stream(cluster, "one") as stream:
                # What no body can be made of.
                stream._wanted.append((None, None))  # type: ignore[arg-type]
                stream.go_on(1000)

    def test_clients_end_when_the_stream_does_not_begin(self) -> None:
        stream = Stream(SimpleNamespace(api=_NOWHERE, pause_image="pause:1"), "one")  # type: ignore[arg-type]
        with self.assertRaises(Failure):
            with stream:
                self.fail("it began")
        self.assertEqual([each.is_alive() for each in stream._threads], [False] * len(stream._threads))


# No client can connect there.
_NOWHERE = SimpleNamespace(address=object(), admin=SimpleNamespace(tls=lambda: None))
