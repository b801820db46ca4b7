"""Gatehouse as the chart installs it, by helm: two replicas, a CA of its own, a leader that registers the webhook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from support.cluster import Cluster
from support.daemon import Failure
from support.kubectl import Kubectl
from support.waiting import wait_for

from admission import policies

_CHART = Path(__file__).resolve().parents[3] / "charts/gatehouse"
_STATE = Path("/var/lib/helm")
_RELEASE = "gatehouse"
# As the chart names it in its registration.
WEBHOOK = "pods.gatehouse.dev"
_NAMESPACE = "gatehouse-system"
_SECRET = "gatehouse-certificates"


class Chart:
    deployment = "gatehouse"
    selector = "app.kubernetes.io/name=gatehouse"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.kubectl: Kubectl = cluster.kubectl.within(_NAMESPACE)
        _STATE.mkdir()

    def install(self) -> None:
        """The chart as if it were of the version before, so that there is something to upgrade."""
        chart = _STATE / "previous"
        shutil.copytree(_CHART, chart)
        declaration = chart / "Chart.yaml"
        lines = declaration.read_text().splitlines()
        declaration.write_text("\n".join("version: 0.0.1" if each.startswith("version:") else each for each in lines))
        self._helm("install", "--create-namespace", _RELEASE, str(chart), *self._values())
        wait_for("the registered webhook", self.is_registered)

    def upgrade(self, **changed: Any) -> None:
        self._helm("upgrade", _RELEASE, str(_CHART), *self._values(**changed))

    def uninstall(self) -> None:
        self._helm("uninstall", _RELEASE)

    def test(self) -> str:
        """What it prints."""
        return self._helm("test", _RELEASE)

    def rotate(self, *options: str) -> str:
        """As somebody does it by hand, from within a pod; what it prints."""
        command = ["/gatehouse", "certs", "rotate", f"--secret={_NAMESPACE}/{_SECRET}", "--wait", *options]
        return self.kubectl.must("exec", f"deployment/{self.deployment}", "--", *command, limit_seconds=90)

    def certificates(self) -> tuple[str, str]:
        """The authorities that are published, and the certificate that is served."""
        data = self.kubectl.get("secrets", _SECRET)["data"]
        return data["ca.crt"], data["tls.crt"]

    def is_registered(self) -> bool:
        target = f"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/{_RELEASE}"
        return self._cluster.api.exists(target) and bool(json.loads(self._cluster.api.get(target)).get("webhooks"))

    def replace_policy(self, text: str) -> None:
        """As somebody does who edits the ConfigMap."""
        patch = json.dumps({"data": {policies.FILE: text}})
        self.kubectl.must("patch", "configmap/gatehouse-policies", "--type=merge", f"--patch={patch}")

    def _values(self, **changed: Any) -> list[str]:
        host, _, digest = self._cluster.gatehouse_image.partition("@")
        values: dict[str, Any] = {
            "image": {"repository": host, "digest": digest},
            "policies": {"default": "None", "files": policies.files(self._cluster.signer.public_key)},
            "serverConfiguration": {"content": policies.SERVER_CONFIGURATION},
            # As short as the cluster allows, for the drills.
            "certificates": {"rotationSettle": "2s"},
            "drainDelaySeconds": 3,
            "shutdownTimeoutSeconds": 3,
            **changed,
        }
        file = _STATE / "values.json"
        file.write_text(json.dumps(values))
        return [f"--values={file}", "--wait", "--timeout=90s"]

    def _helm(self, *arguments: str) -> str:
        environment = {**os.environ, "KUBECONFIG": str(self._cluster.api.admin.kubeconfig), "HOME": str(_STATE)}
        command = ["helm", f"--namespace={_NAMESPACE}", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise Failure(f"helm {arguments[0]}: {done.stderr}{done.stdout}")
        return done.stdout
