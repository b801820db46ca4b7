"""Controller manager and scheduler, as Kubernetes' authors publish them, beside an API server."""

from __future__ import annotations

from pathlib import Path

from support.api_server import ApiServer
from support.daemon import Daemon


def start_controllers(api: ApiServer, logs: Path) -> None:
    """As soon as the API server is ready."""
    manager = [
        f"--service-account-private-key-file={api.signing_key}",
        f"--root-ca-file={api.authority.certificate}",
        "--use-service-account-credentials=true",
    ]
    Daemon("kube-controller-manager", [*_command(api, "kube-controller-manager", 10257), *manager], logs)
    Daemon("kube-scheduler", _command(api, "kube-scheduler", 10259), logs)


def _command(api: ApiServer, program: str, port: int) -> list[str]:
    kubeconfig = api.user(f"system:{program}").kubeconfig
    return [
        program,
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--leader-elect=false",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]
