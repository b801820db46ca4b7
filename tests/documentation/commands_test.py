from __future__ import annotations

import re
import shlex
import subprocess
import unittest
from pathlib import Path

import commands

PAGES = [commands.read(path) for path in commands.PAGES]
OPERATIONS = commands.TREE / "docs/operations"
# Commands on lines of their own that no cluster runs, and who does.
ELSEWHERE = {
    "deploy/quickstart": "tests/run --full",
    "tests/run": "whoever reads this",
    # Its first line.
    """jq -r '(.annotations["pods.gatehouse.dev/violations"] // .annotations["others.gatehouse.dev/violations"]) as $violations""": "tests/chart",
}
# Commands with a pipe that print nothing for certain, and what shows that they did what they should.
SILENT_PIPES = {
    "kubectl config view": "a certificate, which the commands behind it need",
    "sed ": "what is applied; the command behind it waits for it",
}
# Commands that stand in a sentence and cannot be run as they are written, and why.
IN_SENTENCES = {
    "deploy/image/build --arch arm64": "compiles everything for a second time",
    "gatehouse certs status --secret NAMESPACE/NAME": "is run by certificates.md, of its Secret",
    "gatehouse check --policy policy.yaml manifests/*.yaml": "is run by rollout.md, of its files",
    "gatehouse serve --help": "is run by tests/integration",
    "gatehouse serve --policy policy.yaml": "goes on until it is stopped",
    "gatehouse test-webhook --url https://HOST/validate": "is run by helm test, in a pod",
    "gatehouse verify --key cosign.pub IMAGE": "of the reader's own images",
    "skopeo copy --format v2s2": "only SWR refuses the other format",
    "gatehouse verify --key key.pem --config server.yaml IMAGE": "of an image that SWR signed",
    "cosign sign --key NEW IMAGE@DIGEST": "Debian has no cosign",
    "gatehouse verify --key NEW.pem IMAGE": "of the reader's own images",
    "kubectl port-forward pod/NAME 8080": "goes on until it is stopped",
    "kubectl debug --profile=restricted --custom=...": "wants the reader's own container",
    "kubectl -n gatehouse-system get pods": "is run as part of a command of the same page",
    "kubectl get events --field-selector=reason=FailedCreate": "is run by rollout.md, in its namespace",
}


class Commands(unittest.TestCase):
    def test_are_there(self) -> None:
        self.assertEqual(len([page for page in PAGES if page.commands]), 11)

    def test_are_the_shell_s(self) -> None:
        for page in PAGES:
            for each in page.commands:
                with self.subTest(page=page.path.name, line=each.line):
                    result = subprocess.run(["bash", "-n", "-c", each.text], capture_output=True, text=True)
                    self.assertEqual(result.stderr, "")

    def test_are_all_marked_so_that_they_are_run(self) -> None:
        found = {each for path in commands.PAGES for each in commands.unmarked(path.read_text())}
        self.assertEqual(found, set(ELSEWHERE))

    def test_with_a_pipe_show_what_they_print(self) -> None:
        """Whether the first command of a pipe succeeded is told by nothing else."""
        for page in PAGES:
            for each in page.commands:
                if " | " in each.text and not each.output and "| wc -l" not in each.text:
                    with self.subTest(page=page.path.name, line=each.line):
                        self.assertTrue(each.text.startswith(tuple(SILENT_PIPES)), each.text)

    def test_in_sentences_are_few_and_known(self) -> None:
        inline = re.compile(r"`((?:helm|kubectl|gatehouse|skopeo|cosign|openssl|deploy/[^\s`]+) [^`\n]*(?:--|-n |[A-Z]{4})[^`\n]*)`")
        found = {each for path in commands.PAGES for each in inline.findall(path.read_text())}
        self.assertEqual(found, set(IN_SENTENCES))

    def test_name_only_files_that_are_there(self) -> None:
        for page in PAGES:
            for each in page.commands:
                for word in shlex.split(each.text):
                    path = word.removeprefix("--values=")
                    if re.fullmatch(r"(charts|deploy)/[\w./-]+", path):
                        self.assertTrue((commands.TREE / path).exists(), path)
                    elif re.fullmatch(r"gatehouse-[\w-]+\.yaml", path):
                        self.assertIn(path, page.files)

    def test_start_from_a_page_or_from_nothing(self) -> None:
        for page in PAGES:
            if page.path.parent == OPERATIONS and page.commands:
                with self.subTest(page.path.name):
                    self.assertIn(page.start, ("a cluster without Gatehouse", "install.md"))


class Unmarked(unittest.TestCase):
    def test_stand_in_any_block_but_a_console(self) -> None:
        for text in ("    kubectl get pods\n", "```\nkubectl get pods\n```\n", "```sh\n$ kubectl get pods\n```\n"):
            with self.subTest(text):
                self.assertEqual(list(commands.unmarked(f"Words.\n\n{text}")), ["kubectl get pods"])

    def test_are_none_of_a_console_a_file_or_a_sentence(self) -> None:
        for text in (
            "```console\n$ kubectl get pods\n    kubectl 1\n```\n",
            "```yaml\nkubectl: {}\n```\n",
            "Then\nkubectl tells.\n",
        ):
            with self.subTest(text):
                self.assertEqual(list(commands.unmarked(text)), [])


class Output(unittest.TestCase):
    def test_is_compared_whole(self) -> None:
        command = commands.Command(Path("a.md"), 1, "true", "one ... three\n...\nlast\n")
        self.assertTrue(command.is_printed("one two three\na\nb\nlast\n"))
        self.assertTrue(command.is_printed("one two three\nlast"))
        self.assertFalse(command.is_printed("one two three\na\nb\n"))
        self.assertFalse(command.is_printed("zero\none two three\nlast\n"))

    def test_that_begins_with_error_means_that_the_command_fails(self) -> None:
        self.assertTrue(commands.Command(Path("a.md"), 1, "false", "...\nError from server: x\n").fails)
        self.assertFalse(commands.Command(Path("a.md"), 1, "true", "No Error\n").fails)


class Links(unittest.TestCase):
    def test_lead_somewhere(self) -> None:
        link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
        for path in commands.PAGES:
            for target in link.findall(path.read_text()):
                with self.subTest(path.name, target=target):
                    self.assertTrue((path.parent / target).exists())
