from __future__ import annotations

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import metrics
from chart import CHART, TREE, named, objects, template
from metrics import Wrong


def alerts() -> list[dict[str, Any]]:
    rule = named(objects(template(f"--values={CHART}/ci/full-values.yaml")), "PrometheusRule")
    (group,) = rule["spec"]["groups"]
    return group["rules"]


class Signals(unittest.TestCase):
    def test_alerts_ask_for_metrics_and_labels_that_exist(self) -> None:
        for each in alerts():
            with self.subTest(each["alert"]):
                told = set(re.findall(r"\$labels[.](\w+)", str(each["annotations"])))
                self.assertEqual(told - metrics.labels(each["expr"]), set())

    def test_the_dashboard_asks_for_metrics_and_labels_that_exist(self) -> None:
        dashboard = json.loads((CHART / "dashboards/gatehouse.json").read_text())
        for panel in dashboard["panels"]:
            with self.subTest(panel["title"]):
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    told = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                    left = metrics.labels(target["expr"].replace("$__rate_interval", "5m"))
                    self.assertEqual(told - left, set())

    def test_what_does_not_exist_would_be_told(self) -> None:
        for expression, wrong in {
            "gatehouse_nothing > 0": "there is no metric gatehouse_nothing",
            "sum(gatehouse_admission_duration_seconds)": "there is no metric gatehouse_admission_duration_seconds",
            'up{decision="deny"}': "up: no label ['decision']",
            "rate(gatehouse_leader[5m])": "rate() of the gauge gatehouse_leader",
            "sum by (image) (rate(gatehouse_violations_total[5m]))": "by ['image']: no label ['image']",
            "up unless on (policy) gatehouse_policy_info": "on ['policy']: no label ['policy']",
            "max(up) unless on (pod) up": "on ['pod']: no label ['pod']",
        }.items():
            with self.subTest(expression), self.assertRaises(Wrong) as told:
                metrics.labels(expression)
            self.assertEqual(str(told.exception), wrong)

    def test_alerts_say_how_bad_what_and_what_to_do(self) -> None:
        for each in alerts():
            with self.subTest(each["alert"]):
                self.assertIn(each["labels"]["severity"], ("critical", "warning", "info"))
                self.assertEqual(set(each["annotations"]), {"summary", "description"})

    def test_every_alert_is_in_the_documentation(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        documented = set(re.findall(r"`(Gatehouse[A-Z]\w+)`", page))
        self.assertEqual(documented, {each["alert"] for each in alerts()})

    def test_the_documentation_lists_metrics_and_labels_that_exist(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        known = metrics.known()
        documented = re.findall(r"`(gatehouse_[a-z0-9_]+)(?:\{([a-z_,]+)\})?`", page)
        self.assertGreater(len(documented), 25)
        for name, labels in documented:
            with self.subTest(name):
                self.assertIn(name, known)
                self.assertEqual(set(filter(None, labels.split(","))) - known[name].labels, set())

    def test_the_query_on_the_audit_log_knows_every_webhook(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        rendered = objects(template(f"--values={CHART}/ci/full-values.yaml"))
        registration = named(rendered, "ConfigMap", "gate-registration")["data"]["webhooks.yaml"]
        names = [each["name"] for each in objects(registration)[0]["webhooks"]]
        self.assertEqual(names, ["pods.gatehouse.dev", "others.gatehouse.dev"])
        (query,) = re.findall(r"```sh\n(jq .*?)```", page, re.DOTALL)
        denied = [
            {
                "user": {"username": name},
                "objectRef": {"namespace": "shop", "name": "web"},
                "annotations": {f"{name}/violations": "default/image-tag"},
            }
            for name in names
        ]
        allowed = {"user": {"username": "c"}, "annotations": {f"{names[0]}/decision": "allow"}}
        log = "".join(json.dumps(each) + "\n" for each in [*denied, allowed, {}])
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "audit.log").write_text(log)
            result = subprocess.run(["bash", "-c", query], cwd=folder, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "".join(f"{name}\tshop\tweb\tdefault/image-tag\n" for name in names))

    def test_the_documentation_lists_every_metric(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        listed = set(re.findall(r"`(gatehouse_[a-z0-9_]+)", page))
        served = {name for name in metrics.known() if name.startswith("gatehouse_") and not name.endswith("_bucket")}
        self.assertEqual(served - listed, set())
