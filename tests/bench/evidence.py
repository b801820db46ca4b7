"""What evidence costs: reviews of signed images, with a registry that is quick, slow, throttling or down.

The registry is bench_registry, on the load generator's CPU. Every answer is checked: an image here is
signed, so whatever the registry does, a review is either allowed or the run ends without a table.
"""

import json
import statistics
import subprocess
import time

import inputs
import servers

MB = 1_000_000
POD_IMAGES, POD_SIGNATURES = 10, 5
# How signatures are stored, as the name of a repository tells bench_registry.
TAGGED, BUNDLES, GUARDED = "tag", "bundle", "guarded/bundle"


class Registry:
    """bench_registry: a process that ends with its standard input."""

    def __init__(self, program):
        self.process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        hello = json.loads(self.process.stdout.readline())
        self.port, self.key = hello["port"], hello["key"]
        self.host = f"127.0.0.1:{self.port}"

    def tell(self, command):
        """Returns what it counted since the last command."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def image(self, number, signatures, stored=TAGGED, by_tag=False):
        end = ":1.0" if by_tag else f"@{inputs.image_digest(number)}"
        return f"{self.host}/{stored}/s{signatures}/app-{number}{end}"

    def stop(self):
        self.process.stdin.close()
        self.process.wait(5)


class Evidence:
    def __init__(self, bench, registry):
        self.bench, self.registry, self.scale = bench, registry, bench.scale
        self.folder = bench.folder
        self.plain, self.signed = inputs.write_signed_policies(self.folder, registry.host, registry.key)
        self.config = self.folder / "server-configuration.yaml"
        self.config.write_text(inputs.server_configuration(registry.host))
        self.next_image = 0

    def fresh_images(self, count, signatures=POD_SIGNATURES, **how):
        """Images that nobody has asked for yet."""
        first, self.next_image = self.next_image, self.next_image + count
        return [self.registry.image(number, signatures, **how) for number in range(first, first + count)]

    def body(self, images):
        return inputs.signed_review(images).encode()

    def body_file(self, images):
        path = self.folder / f"review-signed-{len(images)}-{self.next_image}.json"
        path.write_bytes(self.body(images))
        return path

    def server(self, policies=None):
        port = servers.free_port()
        command = servers.gatehouse_command(
            self.bench.binary, port, self.bench.certificate, self.bench.key, policies or self.signed)
        command += ["--config", str(self.config), "--drain-delay", "0s"]
        return servers.Server("gatehouse", command, port, self.bench.server_core, self.folder / "evidence.log")


def require_allowed(answer):
    if not answer["allowed"]:
        raise SystemExit(f"a review of signed images was denied: {answer['status']['message']}")


def asked(client, body):
    """Milliseconds until the answer."""
    begun = time.perf_counter()
    answer = client.ask(body)
    took = (time.perf_counter() - begun) * 1000
    require_allowed(answer)
    return took


def warm_cost(evidence):
    """What one signed image adds to a review when everything about it is known; rounds alternate."""
    servers.say("one signed image, everything known")
    images = evidence.fresh_images(1, 1)
    path = evidence.body_file(images)
    pair = [evidence.server(evidence.plain), evidence.server()]
    try:
        for server in pair:
            require_allowed(server.ask(path.read_bytes()))
        rounds = []
        for number in range(evidence.scale["rounds"]):
            one = {}
            for server in pair if number % 2 == 0 else pair[::-1]:
                one["plain" if server is pair[0] else "signed"] = evidence.bench.loaded(
                    server, "closed", path, duration_ms=evidence.scale["load_ms"])
            rounds.append(one)
    finally:
        for server in pair:
            server.stop()
    cost = {name: statistics.median(one[name]["server_cpu_us"] for one in rounds) for name in ("plain", "signed")}
    added = statistics.median(one["signed"]["server_cpu_us"] - one["plain"]["server_cpu_us"] for one in rounds)
    return cost | {"added_us": added, "rounds": rounds}


def cold_pods(evidence, times, settings, **how):
    """A pod of images that nobody knows, in a process that knows nothing of the registry either."""
    servers.say("cold pods, " + ", ".join(f"{what} {value}" for what, value in settings.items()) + f" {how or ''}")
    for what, value in settings.items():
        evidence.registry.tell(f"{what} {value}")
    took, counted, cpu = [], [], []
    for _ in range(times):
        server = evidence.server()
        try:
            client = servers.Client(server)
            client.ask(inputs.review(*inputs.SIZES["3 KB"]).encode())  # the handshake, and what any first review costs
            evidence.registry.tell("counts")
            before = server.cpu_ms()
            took.append(asked(client, evidence.body(evidence.fresh_images(POD_IMAGES, **how))))
            cpu.append(server.cpu_ms() - before)
            counted.append(evidence.registry.tell("counts"))
            client.close()
        finally:
            server.stop()
    for what in settings:
        evidence.registry.tell(f"{what} 0")
    middle = {name: statistics.median(one[name] for one in counted) for name in counted[0]}
    return {"ms": statistics.median(took), "worst_ms": max(took), "cpu_ms": statistics.median(cpu), "asked": middle, "all_ms": took}


def known_pods(evidence):
    """The same pod again and again, its tags to be looked up every second, the registry there and gone."""
    servers.say("pods that are known, with the registry and without")
    path = evidence.body_file(evidence.fresh_images(POD_IMAGES, by_tag=True))
    server = evidence.server()
    rounds = []
    try:
        require_allowed(server.ask(path.read_bytes()))
        for number in range(evidence.scale["latency_rounds"]):
            one = {}
            for state in ("open", "close") if number % 2 == 0 else ("close", "open"):
                evidence.registry.tell(state)
                result = evidence.bench.loaded(
                    server, "open", path, connections=64, rate=1000, duration_ms=evidence.scale["latency_ms"])
                one["up" if state == "open" else "down"] = result | {"asked": evidence.registry.tell("counts")["requests"]}
            rounds.append(one)
    finally:
        evidence.registry.tell("open")
        server.stop()
    fields = ("p50_us", "p99_us", "server_cpu_us")
    out = {state: {field: statistics.median(one[state][field] for one in rounds) for field in fields} for state in ("up", "down")}
    return out | {"rounds": rounds}


def crowd(evidence):
    """A thousand reviews of one image at once that nobody knows: what the registry sees of that."""
    servers.say("1,000 reviews of one unknown image at once")
    path = evidence.body_file(evidence.fresh_images(1))
    server = evidence.server()
    try:
        evidence.registry.tell("delay 50")
        burst = evidence.bench.loaded(server, "burst", path, connections=1000)
        asked_for = evidence.registry.tell("delay 0")
    finally:
        server.stop()
    return burst | {"asked": asked_for, "needed": 2 + 1 + POD_SIGNATURES}


def memory(evidence, signatures):
    """Ten images a review, until so many are known; a second of quiet before each look."""
    count = evidence.scale["known_images"]
    servers.say(f"memory with {count:,} known images of {signatures} signatures")
    server = evidence.server()
    try:
        client = servers.Client(server)
        client.ask(inputs.review(*inputs.SIZES["3 KB"]).encode())
        time.sleep(0.5)
        idle = server.memory() / MB
        begun = time.monotonic()
        for _ in range(count // POD_IMAGES):
            asked(client, evidence.body(evidence.fresh_images(POD_IMAGES, signatures)))
        took = time.monotonic() - begun
        time.sleep(1)
        client.close()
        return {"images": count, "idle": idle, "full": server.memory() / MB, "seconds": took}
    finally:
        server.stop()


def in_process(evidence):
    """The same reviews without sockets, by the code that the server runs."""
    servers.say("known images in one process")
    out = {}
    for images, signatures in ((1, 1), (POD_IMAGES, POD_SIGNATURES)):
        plain, signed = evidence.bench.run_json([
            evidence.bench.known, "--body", evidence.body_file(evidence.fresh_images(images, signatures)),
            "--policies", evidence.plain, "--policies", evidence.signed, "--signatures", signatures,
            "--batch-ms", evidence.scale["batch_ms"]])
        out[f"{images} x {signatures}"] = {"plain": plain, "signed": signed}
    return out


def image_users(evidence):
    """What the user of an image that is known adds, in process: config, passwd and group of two platforms."""
    servers.say("known users of images in one process")
    body = evidence.folder / "review-open-user.json"
    body.write_text(inputs.open_user_review(evidence.fresh_images(1)))
    ignored, resolved = inputs.write_user_policies(evidence.folder)
    plain, asked = evidence.bench.run_json([
        evidence.bench.known, "--body", body, "--policies", ignored, "--policies", resolved,
        "--batch-ms", evidence.scale["batch_ms"]])
    return {"plain": plain, "resolved": asked}


def measure(bench):
    registry = Registry(bench.registry)
    try:
        evidence = Evidence(bench, registry)
        times = bench.scale["cold_pods"]
        return {
            "warm": warm_cost(evidence),
            "in_process": in_process(evidence),
            "users": image_users(evidence),
            "cold": cold_pods(evidence, times, {}),
            "late": {stored: cold_pods(evidence, times, {"delay": 50}, stored=stored) for stored in (TAGGED, BUNDLES, GUARDED)},
            "throttled": cold_pods(evidence, times, {"throttle": 10}),
            "known": known_pods(evidence),
            "crowd": crowd(evidence),
            "memory": {signatures: memory(evidence, signatures) for signatures in (1, POD_SIGNATURES)},
        }
    finally:
        registry.stop()
