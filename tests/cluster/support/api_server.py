"""etcd and an API server, of the current Kubernetes or another one, with an authority of their own.

It listens on the sandbox's loopback device and knows users by client certificates."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from pathlib import Path

from support.certificates import Authority, Pair, make_signing_key
from support.daemon import Daemon, Failure
from support.http_request import Answer, answers_ok, request
from support.kubelet_settings import NODE_ADDRESS

SERVICE_ADDRESSES = "10.0.0.0/24"
_NAMES = ["DNS:kubernetes.default.svc", f"IP:{NODE_ADDRESS}", "IP:10.0.0.1"]
# What the run reads out of the audit log: who asked for what, and what admission noted about it.
_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "verbs": ["create", "update", "patch", "delete"]}, {"level": "None"}],
}


@dataclass(frozen=True)
class User:
    """Somebody whom the API server knows by a client certificate."""

    pair: Pair
    authority: Path
    kubeconfig: Path

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.pair.certificate, self.pair.key)
        return context


@dataclass(frozen=True)
class Ports:
    api: int = 6443
    etcd: int = 2379
    etcd_peers: int = 2380


class ApiServer:
    """Is started when it is made; wait for it with `wait`."""

    def __init__(self, program: str, ports: Ports, logs: Path, options: list[str] | None = None) -> None:
        self.address = f"{NODE_ADDRESS}:{ports.api}"
        self.audit_log = logs / f"{program}-audit.log"
        self._state = Path("/var/lib") / program
        self.authority = Authority(self._state / "certificates", program)
        self.signing_key = make_signing_key(self._state / "service-accounts.key")
        self.admin = self.user("admin", "system:masters")
        self._tls = self.admin.tls()
        Daemon(f"{program}-etcd", self._etcd_command(ports), logs)
        self._daemon = Daemon(program, [program, *self._options(ports), *(options or [])], logs)

    def wait(self) -> None:
        self._daemon.wait_until(lambda: answers_ok(self.address, "/readyz", self._tls))

    def user(self, name: str, group: str | None = None) -> User:
        pair = self.authority.issue_client(name, group)
        kubeconfig = pair.certificate.with_suffix(".kubeconfig")
        kubeconfig.write_text(json.dumps(self._kubeconfig(pair)))
        return User(pair, self.authority.certificate, kubeconfig)

    def get(self, target: str) -> bytes:
        answer = request(self.address, "GET", target, tls=self._tls)
        if answer.status != 200:
            raise Failure(f"GET {target}: {answer.status} {answer.body.decode(errors='replace')}")
        return answer.body

    def post(self, target: str, document: dict[str, object]) -> Answer:
        return request(self.address, "POST", target, json.dumps(document).encode(), "application/json", self._tls)

    def create(self, target: str, document: dict[str, object]) -> None:
        answer = self.post(target, document)
        if answer.status != 201:
            raise Failure(f"POST {target}: {answer.status} {answer.body.decode(errors='replace')}")

    def exists(self, target: str) -> bool:
        return answers_ok(self.address, target, self._tls)

    def _options(self, ports: Ports) -> list[str]:
        serving = self.authority.issue_server("serving", _NAMES)
        kubelet_client = self.authority.issue_client("kubelet-client", "system:masters")
        policy = self._state / "audit-policy.json"
        policy.write_text(json.dumps(_AUDIT_POLICY))
        return [
            f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
            f"--bind-address={NODE_ADDRESS}",
            f"--advertise-address={NODE_ADDRESS}",
            f"--secure-port={ports.api}",
            f"--tls-cert-file={serving.certificate}",
            f"--tls-private-key-file={serving.key}",
            f"--client-ca-file={self.authority.certificate}",
            f"--service-cluster-ip-range={SERVICE_ADDRESSES}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.signing_key}",
            f"--service-account-signing-key-file={self.signing_key}",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            f"--kubelet-client-certificate={kubelet_client.certificate}",
            f"--kubelet-client-key={kubelet_client.key}",
            f"--kubelet-certificate-authority={self.authority.certificate}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--audit-policy-file={policy}",
            f"--audit-log-path={self.audit_log}",
        ]

    def _etcd_command(self, ports: Ports) -> list[str]:
        clients = f"http://127.0.0.1:{ports.etcd}"
        peers = f"http://127.0.0.1:{ports.etcd_peers}"
        return [
            "etcd",
            "--name=one",
            f"--data-dir={self._state / 'etcd'}",
            "--unsafe-no-fsync",
            "--log-level=warn",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=one={peers}",
        ]

    def _kubeconfig(self, pair: Pair) -> dict[str, object]:
        cluster = {"server": f"https://{self.address}", "certificate-authority": str(self.authority.certificate)}
        user = {"client-certificate": str(pair.certificate), "client-key": str(pair.key)}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": "user", "user": user}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }
