"""Names of Services for pods, as DNS in a cluster gives them: addresses of NAME.NAMESPACE.svc[.cluster.local]."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading

from support.api_server import ApiServer
from support.daemon import Failure

DOMAIN = "cluster.local"
_A = 1
_INTERNET = 1
_RESPONSE = 0x8400
_FAILED = 2
_NO_SUCH_NAME = 3
_POINTER_TO_QUESTION = 0xC00C


def start(address: str, api: ApiServer, port: int = 53) -> str:
    """Until the program ends; returns where it listens."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))
    threading.Thread(target=_serve, args=(server, api), daemon=True).start()
    return f"{address}:{server.getsockname()[1]}"


def _serve(server: socket.socket, api: ApiServer) -> None:
    """Whatever is wrong about one query, the next is answered."""
    while True:
        try:
            query, client = server.recvfrom(512)
            server.sendto(_answer(query, api), client)
        except Exception as error:
            print(f"name server: {error!r}", file=sys.stderr, flush=True)


def _answer(query: bytes, api: ApiServer) -> bytes:
    name, end = _question(query)
    kind = struct.unpack("!H", query[end : end + 2])[0]
    try:
        found = _service_address(name, api)
    except OSError:
        return query[:2] + struct.pack("!HHHHH", _RESPONSE | _FAILED, 1, 0, 0, 0) + query[12 : end + 4]
    answers = b""
    if found is not None and kind == _A:
        record = struct.pack("!HHHIH", _POINTER_TO_QUESTION, _A, _INTERNET, 5, 4)
        answers = record + socket.inet_aton(found)
    flags = _RESPONSE | (_NO_SUCH_NAME if found is None else 0)
    header = query[:2] + struct.pack("!HHHHH", flags, 1, int(bool(answers)), 0, 0)
    return header + query[12 : end + 4] + answers


def _question(query: bytes) -> tuple[str, int]:
    """The name that is asked for, and where it ends."""
    labels = []
    position = 12
    while query[position]:
        length = query[position]
        labels.append(query[position + 1 : position + 1 + length].decode())
        position += 1 + length
    return ".".join(labels), position + 1


def _service_address(name: str, api: ApiServer) -> str | None:
    labels = name.lower().removesuffix(f".{DOMAIN}").split(".")
    if len(labels) != 3 or labels[2] != "svc":
        return None
    try:
        service = json.loads(api.get(f"/api/v1/namespaces/{labels[1]}/services/{labels[0]}"))
    except Failure:
        return None
    return str(service["spec"]["clusterIP"])
