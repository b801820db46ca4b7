from __future__ import annotations

import json
import re
import unittest
from typing import Any

import promql_parser

from chart import CHART, TREE, named, objects, template

# Of the API server and of Prometheus itself.
FOREIGN = {"apiserver_admission_webhook_fail_open_count", "apiserver_admission_webhook_rejection_count", "up"}
METRIC = re.compile(r"\b((?:gatehouse|process|apiserver)_[a-z0-9_]+|up)(?=\{)")


def alerts() -> list[dict[str, Any]]:
    rule = named(objects(template(f"--values={CHART}/ci/full-values.yaml")), "PrometheusRule")
    (group,) = rule["spec"]["groups"]
    return group["rules"]


def known_metrics() -> set[str]:
    names = set(re.findall(r'"((?:gatehouse|process)_[a-z0-9_]+)"', (TREE / "server/metrics_table.cpp").read_text()))
    return names | {f"{name}_bucket" for name in names} | FOREIGN


class Signals(unittest.TestCase):
    def test_alerts_ask_for_metrics_that_exist(self) -> None:
        for each in alerts():
            with self.subTest(each["alert"]):
                promql_parser.parse(each["expr"])
                asked = set(METRIC.findall(each["expr"]))
                self.assertTrue(asked)
                self.assertEqual(asked - known_metrics(), set())

    def test_the_dashboard_asks_for_metrics_that_exist(self) -> None:
        dashboard = json.loads((CHART / "dashboards/gatehouse.json").read_text())
        for panel in dashboard["panels"]:
            with self.subTest(panel["title"]):
                for target in panel["targets"]:
                    promql_parser.parse(target["expr"].replace("$__rate_interval", "5m"))
                    asked = set(METRIC.findall(target["expr"]))
                    self.assertTrue(asked)
                    self.assertEqual(asked - known_metrics(), set())

    def test_alerts_say_how_bad_what_and_what_to_do(self) -> None:
        for each in alerts():
            with self.subTest(each["alert"]):
                self.assertIn(each["labels"]["severity"], ("critical", "warning", "info"))
                self.assertEqual(set(each["annotations"]), {"summary", "description"})

    def test_every_alert_is_in_the_documentation(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        documented = set(re.findall(r"`(Gatehouse[A-Z]\w+)`", page))
        self.assertEqual(documented, {each["alert"] for each in alerts()})

    def test_the_documentation_lists_metrics_that_exist(self) -> None:
        page = (TREE / "docs/operations/monitoring.md").read_text()
        documented = set(re.findall(r"`(gatehouse_[a-z0-9_]+)", page)) - {"gatehouse_build_info{..."}
        self.assertEqual(documented - known_metrics(), set())
