"""The two servers under test: started on one CPU, asked for memory, stopped by their process ids."""

import ctypes
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time

NGINX_CONFIG = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    client_max_body_size 32m;
    client_body_buffer_size 1m;
    keepalive_timeout 120s;
    keepalive_requests 1000000000;
    ssl_protocols TLSv1.3;
    ssl_session_tickets off;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096;
        location = /validate {{
            default_type application/json;
            return 200 '{answer}';
        }}
    }}
}}
"""

# As long as the answer of an allow, so that both servers send the same number of bytes.
CONSTANT_ANSWER = (
    '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":'
    '{"uid":"9e75958a-5626-48e2-8bc5-000000000000","allowed":true,'
    '"auditAnnotations":{"decision":"allow","policies":"match-0,match-1,match-2,match-3,match-4"}}}'
)


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def make_certificate(folder):
    key, certificate = folder / "tls.key", folder / "tls.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    return certificate, key


class Server:
    """A process of ours. `worker` is the process id that does the work."""

    def __init__(self, name, command, port, core, log):
        self.name, self.command, self.port = name, command, port
        self.log = pathlib.Path(log)

        def pin():
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: no server outlives this program
            os.sched_setaffinity(0, {core})
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))

        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=pin, start_new_session=True)
        self.worker = self.process.pid
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        give_up = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > give_up:
                    self.stop()
                    raise SystemExit(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}") from None
                time.sleep(0.02)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.worker = int(children[0]) if children else self.process.pid

    def memory(self, field="VmRSS"):
        """Bytes of the whole server: the worker, and its master where there is one."""
        total = 0
        for pid in {self.process.pid, self.worker}:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1]) * 1024
        return total

    def trim_log(self):
        """A line a review is much; the file is open for appending, so emptying it is safe."""
        if self.log.stat().st_size > 16 << 20:
            os.truncate(self.log, 0)

    def cpu_ms(self):
        """CPU time of all threads so far."""
        tasks = pathlib.Path(f"/proc/{self.worker}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def ask(self, body):
        """One review and its answer, as a person would ask."""
        client = Client(self)
        answer = client.ask(body)
        client.close()
        return answer

    def stop(self):
        """A second SIGTERM ends a server at once that the first made drain; only our own processes."""
        for what, limit in ((signal.SIGTERM, 0.5), (signal.SIGTERM, 2), (signal.SIGKILL, 5)):
            if self.process.poll() is not None:
                return
            os.killpg(self.process.pid, what)
            try:
                self.process.wait(limit)
            except subprocess.TimeoutExpired:
                pass


class Client:
    """One connection that is kept, for one review after the other."""

    def __init__(self, server):
        self.name = server.name
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=context)

    def ask(self, body):
        self.connection.request("POST", "/validate?timeout=10s", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self.name} answered HTTP {answer.status}: {text[:500]}")
        return json.loads(text)["response"]

    def close(self):
        self.connection.close()


def nginx_command(folder, port, certificate, key):
    config = folder / f"nginx-{port}.conf"
    config.write_text(NGINX_CONFIG.format(
        folder=folder, port=port, certificate=certificate, key=key, answer=CONSTANT_ANSWER))
    return ["nginx", "-e", str(folder / "nginx.log"), "-p", str(folder), "-c", str(config)]


def gatehouse_command(binary, port, certificate, key, policies):
    return [str(binary), "serve", "--policy", str(policies), "--tls-cert", str(certificate), "--tls-key", str(key),
            "--listen", f"127.0.0.1:{port}", "--ops-listen", "127.0.0.1:0"]
