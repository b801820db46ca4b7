"""The metrics that there are, and what an expression in Prometheus' language makes of their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass

import promql_parser
from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, MatrixSelector, ParenExpr, SubqueryExpr, VectorSelector

from chart import TREE

# What Prometheus' operator adds to each series by the ServiceMonitor.
TARGET = frozenset({"container", "endpoint", "instance", "job", "namespace", "pod", "service"})
_TABLE = re.compile(r'"((?:gatehouse|process)_[a-z0-9_]+)",\s*(counter|gauge|histogram),\s*\{([^}]*)\}')
_OF_COUNTERS = {"increase", "irate", "rate"}


@dataclass(frozen=True)
class Metric:
    type: str
    labels: frozenset[str]


def known() -> dict[str, Metric]:
    """By name: those of the server, and those of the API server and of Prometheus itself that the chart asks for."""
    table = (TREE / "server/metrics_table.cpp").read_text()
    found = {name: Metric(type_, frozenset(re.findall(r'"(\w+)"', labels))) for name, type_, labels in _TABLE.findall(table)}
    for name, each in list(found.items()):
        if each.type == "histogram":
            found[f"{name}_bucket"] = Metric("counter", each.labels | {"le"})
    operation = {"name", "operation", "type"}
    return found | {
        "apiserver_admission_webhook_fail_open_count": Metric("counter", frozenset({"name", "type"})),
        "apiserver_admission_webhook_rejection_count": Metric(
            "counter", frozenset(operation | {"error_type", "rejection_code"})
        ),
        "up": Metric("gauge", frozenset()),
    }


class Wrong(Exception):
    """What an expression asks for and cannot get."""


def labels(text: str) -> frozenset[str]:
    """Those of the result."""
    return _labels(promql_parser.parse(text), known())


def _labels(expression: Expr, metrics: dict[str, Metric], function: str = "") -> frozenset[str]:
    if isinstance(expression, MatrixSelector):
        return _labels(expression.vector_selector, metrics, function)
    if isinstance(expression, VectorSelector):
        return _labels_of_selector(expression, metrics, function)
    if isinstance(expression, (ParenExpr, SubqueryExpr)):
        return _labels(expression.expr, metrics, function)
    if isinstance(expression, Call):
        found = [_labels(each, metrics, expression.func.name) for each in expression.args]
        return found[-1] if found and expression.func.name != "absent" else frozenset()
    if isinstance(expression, AggregateExpr):
        inner = _labels(expression.expr, metrics)
        wanted = frozenset(expression.modifier.labels) if expression.modifier else frozenset()
        _demand(wanted, inner, f"by {sorted(wanted)}")
        return wanted
    if isinstance(expression, BinaryExpr):
        return _labels_of_both(expression, metrics)
    return frozenset()


def _labels_of_selector(selector: VectorSelector, metrics: dict[str, Metric], function: str) -> frozenset[str]:
    metric = metrics.get(selector.name)
    if metric is None or metric.type == "histogram":
        raise Wrong(f"there is no metric {selector.name}")
    if function in _OF_COUNTERS and metric.type != "counter":
        raise Wrong(f"{function}() of the {metric.type} {selector.name}")
    _demand(frozenset(each.name for each in selector.matchers.matchers), metric.labels | TARGET, selector.name)
    return metric.labels | TARGET


def _labels_of_both(expression: BinaryExpr, metrics: dict[str, Metric]) -> frozenset[str]:
    left, right = (_labels(each, metrics) for each in (expression.lhs, expression.rhs))
    matching = expression.modifier.matching if expression.modifier else None
    if matching:
        _demand(frozenset(matching.labels), left & right, f"on {matching.labels}")
    if str(expression.op) in ("and", "unless"):
        return left
    if str(expression.op) == "or":
        return left & right
    return left & right if left and right else left | right


def _demand(wanted: frozenset[str], there: frozenset[str], by: str) -> None:
    if wanted - there:
        raise Wrong(f"{by}: no label {sorted(wanted - there)}")
