"""Debian's containerd, which pulls from the registry of the run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from support import registry
from support.daemon import Daemon
from support.kubelet_settings import RUNTIME_SOCKET


def start(pause_image: str, logs: Path, network: dict[str, object] | None = None) -> Daemon:
    """With a network, which is a list of CNI plug-ins, pods have addresses of their own. Wait for it with `answers`."""
    hosts = Path("/var/lib/containerd-hosts")
    for address in (registry.ADDRESS, registry.NODE_ADDRESS):
        (hosts / address).mkdir(parents=True)
        host = f'[host."http://{address}"]\n  capabilities = ["pull", "resolve"]\n'
        (hosts / address / "hosts.toml").write_text(host)
    networks = Path("/var/lib/containerd-networks")
    networks.mkdir()
    if network is not None:
        (networks / "network.conflist").write_text(json.dumps(network))
    configuration = Path("/var/lib/containerd.toml")
    # A negative oom_score_adj needs a capability that not every machine has.
    configuration.write_text(
        f"""version = 2
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause_image}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{hosts}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{networks}"
"""
    )
    return Daemon("containerd", ["containerd", "--config", str(configuration)], logs)


def answers() -> bool:
    if not RUNTIME_SOCKET.exists():
        return False
    command = ["ctr", "--address", str(RUNTIME_SOCKET), "--connect-timeout", "1s", "version"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
