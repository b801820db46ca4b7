"""The name server itself: whatever it is asked, it answers the next."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import struct
import unittest

from support import name_server
from support.daemon import Failure

_ADDRESS = bytes([10, 0, 0, 7])


class _Api:
    def get(self, target: str) -> bytes:
        if target.endswith("/there"):
            return json.dumps({"spec": {"clusterIP": socket.inet_ntoa(_ADDRESS)}}).encode()
        if target.endswith("/down"):
            raise ConnectionRefusedError
        raise Failure(f"GET {target}: 404")


def _query(name: str, kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
    return struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)


class Answers(unittest.TestCase):
    def setUp(self) -> None:
        self.printed = io.StringIO()
        self.enterContext(contextlib.redirect_stderr(self.printed))
        host, _, port = name_server.start("127.0.0.1", _Api(), 0).partition(":")  # type: ignore[arg-type]
        self.client = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.client.settimeout(10)
        self.client.connect((host, int(port)))

    def ask(self, name: str, kind: int = 1) -> tuple[int, bytes]:
        """Status and the last bytes, where an address stands."""
        self.client.send(_query(name, kind))
        answer = self.client.recv(512)
        self.assertEqual(answer[:2], b"\0\7")
        return answer[3] & 15, answer[-4:]

    def test_a_service_with_its_address(self) -> None:
        self.assertEqual(self.ask("there.one.svc.cluster.local"), (0, _ADDRESS))
        self.assertEqual(self.ask("there.one.svc"), (0, _ADDRESS))

    def test_what_is_no_service_with_no_such_name(self) -> None:
        self.assertEqual(self.ask("absent.one.svc")[0], 3)
        self.assertEqual(self.ask("example.com")[0], 3)

    def test_with_a_failure_while_the_api_server_is_away(self) -> None:
        self.assertEqual(self.ask("down.one.svc")[0], 2)
        self.assertEqual(self.ask("there.one.svc"), (0, _ADDRESS))

    def test_the_next_query_behind_nonsense(self) -> None:
        for nonsense in (b"", b"x", _query("there.one.svc")[:20], b"\0" * 12 + b"\xff" * 300):
            self.client.send(nonsense)
        self.assertEqual(self.ask("there.one.svc"), (0, _ADDRESS))
        self.assertEqual(self.printed.getvalue().count("name server: "), 4)
