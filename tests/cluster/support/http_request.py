"""HTTP to what runs in the sandbox: no proxy, short limits."""

from __future__ import annotations

import http.client


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def request(address: str, method: str, target: str, body: bytes = b"", content_type: str = "") -> Answer:
    headers = {"Content-Type": content_type} if content_type else {}
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, target, body=body, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def answers_ok(address: str, target: str) -> bool:
    try:
        return request(address, "GET", target).status == 200
    except OSError:
        return False
