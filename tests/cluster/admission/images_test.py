"""What a policy wants to know about an image, asked of the cluster's registry by Gatehouse in its pods."""

from __future__ import annotations

from typing import Any

from support import registry
from support.kubectl import Kubectl, Result

from admission.case import ClusterCase, as_json
from admission.pods import good_spec, pod


class Signatures(ClusterCase):
    def test_an_image_without_a_signature_is_denied(self) -> None:
        image = self.cluster.push_pause("unsigned")
        self.assert_denied("unsigned", _create(self.namespace("signed"), good_spec(image)))

    def test_a_signed_image_runs_and_its_tag_is_denied(self) -> None:
        image = self.cluster.push_pause("signed")
        self.cluster.signer.sign(registry.Repository("signed"), image.rpartition("@")[2])
        kubectl = self.namespace("signed")
        self.assert_silent(_create(kubectl, good_spec(image)))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")
        self.assert_denied("signed_tag", _create(kubectl, good_spec(f"{registry.NODE_ADDRESS}/signed:1")))


class Users(ClusterCase):
    def test_an_image_of_root_is_denied(self) -> None:
        image = self.cluster.push_pause("of-root")
        self.assert_denied("image_of_root", _create(self.namespace("resolved"), _open_spec(image)))

    def test_our_own_image_runs_as_its_user(self) -> None:
        kubectl = self.namespace("resolved")
        image = self.cluster.gatehouse_image.replace(registry.ADDRESS, registry.NODE_ADDRESS)
        self.assert_silent(_create(kubectl, _open_spec(image)))
        kubectl.must("wait", "pod/one", "--for=condition=Ready", "--timeout=30s")


def _open_spec(image: str) -> dict[str, Any]:
    """Leaves user and group to the image."""
    spec = good_spec(image)
    for field in ("runAsUser", "runAsGroup"):
        del spec["securityContext"][field]
    return spec


def _create(kubectl: Kubectl, spec: dict[str, Any]) -> Result:
    return kubectl.run("create", "--filename=-", stdin=as_json(pod("one", spec)))
