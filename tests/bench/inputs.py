"""What the benchmarks judge: AdmissionReviews of three sizes and sets of policies that allow them.

The reviews grow from one that a real API server sent (tests/data/reviews), by what real pods carry:
service account volume, sidecars, environment, probes, managed fields, in Go's order of fields. Every
policy that matches has every rule on, and the pod keeps to all of them.
"""

import copy
import hashlib
import json
import pathlib

SOURCE = pathlib.Path(__file__).parents[1] / "data/reviews/pod-create.create-pods.json"

# name: (containers, variables of each container, volumes beside the service account's)
SIZES = {"3 KB": (1, 0, 0), "16 KB": (3, 10, 4), "60 KB": (6, 32, 12)}

SECURITY_CONTEXT = {
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "seccompProfile": {"type": "RuntimeDefault"},
}
POD_SECURITY_CONTEXT = {
    "runAsUser": 10001,
    "runAsGroup": 10001,
    "supplementalGroups": [20001],
    "supplementalGroupsPolicy": "Strict",
    "fsGroup": 10001,
}
TOKEN_VOLUME = {
    "name": "kube-api-access-7xk2p",
    "projected": {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
        ],
        "defaultMode": 420,
    },
}
TOKEN_MOUNT = {
    "name": TOKEN_VOLUME["name"],
    "readOnly": True,
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
}


def variable(number):
    name = f"APP_SETTING_{number:03d}"
    if number % 4 == 1:
        return {"name": name, "valueFrom": {"secretKeyRef": {"name": f"web-secret-{number % 7}", "key": f"key-{number:03d}"}}}
    if number % 4 == 2:
        return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}}
    return {"name": name, "value": f"https://service-{number % 9}.prod.svc:8443/api/v1?page={number}"}


def probe(path, delay):
    return {
        "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
        "initialDelaySeconds": delay, "timeoutSeconds": 1, "periodSeconds": 10,
        "successThreshold": 1, "failureThreshold": 3,
    }


def volume(number):
    if number % 2:
        return {"name": f"config-{number}", "configMap": {"name": f"web-config-{number}", "defaultMode": 420}}
    return {"name": f"scratch-{number}", "emptyDir": {"sizeLimit": "64Mi"}}


def container(number, variables, volumes):
    mounts = [{"name": v["name"], "mountPath": f"/mnt/{v['name']}"} for v in volumes] + [TOKEN_MOUNT]
    name = "c" if number == 0 else f"side-{number}"
    image = "registry.example:5000/team/" + ("app:1.2" if number == 0 else f"side/{name}:2.{number}")
    security = SECURITY_CONTEXT
    if number == 1:  # its uid needs an exemption in one of the policies
        name, image = "mesh-proxy", "swr.cn-north-4.myhuaweicloud.com/mesh/proxyv2:1.24.2"
        security = {"capabilities": {"drop": ["ALL"]}, "runAsUser": 1337} | SECURITY_CONTEXT
    one = {"name": name, "image": image}
    if variables:
        one |= {
            "args": ["--config=/mnt/config-1/app.yaml", f"--shard={number}", "--log-format=json"],
            "ports": [{"name": "http", "containerPort": 8080 + number, "protocol": "TCP"}],
            "env": [variable(n) for n in range(variables)],
        }
    one["resources"] = {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "50m", "memory": "64Mi"}} if variables else {}
    one["volumeMounts"] = mounts
    if variables:
        one |= {"livenessProbe": probe("/healthz", 10), "readinessProbe": probe("/ready", 2)}
    return one | {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": security,
    }


def field_set(value):
    """managedFields' picture of a value: every field that is set, lists by their keys."""
    if not isinstance(value, dict):
        return {}
    picture = {}
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict) and "name" in inner[0]:
            entries = {".": {}}
            for item in inner:
                entries['k:{"name":"%s"}' % item["name"]] = {".": {}} | field_set(item)
            picture[f"f:{key}"] = entries
        else:
            picture[f"f:{key}"] = ({".": {}} | field_set(inner)) if isinstance(inner, dict) and inner else {}
    return picture


