from __future__ import annotations

import json
import unittest

from layout import OUTPUT, TREE, Layout


class Containerfile(unittest.TestCase):
    """A builder's image and ours have the same files, made by the same script, and must be configured alike."""

    def test_last_stage_says_what_the_image_says(self) -> None:
        text = (TREE / "deploy/Containerfile").read_text().replace("\\\n", " ")
        stage = [line.split(maxsplit=1) for line in text.split("FROM scratch\n")[1].splitlines() if line]
        said = {word: value for word, value in stage if word != "LABEL"}
        config = Layout(OUTPUT / "oci").config["config"]
        self.assertEqual(said["USER"], config["User"])
        self.assertEqual(json.loads(said["ENTRYPOINT"]), config["Entrypoint"])
        self.assertEqual(json.loads(said["CMD"]), config["Cmd"])
        self.assertEqual(said["WORKDIR"], config["WorkingDir"])
        self.assertEqual(set(said["EXPOSE"].split()), set(config["ExposedPorts"]))
        self.assertEqual(said["COPY"], "--from=build /image/ /")
        self.assertEqual(set(said), {"USER", "ENTRYPOINT", "CMD", "WORKDIR", "EXPOSE", "COPY"})
        for name, value in config["Labels"].items():
            self.assertIn(f'{name}="{value}"', text)
