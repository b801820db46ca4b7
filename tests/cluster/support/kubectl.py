"""kubectl as its users run it, and what it says."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from support.api_server import ApiServer, User
from support.daemon import Failure

# Where the API server has what cases look at.
_GROUPS = {"deployments": "apis/apps/v1", "replicasets": "apis/apps/v1"}


@dataclass(frozen=True)
class Result:
    status: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        """Both streams, as a terminal shows them."""
        return self.errors + self.output


class Kubectl:
    def __init__(self, api: ApiServer, user: User, namespace: str = "") -> None:
        self._api = api
        self._user = user
        self.namespace = namespace
        # What kubectl learns of the API is kept between its runs.
        self._environment = {**os.environ, "KUBECONFIG": str(user.kubeconfig), "HOME": "/var/lib/kubectl"}

    def within(self, namespace: str) -> Kubectl:
        return Kubectl(self._api, self._user, namespace)

    def run(self, *arguments: str, stdin: str = "", limit_seconds: float = 60) -> Result:
        namespace = [f"--namespace={self.namespace}"] if self.namespace else []
        command = ["kubectl", *namespace, *arguments]
        try:
            done = subprocess.run(
                command,
                input=stdin,
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=limit_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            raise Failure(f"kubectl {' '.join(arguments)}: no end after {limit_seconds:.0f} s") from expired
        return Result(done.returncode, done.stdout, done.stderr)

    def must(self, *arguments: str, stdin: str = "", limit_seconds: float = 60) -> str:
        result = self.run(*arguments, stdin=stdin, limit_seconds=limit_seconds)
        if result.status != 0:
            raise Failure(f"kubectl {' '.join(arguments)}: {result.text}")
        return result.output

    def apply(self, *objects: dict[str, Any]) -> str:
        return self.must("apply", "--filename=-", stdin=as_list(*objects))

    def get(self, resource: str, name: str) -> Any:
        """Without kubectl, which takes its time to start, as are all that follow: this is for conditions waited for."""
        return json.loads(self._api.get(f"{self._target(resource)}/{name}"))

    def items(self, resource: str, selector: str = "") -> Any:
        """`selector` is a query: labelSelector=a=b."""
        return json.loads(self._api.get(f"{self._target(resource)}?{selector}"))["items"]

    def _target(self, resource: str) -> str:
        return f"/{_GROUPS.get(resource, 'api/v1')}/namespaces/{self.namespace}/{resource}"


def as_list(*objects: dict[str, Any]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
