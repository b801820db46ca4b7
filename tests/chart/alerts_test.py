"""Prometheus' own judgement of the alerts: which series raise them, when, and what they then say."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chart import IMAGE, named, objects, template

_TARGET = {"namespace": "gatehouse-system", "service": "gatehouse", "pod": "gatehouse-a"}
_API_SERVER = {"instance": "10.0.0.1:6443", "name": "pods.gatehouse.dev"}
_FAILED_CALL = _API_SERVER | {"error_type": "calling_webhook_error"}
_DAY = 86400


@dataclass(frozen=True)
class Case:
    alert: str
    # Each a metric, its labels and its samples, one a minute from 0 on, in the notation of promtool.
    series: list[tuple[str, dict[str, str], str]]
    fires: list[str]
    silent: list[str]
    labels: dict[str, str]
    summary: str
    values: tuple[str, ...] = ()


_ERROR = _TARGET | {"operation": "CREATE", "resource": "pods", "decision": "error"}
_UNVERIFIED = _TARGET | {"policy": "signed", "cause": "registry"}
_EXEMPTION = {"policy": "signed", "exemption": "old"}
_SKIPPED = "The API server let requests pass unjudged."
_REFUSED = "The API server refused requests because it could not call Gatehouse."
_DENIED = "gatehouse-a denied requests that it could not judge."
_STALE = "gatehouse-a has not reached the API server for 21m 0s."
CASES = {
    "no replica answers": Case(
        "GatehouseDown",
        [("up", _TARGET, "1x3 0x10")],
        ["6m"],
        ["3m"],
        {},
        "No replica of Gatehouse answers.",
    ),
    "one replica does not answer": Case(
        "GatehouseReplicaDown",
        [("up", _TARGET, "0x20"), ("up", _TARGET | {"pod": "gatehouse-b"}, "1x20")],
        ["10m"],
        ["9m"],
        _TARGET,
        "The replica gatehouse-a of Gatehouse does not answer.",
    ),
    "no certificate": Case(
        "GatehouseNoCertificate",
        [("gatehouse_build_info", _TARGET, "1x20")],
        ["5m"],
        ["4m"],
        _TARGET,
        "The replica gatehouse-a of Gatehouse has no certificate that holds.",
    ),
    "a certificate that has ended": Case(
        "GatehouseNoCertificate",
        [
            ("gatehouse_build_info", _TARGET, "1x20"),
            ("gatehouse_serving_certificate_expiry_timestamp_seconds", _TARGET, "300x20"),
        ],
        ["10m"],
        ["9m"],
        _TARGET,
        "The replica gatehouse-a of Gatehouse has no certificate that holds.",
    ),
    "a certificate that is renewed late": Case(
        "GatehouseCertificateExpires",
        [("gatehouse_serving_certificate_expiry_timestamp_seconds", _TARGET, f"{14 * _DAY + 3600}x300")],
        ["121m"],
        ["120m"],
        _TARGET,
        "The serving certificate of gatehouse-a ends in 13d 22h 59m 0s.",
    ),
    "a certificate of an hour, renewed late": Case(
        "GatehouseCertificateExpires",
        [("gatehouse_serving_certificate_expiry_timestamp_seconds", _TARGET, "3600x50")],
        ["54m"],
        ["0m", "41m", "53m"],
        _TARGET,
        "The serving certificate of gatehouse-a ends in 6m 0s.",
        ("--set=certificates.lifetime=1h",),
    ),
    "an authority that is renewed late": Case(
        "GatehouseAuthorityExpires",
        [("gatehouse_ca_expiry_timestamp_seconds", _TARGET, f"{14 * _DAY}x300")],
        ["61m"],
        ["60m"],
        _TARGET,
        "The certificate authority of Gatehouse ends in 13d 22h 59m 0s.",
    ),
    "a policy with an error": Case(
        "GatehouseReloadFailed",
        [("gatehouse_policy_last_load_successful", _TARGET, "1x4 0x5 1x5")],
        ["6m"],
        ["5m", "11m"],
        _TARGET,
        "What gatehouse-a read last has an error in it.",
    ),
    "a certificate with an error": Case(
        "GatehouseReloadFailed",
        [
            ("gatehouse_policy_last_load_successful", _TARGET, "1x20"),
            ("gatehouse_certificate_last_load_successful", _TARGET, "1x4 0x5"),
        ],
        ["6m"],
        ["5m"],
        _TARGET,
        "What gatehouse-a read last has an error in it.",
    ),
    "an API server that was lost": Case(
        "GatehouseApiContactStale",
        [
            ("gatehouse_kube_last_contact_timestamp_seconds", _TARGET, "600x60"),
            ("process_start_time_seconds", _TARGET, "0x60"),
        ],
        ["31m"],
        ["30m"],
        _TARGET,
        _STALE,
    ),
    "an API server that was never reached": Case(
        "GatehouseApiContactStale",
        [("process_start_time_seconds", _TARGET, "60x60")],
        ["22m"],
        ["21m"],
        _TARGET,
        _STALE,
    ),
    "an API server that is reached after an hour": Case(
        "GatehouseApiContactStale",
        [
            ("gatehouse_kube_last_contact_timestamp_seconds", _TARGET, "_x60 3600+60x10"),
            ("process_start_time_seconds", _TARGET, "60x80"),
        ],
        ["22m"],
        ["60m", "65m"],
        _TARGET,
        _STALE,
    ),
    "no leader": Case(
        "GatehouseNoLeader",
        [("gatehouse_leader", _TARGET, "1x4 0x10"), ("gatehouse_leader", _TARGET | {"pod": "gatehouse-b"}, "0x20")],
        ["10m"],
        ["9m"],
        {},
        "No replica of Gatehouse leads.",
    ),
    "a registration that is refused": Case(
        "GatehouseRegistrationFails",
        [("gatehouse_registration_applies_total", _TARGET | {"result": "error"}, "1+1x60")],
        ["17m"],
        ["10m"],
        _TARGET | {"result": "error"},
        "The webhook cannot be registered.",
    ),
    "load": Case(
        "GatehouseShedsRequests",
        [("gatehouse_shed_requests_total", _TARGET, "0x9 1+1x20")],
        ["15m"],
        ["9m", "14m"],
        _TARGET,
        "gatehouse-a turns requests away because of load.",
    ),
    "the first request that could not be judged": Case(
        "GatehouseDeniesByError",
        [("gatehouse_admission_requests_total", _ERROR, "_x5 1x40")],
        ["5m", "14m"],
        ["4m", "15m", "30m"],
        _ERROR,
        _DENIED,
    ),
    "the second": Case(
        "GatehouseDeniesByError",
        [("gatehouse_admission_requests_total", _ERROR, "1x29 2x40")],
        ["30m", "39m"],
        ["29m", "41m"],
        _ERROR,
        _DENIED,
    ),
    "requests that were judged": Case(
        "GatehouseDeniesByError",
        [
            ("gatehouse_admission_requests_total", _ERROR, "_x5 1x40"),
            ("gatehouse_admission_requests_total", _ERROR | {"decision": "deny"}, "_x5 1+1x40"),
        ],
        ["5m"],
        ["30m"],
        _ERROR,
        _DENIED,
    ),
    "the first image that passed unverified": Case(
        "GatehouseUnverifiedAdmissions",
        [("gatehouse_unverified_admissions_total", _UNVERIFIED, "_x5 3x40")],
        ["5m", "19m"],
        ["4m", "20m"],
        _UNVERIFIED,
        "Images passed unverified under the policy signed (registry).",
    ),
    "an exemption in its last days": Case(
        "GatehouseExemptionEnds",
        [
            ("gatehouse_exemption_expiry_timestamp_seconds", _TARGET | _EXEMPTION, "7200x200"),
            ("gatehouse_exemption_expiry_timestamp_seconds", _TARGET | _EXEMPTION | {"pod": "gatehouse-b"}, "7200x200"),
        ],
        ["119m"],
        ["120m", "121m"],
        _EXEMPTION,
        "The exemption old of the policy signed ends in 1m 0s.",
    ),
    "an exemption fourteen days before": Case(
        "GatehouseExemptionEnds",
        [("gatehouse_exemption_expiry_timestamp_seconds", _TARGET | _EXEMPTION, f"{14 * _DAY + 3600}x200")],
        ["61m"],
        ["60m"],
        _EXEMPTION,
        "The exemption old of the policy signed ends in 13d 23h 59m 0s.",
    ),
    "the first call that failed open": Case(
        "GatehouseSkipped",
        [("apiserver_admission_webhook_fail_open_count", _API_SERVER, "_x5 1x40")],
        ["5m", "14m"],
        ["4m", "15m"],
        {},
        _SKIPPED,
    ),
    "calls that failed open before and after a restart of the API server": Case(
        "GatehouseSkipped",
        [("apiserver_admission_webhook_fail_open_count", _API_SERVER, "7x29 stale _x2 1x40")],
        ["33m", "40m"],
        ["29m", "31m", "50m"],
        {},
        _SKIPPED,
    ),
    "a call that failed open right after an API server was back": Case(
        "GatehouseSkipped",
        [("apiserver_admission_webhook_fail_open_count", _API_SERVER, "7x99 stale _x19 1x40")],
        ["120m", "129m"],
        ["119m", "131m"],
        {},
        _SKIPPED,
    ),
    "an API server of several that is not scraped for a while": Case(
        "GatehouseSkipped",
        [
            ("apiserver_admission_webhook_fail_open_count", _API_SERVER, "5x99 stale _x3 5x60"),
            ("apiserver_admission_webhook_fail_open_count", _API_SERVER | {"instance": "10.0.0.2:6443"}, "5x129 6x20"),
        ],
        ["130m"],
        ["100m", "104m", "111m", "120m"],
        {},
        _SKIPPED,
    ),
    "calls of others that failed open": Case(
        "GatehouseSkipped",
        [
            ("apiserver_admission_webhook_fail_open_count", _API_SERVER | {"name": "others.example.com"}, "0+1x40"),
            ("apiserver_admission_webhook_fail_open_count", _API_SERVER | {"name": "others.gatehouse.dev"}, "_x20 1x20"),
        ],
        ["20m"],
        ["19m"],
        {},
        _SKIPPED,
    ),
    "the first call that failed": Case(
        "GatehouseCallsFail",
        [("apiserver_admission_webhook_rejection_count", _FAILED_CALL, "_x5 1x40")],
        ["5m", "14m"],
        ["4m", "15m"],
        {},
        _REFUSED,
    ),
    "calls that failed before and after a restart of the API server": Case(
        "GatehouseCallsFail",
        [("apiserver_admission_webhook_rejection_count", _FAILED_CALL, "7x29 stale _x2 1x40")],
        ["33m", "40m"],
        ["29m", "31m", "50m"],
        {},
        _REFUSED,
    ),
    "denials": Case(
        "GatehouseCallsFail",
        [
            ("apiserver_admission_webhook_rejection_count", _API_SERVER | {"error_type": "no_error"}, "0+1x40"),
            ("apiserver_admission_webhook_rejection_count", _FAILED_CALL, "_x20 1x40"),
        ],
        ["20m"],
        ["19m"],
        {},
        _REFUSED,
    ),
}


@cache
def rules(values: tuple[str, ...]) -> dict[str, Any]:
    rendered = objects(template(IMAGE, "--set=prometheusRule.enabled=true", *values))
    return named(rendered, "PrometheusRule")["spec"]


def written(name: str, labels: dict[str, str]) -> str:
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def wrong(case: Case) -> str:
    """What promtool has against it, or nothing."""
    spec = rules(case.values)
    (rule,) = (each for each in spec["groups"][0]["rules"] if each["alert"] == case.alert)
    alert = {
        "exp_labels": rule["labels"] | case.labels,
        "exp_annotations": {"summary": case.summary, "description": rule["annotations"]["description"]},
    }
    series = [{"series": written(name, labels), "values": samples} for name, labels, samples in case.series]
    expected = [(time, [alert]) for time in case.fires] + [(time, []) for time in case.silent]
    test = {
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [
            {"eval_time": time, "alertname": case.alert, "exp_alerts": alerts} for time, alerts in expected
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules.yaml").write_text(yaml.safe_dump(spec))
        file = Path(folder) / "test.yaml"
        file.write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}))
        result = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stdout + result.stderr


class Alerts(unittest.TestCase):
    maxDiff = None

    def test_fire_when_they_should_and_say_why(self) -> None:
        for name, case in CASES.items():
            with self.subTest(name):
                said = wrong(case)
                self.assertFalse(said, said)

    def test_all_have_a_case(self) -> None:
        known = {each["alert"] for each in rules(())["groups"][0]["rules"]}
        self.assertEqual({case.alert for case in CASES.values()}, known)
