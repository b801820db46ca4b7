"""The table: every figure with its bars, must and aim, and whether it keeps them."""

import dataclasses


@dataclasses.dataclass
class Row:
    what: str
    nginx: str
    gatehouse: str
    measure: str = ""  # what the bars are held against, where it is not gatehouse's own figure
    must: str = ""
    aim: str = ""
    value: float | None = None
    bars: tuple[float, float | None] | None = None  # must, aim
    more_is_better: bool = False

    def result(self):
        if self.bars is None:
            return ""
        must, aim = self.bars
        keeps = (lambda bar: self.value >= bar) if self.more_is_better else (lambda bar: self.value <= bar)
        if not keeps(must):
            return "MISS"
        return "pass" if aim is None or not keeps(aim) else "pass, aim"


def ratio_row(what, nginx, gatehouse, ratio, bars=None, more_is_better=False):
    texts = [f"{bar:.2f} x" for bar in bars] if bars else ["", ""]
    return Row(what, nginx, gatehouse, f"{ratio:.2f} x", *texts, ratio, bars, more_is_better)


def value_row(what, nginx, gatehouse, value, must, aim, unit):
    return Row(what, nginx, gatehouse, "", f"{must:g} {unit}", f"{aim:g} {unit}" if aim is not None else "", value, (must, aim))


def throughput_rows(figures):
    bars = {"3 KB": ((1.35, 1.05), (0.75, 0.95)), "16 KB": (None, None), "60 KB": (None, (0.5, 0.75))}
    for size, one in figures["throughput"].items():
        cpu_bars, rate_bars = bars[size]
        cpu, rate = one["cpu_us"], one["per_second"]
        yield ratio_row(f"server CPU per review, {size}", f"{cpu['nginx']:.1f} us", f"{cpu['gatehouse']:.1f} us", one["cpu_ratio"], cpu_bars)
        yield ratio_row(f"reviews/s, keep-alive, {size}", f"{rate['nginx']:,.0f}", f"{rate['gatehouse']:,.0f}", one["per_second_ratio"], rate_bars, True)


def latency_rows(figures):
    for field, name in (("p50_us", "p50"), ("p99_us", "p99"), ("p999_us", "p99.9")):
        peer, ours = (figures["latency"][field][server] / 1000 for server in ("nginx", "gatehouse"))
        row = Row(f"{name} at 1,000/s, open model", f"{peer:.3f} ms", f"{ours:.3f} ms", f"{ours - peer:+.3f} ms")
        if name == "p99":
            row.must, row.aim, row.value, row.bars = "+0.3 ms", "+0.1 ms", ours - peer, (0.3, 0.1)
        yield row


def handshake_rows(figures):
    one = figures["handshakes"]
    cpu, rate = one["cpu_us"], one["per_second"]
    yield ratio_row("server CPU per review, new connection each", f"{cpu['nginx']:.0f} us", f"{cpu['gatehouse']:.0f} us", one["cpu_ratio"])
    yield ratio_row("reviews/s, new connection each", f"{rate['nginx']:,.0f}", f"{rate['gatehouse']:,.0f}", rate["gatehouse"] / rate["nginx"], None, True)


def memory_rows(figures):
    peer, ours = figures["memory"]["nginx"], figures["memory"]["gatehouse"]
    for field, what, must, aim in (
        ("idle", "resident memory, idle", 15, 10),
        ("after_load", "resident memory, after load", 25, 16),
        ("connections", "resident memory, 1,000 idle TLS connections", 60, 40),
    ):
        yield value_row(what, f"{peer[field]:.1f} MB", f"{ours[field]:.1f} MB", ours[field], must, aim, "MB")
    answers = f"{ours['answered']} answered, {ours['refused']} HTTP 503, {ours['closed']} closed"
    yield value_row(f"peak, ten bodies of 32 MiB at once ({answers})", "", f"{ours['peak']:.0f} MB", ours["peak"], 640, None, "MB")
    row = value_row(f"resident memory {ours['waited']:.0f} s later", "", f"{ours['afterwards']:.1f} MB", ours["afterwards"], ours["idle"] + 8, None, "MB")
    row.must = "idle + 8 MB"
    yield row


def start_rows(figures):
    ours = figures["start_ms"]["gatehouse"]
    yield value_row("start to first right answer", f"{figures['start_ms']['nginx']:.1f} ms", f"{ours:.1f} ms", ours, 100, 30, "ms")


def in_process_rows(figures):
    for name, one in figures["in_process"].items():
        size, policies = name.split(", ", 1)
        matched = f"{policies}, {one['matched']} of which match"
        if size == "3 KB":
            decide = Row(f"decide(), {size}, {matched}", "", f"{one['decide_ns'] / 1000:.2f} us", f"{one['decide_allocations']:.0f} allocations")
            if one["policies"] == 1000:
                decide.must, decide.aim, decide.value, decide.bars = "30 us", "5 us", one["decide_ns"] / 1000, (30, 5)
            yield decide
        if one["policies"] == 20:
            yield Row(f"decode, {size}", "", f"{one['decode_ns'] / 1000:.2f} us", f"{one['decode_allocations']:.0f} allocations")
        if size == "3 KB" or one["policies"] == 20:
            yield Row(f"body to answer, {size}, {matched}", "", f"{one['judge_ns'] / 1000:.2f} us", f"{one['judge_allocations']:.0f} allocations")


