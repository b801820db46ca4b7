"""Measures gatehouse beside nginx and prints one table; called by tests/bench/run, which builds first.

Every part returns plain numbers; table.py knows the bars. The servers run on one CPU, this program and
the load generator on another.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import evidence
import inputs
import servers
import table
from servers import say

FULL = {"rounds": 5, "load_ms": 2500, "latency_rounds": 3, "latency_ms": 8000, "reconnect_rounds": 3,
        "reconnect_ms": 2500, "idle": 1000, "starts": 20, "batch_ms": 60, "verify_rounds": 3, "cold_pods": 7, "known_images": 10000}
QUICK = {"rounds": 1, "load_ms": 500, "latency_rounds": 1, "latency_ms": 1000, "reconnect_rounds": 1,
         "reconnect_ms": 500, "idle": 1000, "starts": 5, "batch_ms": 5, "verify_rounds": 1, "cold_pods": 1, "known_images": 500}
MEMORY_WAIT_SECONDS = 60
MB = 1_000_000


class Bench:
    def __init__(self, build, folder, scale, cores):
        self.load, self.decide = build / "tests/bench/bench_load", build / "tests/bench/bench_decide"
        self.verify, self.registry = build / "tests/bench/bench_verify", build / "tests/bench/bench_registry"
        self.known = build / "tests/bench/bench_evidence"
        self.binary, self.folder, self.scale = build / "bin/gatehouse", folder, scale
        self.server_core, client_core = cores
        os.sched_setaffinity(0, {client_core})
        self.bodies, self.policies = inputs.write(folder)
        self.certificate, self.key = servers.make_certificate(folder)

    @staticmethod
    def run_json(command):
        return run_json(command)

    def commands(self):
        """{name: (command, port)}, each with a free port."""
        ours, peer = servers.free_port(), servers.free_port()
        return {
            "nginx": (servers.nginx_command(self.folder, peer, self.certificate, self.key), peer),
            "gatehouse": (servers.gatehouse_command(
                self.binary, ours, self.certificate, self.key, self.policies["20 policies"]), ours),
        }

    def loaded(self, server, mode, body, **options):
        """`body` is one of the sizes, or a file."""
        server.trim_log()
        arguments = ["--port", server.port, "--body", self.bodies.get(body, body), "--server-pid", server.worker,
                     "--expect", "review" if server.name == "gatehouse" else "constant"]
        for name, value in options.items():
            arguments += ["--" + name.replace("_", "-"), value]
        return run_json([self.load, mode, *arguments])

    def alternate(self, pair, rounds, mode, size, **options):
        """{server name: [one result a round]}; the order swaps, so that neither has the better place."""
        results = {server.name: [] for server in pair}
        for number in range(rounds):
            for server in pair if number % 2 == 0 else pair[::-1]:
                results[server.name].append(self.loaded(server, mode, size, **options))
        return results


def run_json(command, limit=120):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=limit)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr.strip()}\n  while running {' '.join(str(word) for word in command)}")
    return json.loads(done.stdout)


def middle(results, field):
    return {name: statistics.median(one[field] for one in rounds) for name, rounds in results.items()}


def paired(results, field):
    """The median of the rounds' own ratios: what both servers saw within seconds of each other."""
    return statistics.median(
        ours[field] / peer[field] for ours, peer in zip(results["gatehouse"], results["nginx"], strict=True))


def check_verdicts(bench, gatehouse):
    """Allowed, by five policies, with an exemption used where the pod has the mesh sidecar."""
    for size in inputs.SIZES:
        answer = gatehouse.ask(bench.bodies[size].read_bytes())
        notes = answer["auditAnnotations"]
        names = notes["policies"].split(",")
        if not answer["allowed"] or len(names) != 5 or ("exemptions" in notes) != (size != "3 KB"):
            raise SystemExit(f"unexpected verdict on the {size} review: {answer}")


def throughput(bench, pair):
    out = {}
    for size in inputs.SIZES:
        say(f"keep-alive, {size}")
        results = bench.alternate(pair, bench.scale["rounds"], "closed", size, duration_ms=bench.scale["load_ms"])
        out[size] = {
            "per_second": middle(results, "per_second"), "per_second_ratio": paired(results, "per_second"),
            "cpu_us": middle(results, "server_cpu_us"), "cpu_ratio": paired(results, "server_cpu_us"),
            "server_busy": middle(results, "server_busy"), "rounds": results,
        }
    return out


def latency(bench, pair):
    say("latency at 1,000 requests/s")
    results = bench.alternate(
        pair, bench.scale["latency_rounds"], "open", "3 KB",
        connections=64, rate=1000, duration_ms=bench.scale["latency_ms"])
    return {field: middle(results, field) for field in ("p50_us", "p99_us", "p999_us", "server_cpu_us")} | {"rounds": results}


def handshakes(bench, pair):
    say("a connection for each request")
    results = bench.alternate(
        pair, bench.scale["reconnect_rounds"], "reconnect", "3 KB", duration_ms=bench.scale["reconnect_ms"])
    return {
        "per_second": middle(results, "per_second"), "cpu_us": middle(results, "server_cpu_us"),
        "cpu_ratio": paired(results, "server_cpu_us"), "server_busy": middle(results, "server_busy"), "rounds": results,
    }


