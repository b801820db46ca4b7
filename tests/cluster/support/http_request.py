"""HTTP to what runs in the sandbox: no proxy, short limits."""

from __future__ import annotations

import http.client
import ssl


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def connect(address: str, tls: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
    if tls is None:
        return http.client.HTTPConnection(address, timeout=30)
    return http.client.HTTPSConnection(address, timeout=30, context=tls)


def request(
    address: str,
    method: str,
    target: str,
    body: bytes = b"",
    content_type: str = "",
    tls: ssl.SSLContext | None = None,
    accept: str = "",
) -> Answer:
    headers = {"Content-Type": content_type, "Accept": accept}
    headers = {name: value for name, value in headers.items() if value}
    connection = connect(address, tls)
    try:
        connection.request(method, target, body=body, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def answers_ok(address: str, target: str, tls: ssl.SSLContext | None = None) -> bool:
    try:
        return request(address, "GET", target, tls=tls).status == 200
    except OSError:
        return False