def signature_rows(figures):
    one = figures["signatures"]
    for key, cost in one["keys"].items():
        row = Row(f"verify one signature, {key}", "", f"{cost['verify_ns'] / 1000:.1f} us", f"{cost['allocations']:.0f} allocations")
        if key == "P-256":
            row.measure = f"{one['ratio']:.2f} x openssl speed ({one['openssl_ns'] / 1000:.1f} us)"
            row.must, row.value, row.bars = "1.30 x", one["ratio"], (1.3, None)
        yield row


def asked_text(counts):
    """What the registry saw of one pod."""
    extra = f", {counts['challenged']:.0f} x 401" if counts["challenged"] else ""
    extra += f", {counts['throttled']:.0f} x 429" if counts["throttled"] else ""
    return f"{counts['requests']:.0f} requests{extra}, {counts['at_once']:.0f} at once"


def evidence_rows(figures):
    one = figures["evidence"]
    warm = one["warm"]
    yield Row("server CPU per review, 1 signed image, known", "", f"{warm['signed']:.1f} us",
              f"{warm['added_us']:+.1f} us to unsigned", "+15 us", "+5 us", warm["added_us"], (15, 5))
    for size, cost in one["in_process"].items():
        plain, signed = cost["plain"], cost["signed"]
        yield Row(f"body to answer, {size} signatures, known", "", f"{signed['judge_ns'] / 1000:.2f} us",
                  f"{signed['judge_allocations']:.0f} allocations; unsigned {plain['judge_ns'] / 1000:.2f} us, {plain['judge_allocations']:.0f}")
    plain, resolved = one["users"]["plain"], one["users"]["resolved"]
    added = (resolved["judge_ns"] - plain["judge_ns"]) / 1000
    yield Row("body to answer, the image's user resolved, known", "", f"{resolved['judge_ns'] / 1000:.2f} us",
              f"{added:+.2f} us to imageUser: Ignore; {resolved['judge_allocations']:.0f} allocations, {plain['judge_allocations']:.0f}",
              "+5 us", "+1 us", added, (5, 1))
    pod = "10 images x 5 signatures"

    def cold_row(what, cold, bars=None):
        texts = [f"{bar:g} ms" for bar in bars] if bars else ["", ""]
        return Row(what, "", f"{cold['ms']:.0f} ms", asked_text(cold["asked"]), *texts, cold["ms"], bars)

    yield cold_row(f"{pod}, nothing known", one["cold"])
    names = {"tag": ".sig tags", "bundle": "bundles", "guarded/bundle": "bundles, tokens"}
    for stored, cold in one["late"].items():
        yield cold_row(f"{pod}, registry at 50 ms an answer, {names[stored]}", cold, (1000, 400))
    yield cold_row(f"{pod}, 10 % HTTP 429", one["throttled"])
    up, down = one["known"]["up"], one["known"]["down"]
    yield Row(f"{pod}, known, p99 at 1,000/s", "", f"{up['p99_us'] / 1000:.3f} ms", f"{up['server_cpu_us']:.0f} us CPU")
    added = (down["p99_us"] - up["p99_us"]) / 1000
    yield Row("the same with the registry down", "", f"{down['p99_us'] / 1000:.3f} ms", f"{added:+.3f} ms", "+0.3 ms", "", added, (0.3, None))
    crowd = one["crowd"]
    row = Row("1,000 reviews at once of one image that is not known", "", f"{crowd['asked']['requests']} requests",
              f"{crowd['answered']} answered, {crowd['refused']} HTTP 503", f"{crowd['needed']} requests", "", crowd["asked"]["requests"],
              (crowd["needed"], None))
    yield row
    for signatures, known in one["memory"].items():
        added = known["full"] - known["idle"]
        row = value_row(f"resident memory, {known['images']:,} images known, {signatures} signatures each", "", f"{added:.1f} MB over idle",
                        added, 48, 20, "MB")
        row.measure = f"idle {known['idle']:.1f} MB"
        yield row


# By the part of the figures that each is made of.
PARTS = {
    "throughput": throughput_rows, "latency": latency_rows, "handshakes": handshake_rows, "memory": memory_rows,
    "start_ms": start_rows, "in_process": in_process_rows, "signatures": signature_rows, "evidence": evidence_rows,
}


def rows_of(figures):
    return [row for part, rows in PARTS.items() if part in figures for row in rows(figures)]


def render(rows, quick):
    """Markdown that lines up, so that it reads the same in a terminal and in a document."""
    head = ["what", "nginx", "gatehouse", "difference", "must", "aim", "result"]
    cells = [head] + [[row.what, row.nginx, row.gatehouse, row.measure, row.must, row.aim, row.result()] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    if quick:
        lines.append("A quick run: it shows that everything works; its figures mean little.")
    return "\n".join(lines)