def review(containers, variables, volumes):
    whole = json.loads(SOURCE.read_text())
    pod = whole["request"]["object"]
    spec = pod["spec"]
    extra = [volume(n) for n in range(volumes)]
    made = [container(n, variables, extra) for n in range(containers)]
    spec["containers"] = made
    spec["securityContext"] = POD_SECURITY_CONTEXT
    own = {"serviceAccountName": "web", "serviceAccount": "web"}
    pod["spec"] = {"volumes": extra + [TOKEN_VOLUME]} | {
        key: value
        for name, old in spec.items()
        for key, value in ([(name, old)] if name != "securityContext" else [*own.items(), (name, old)])
    }
    if variables:
        managed = pod["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]
        written = copy.deepcopy(made)
        for one in written:  # what the service account admission adds, no manager owns
            one["volumeMounts"].remove(TOKEN_MOUNT)
        managed["f:containers"] = {k: v for k, v in field_set({"containers": written})["f:containers"].items() if k != "."}
        managed["f:volumes"] = field_set({"volumes": extra})["f:volumes"]
        managed["f:securityContext"] = {".": {}} | field_set(POD_SECURITY_CONTEXT)
    return json.dumps(whole, separators=(",", ":"))


def image_digest(number):
    """Of an image of bench_registry, which has no other content."""
    return "sha256:" + hashlib.sha256(f"image {number}".encode()).hexdigest()


def signed_review(images):
    """The 3 KB review with a container for each of these images."""
    whole = json.loads(review(*SIZES["3 KB"]))
    spec = whole["request"]["object"]["spec"]
    spec["containers"] = [spec["containers"][0] | {"name": f"c-{n}", "image": image} for n, image in enumerate(images)]
    return json.dumps(whole, separators=(",", ":"))


def long_review(size):
    """A review of exactly `size` bytes that is as dear to parse as JSON can be: numbers, nothing else."""
    whole = json.loads(SOURCE.read_text())
    whole["request"]["object"]["spec"] |= {"securityContext": POD_SECURITY_CONTEXT, "nobodyReadsThis": [0]}
    text = json.dumps(whole, separators=(",", ":"))
    missing = size - len(text)
    zeros = "[" + "0," * (missing // 2) + ("0" if missing % 2 == 0 else "10") + "]"
    return text.replace("[0]", zeros, 1)


IDS = {"min": 10000, "max": 19999}
ALL_IDS = {"min": 1, "max": 65535}
# One of each strategy, spread over the policies that match.
USERS = [
    {"rule": "MustRunAs", "ranges": [{"min": 1000, "max": 1999}, IDS]},
    {"rule": "MustRunAsNonRoot"},
    {"rule": "MayRunAs", "ranges": [IDS]},
    {"rule": "RunAsAny"},
    {"rule": "MustRunAs", "ranges": [ALL_IDS]},
]
GROUPS = [
    {"rule": "MustRunAs", "ranges": [IDS]},
    {"rule": "MayRunAs", "ranges": [IDS, {"min": 20000, "max": 29999}]},
    {"rule": "RunAsAny"},
    {"rule": "MayRunAs", "ranges": [ALL_IDS]},
    {"rule": "MustRunAs", "ranges": [ALL_IDS]},
]
SUPPLEMENTAL = [
    {"rule": "MustRunAs", "ranges": [{"min": 20000, "max": 29999}]},
    {"rule": "MayRunAs", "ranges": [ALL_IDS]},
    {"rule": "RunAsAny"},
    {"rule": "MayRunAs", "ranges": [{"min": 20000, "max": 20999}]},
    {"rule": "MustRunAs", "ranges": [ALL_IDS]},
]
MATCHES = [
    {"namespaces": ["ns-byext"]},
    {"namespaces": ["ns-*", "prod-*"], "excludeNamespaces": ["ns-lab-*"]},
    {"excludeNamespaces": ["kube-system", "kube-public", "kube-node-lease"], "excludeUsers": ["ci-bootstrap"], "excludeGroups": ["system:bootstrappers"]},
    {"serviceAccounts": ["ns-byext/web", "prod/*"]},
    {"namespaces": ["*-byext"], "serviceAccounts": ["*/web"], "excludeUsers": ["system:serviceaccount:ci:*"]},
]


def policy(name, match, number):
    kind = number % len(USERS)
    return {
        "apiVersion": "gatehouse.dev/v1alpha1",
        "kind": "AdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "validationActions": ["Deny"],
            "workloads": "Warn",
            "match": match,
            "runAs": {
                "runAsUser": USERS[kind],
                "runAsGroup": GROUPS[kind],
                "fsGroup": GROUPS[(kind + 1) % len(GROUPS)],
                "supplementalGroups": SUPPLEMENTAL[kind],
                "supplementalGroupsPolicy": "Strict",
                "userNamespaces": "Judge",
            },
            "images": {
                "allow": [
                    "bank-a1b2c3.swr-pro.myhuaweicloud.com/core/**",
                    "reg.example/$(namespace)/**",
                    "swr.cn-north-4.myhuaweicloud.com/mesh/proxyv2",
                    "registry.example:5000/team/**",
                ],
                "deny": ["**/legacy/**", "docker.io/library/*", "registry.example:5000/team/old-*"],
                "requireDigest": False,
                "denyTags": ["latest", "*-snapshot", "*-dev"],
            },
            "exemptions": [
                {
                    "name": "mesh-sidecar",
                    "images": ["swr.cn-north-4.myhuaweicloud.com/mesh/proxyv2"],
                    "namespaces": ["web", "ns-*"],
                    "rules": ["image-registry", "run-as-user", "image-tag"],
                    "until": "never",
                    "reason": "injected, uid 1337, ticket 4711",
                }
            ],
        },
    }


def policies(total, matching):
    """Of `total` policies, `matching` match the reviews above; they stand among the others."""
    others = [{"namespaces": [f"team-{n}", f"team-{n}-*"]} for n in range(total - matching)]
    made = [policy(f"other-{n}", match, n) for n, match in enumerate(others)]
    step = max(1, len(made) // matching)
    for n in range(matching):
        made.insert(min(len(made), n * (step + 1)), policy(f"match-{n}", MATCHES[n], n))
    return made


def signatures_section(host, key):
    return [{"name": "release", "images": [f"{host}/**"], "tags": "Allow",
             "authorities": [{"name": "bench", "keys": [{"data": key}]}]}]


def write_signed_policies(folder, host, key):
    """20 policies that allow images of `host`: (path, path of the same with `signatures` in one that matches)."""
    paths = []
    for name, is_signed in (("plain", False), ("signed", True)):
        made = policies(*POLICY_SETS["20 policies"])
        for one in made:
            one["spec"]["images"]["allow"].append(f"{host}/**")
            if is_signed and one["metadata"]["name"] == "match-0":
                one["spec"]["signatures"] = signatures_section(host, key)
        paths.append(pathlib.Path(folder) / f"policies-{name}.yaml")
        paths[-1].write_text(as_text(made))
    return paths


def open_user_review(images):
    """The same where nothing says as whom the containers run."""
    whole = json.loads(signed_review(images))
    spec = whole["request"]["object"]["spec"]
    for context in [spec["securityContext"], *(one["securityContext"] for one in spec["containers"])]:
        for field in ("runAsUser", "runAsGroup", "runAsNonRoot"):
            context.pop(field, None)
    return json.dumps(whole, separators=(",", ":"))


def write_user_policies(folder):
    """A policy over users and groups: (path of one that leaves the image alone, of one that asks it)."""
    rule = {"rule": "MayRunAs", "ranges": [{"min": 1000, "max": 65535}]}
    paths = []
    for word in ("Ignore", "Resolve"):
        run_as = {"imageUser": word} | {field: rule for field in ("runAsUser", "runAsGroup", "supplementalGroups")}
        paths.append(pathlib.Path(folder) / f"policies-users-{word.lower()}.yaml")
        paths[-1].write_text(as_text([{
            "apiVersion": "gatehouse.dev/v1alpha1", "kind": "AdmissionPolicy",
            "metadata": {"name": "users"}, "spec": {"runAs": run_as},
        }]))
    return paths


def server_configuration(host):
    return as_text([{
        "apiVersion": "gatehouse.dev/v1alpha1", "kind": "ServerConfiguration",
        "registries": [{"host": host, "plainHTTP": True}],
        "cache": {"tagTTL": "1s"},
    }])


def as_text(documents):
    return "\n---\n".join(json.dumps(one, indent=1) for one in documents) + "\n"


# name: (policies, of which match)
POLICY_SETS = {"1 policy": (1, 1), "20 policies": (20, 5), "1,000 policies": (1000, 3)}


def write(folder):
    """Writes everything; returns {name: path} of the bodies and of the policy files."""
    folder = pathlib.Path(folder)
    bodies = {}
    for name, parts in SIZES.items():
        text = review(*parts)
        wanted = int(name.split()[0]) * 1024
        if not 0.88 * wanted < len(text) < 1.14 * wanted:
            raise SystemExit(f"the {name} body has {len(text)} bytes")
        bodies[name] = folder / f"review-{name.replace(' ', '').lower()}.json"
        bodies[name].write_text(text)
    bodies["32 MiB"] = folder / "review-32mib.json"
    bodies["32 MiB"].write_text(long_review(32 << 20))
    sets = {}
    for name, (total, matching) in POLICY_SETS.items():
        sets[name] = folder / f"policies-{total}.yaml"
        sets[name].write_text(as_text(policies(total, matching)))
    return bodies, sets