def memory_with_idle_connections(bench, server):
    command = [bench.load, "hold", "--port", server.port, "--body", bench.bodies["3 KB"],
               "--connections", bench.scale["idle"], "--duration-ms", 60000,
               "--expect", "review" if server.name == "gatehouse" else "constant"]
    holder = subprocess.Popen(
        [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if holder.stdout.readline().strip() != "holding":
            raise SystemExit(f"idle connections at {server.name}: {holder.stderr.read().strip()}")
        time.sleep(1)
        return server.memory() / MB
    finally:
        holder.stdin.close()
        if holder.wait(10) != 0:
            raise SystemExit(f"idle connections at {server.name}: {holder.stderr.read().strip()}")


def memory_peak(bench, gatehouse, idle):
    """Ten bodies at once that are as dear as bodies can be; then how soon the memory is given back."""
    say("ten bodies of 32 MiB at once")
    counts = run_json([bench.load, "burst", "--port", gatehouse.port, "--body", bench.bodies["32 MiB"], "--connections", 10])
    peak, start = gatehouse.memory("VmHWM") / MB, time.monotonic()
    while True:
        now, waited = gatehouse.memory() / MB, time.monotonic() - start
        if now <= idle + 8 or waited > MEMORY_WAIT_SECONDS:
            return {"peak": peak, "afterwards": now, "waited": waited} | counts
        time.sleep(0.5)


def start_up(bench):
    say("start to first right answer")
    out = {}
    for name, (command, port) in bench.commands().items():
        result = run_json([
            bench.load, "start", "--port", port, "--body", bench.bodies["3 KB"], "--core", bench.server_core,
            "--times", bench.scale["starts"], "--expect", "review" if name == "gatehouse" else "constant", "--", *command])
        out[name] = statistics.median(result["milliseconds"])
    return out


def in_process(bench):
    say("decode and decide in one process")
    rows = run_json([bench.decide, "--batch-ms", bench.scale["batch_ms"],
                     *[word for size in inputs.SIZES for word in ("--body", bench.bodies[size])],
                     *[word for path in bench.policies.values() for word in ("--policies", path)]])
    names = [(policies, size) for policies in bench.policies for size in inputs.SIZES]
    for (policies, _), row in zip(names, rows, strict=True):
        if (row["policies"], row["matched"]) != inputs.POLICY_SETS[policies]:
            raise SystemExit(f"{policies}: not the policies that should match: {row}")
    return {f"{size}, {policies}": row for (policies, size), row in zip(names, rows, strict=True)}


def openssl_verify_ns():
    """What `openssl speed` says of one P-256 verification; its own format is +F4:number:bits:sign/s:verify/s."""
    done = subprocess.run(["openssl", "speed", "-mr", "-seconds", "1", "ecdsap256"], capture_output=True, text=True, timeout=60)
    lines = [line.split(":") for line in done.stdout.splitlines() if line.startswith("+F4:")]
    if done.returncode != 0 or len(lines) != 1:
        raise SystemExit(f"openssl speed: {done.stderr.strip()}")
    return 1e9 / float(lines[0][4])


def signatures(bench):
    """{key: median cost}, and P-256 against OpenSSL's own loop, both within seconds of each other."""
    say("verify signatures in one process")
    rounds, peers = [], []
    for _ in range(bench.scale["verify_rounds"]):
        peers.append(openssl_verify_ns())
        rows = run_json([bench.verify, "--batch-ms", bench.scale["batch_ms"]])
        rounds.append({row["key"]: row for row in rows})
    keys = {key: {field: statistics.median(one[key][field] for one in rounds) for field in ("verify_ns", "allocations")}
            for key in rounds[0]}
    ratios = [one["P-256"]["verify_ns"] / peer for one, peer in zip(rounds, peers, strict=True)]
    return {"keys": keys, "openssl_ns": statistics.median(peers), "ratio": statistics.median(ratios)}


def served(bench):
    """What needs both servers running; gatehouse is one process from its idle memory to its peak."""
    out = {"memory": {}}
    with contextlib.ExitStack() as cleanup:
        pair = []
        for name, (command, port) in bench.commands().items():
            pair.append(servers.Server(name, command, port, bench.server_core, bench.folder / f"{name}.log"))
            cleanup.callback(pair[-1].stop)
        time.sleep(1)
        memory = {server.name: {"idle": server.memory() / MB} for server in pair}
        gatehouse = pair[1]
        check_verdicts(bench, gatehouse)
        out |= {"throughput": throughput(bench, pair), "latency": latency(bench, pair), "handshakes": handshakes(bench, pair)}
        check_verdicts(bench, gatehouse)
        for server in pair:
            memory[server.name]["after_load"] = server.memory() / MB
            say(f"{bench.scale['idle']} idle connections at {server.name}")
            memory[server.name]["connections"] = memory_with_idle_connections(bench, server)
        memory["gatehouse"] |= memory_peak(bench, gatehouse, memory["gatehouse"]["idle"])
        check_verdicts(bench, gatehouse)
        out["memory"] = memory
    return out


PARTS = {
    "served": served,
    "start": lambda bench: {"start_ms": start_up(bench)},
    "in-process": lambda bench: {"in_process": in_process(bench)},
    "signatures": lambda bench: {"signatures": signatures(bench)},
    "evidence": lambda bench: {"evidence": evidence.measure(bench)},
}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--quick", action="store_true", help="about 35 seconds, to see that everything runs; too short for figures")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every figure here as well")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a must bar is missed")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        raise SystemExit("tests/bench/run needs two CPUs: one for the server, one for its client")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        bench = Bench(given.build.resolve(), pathlib.Path(folder), QUICK if given.quick else FULL, cores)
        figures = {}
        for part in [given.only] if given.only else PARTS:
            figures |= PARTS[part](bench)
    say(f"took {time.monotonic() - started:.0f} s")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n")
    rows = table.rows_of(figures)
    print(table.render(rows, given.quick))
    if given.strict and any(row.result() == "MISS" for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
