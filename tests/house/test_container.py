"""What the image and its composition promise, read from their files: no container engine runs where the tests run."""

import json
import re
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import yaml

from tests.paths import ROOT

LINES = re.sub(
    r"^\s*#.*\n|\\\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE
).splitlines()
INSTRUCTIONS = [tuple(line.strip().split(None, 1)) for line in LINES if line.strip()]
FINAL_STAGE = INSTRUCTIONS[max(i for i, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def said(word, instructions=FINAL_STAGE):
    return [rest for name, rest in instructions if name == word]


@contextmanager
def server_that_says(status):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/health/ready" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_whatever_the_image_copies_is_in_the_checkout_and_reaches_the_builder():
    copied = [part for rest in said("COPY", INSTRUCTIONS) if "--from" not in rest for part in rest.split()[:-1]]
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert [path for path in copied if not any(fnmatch(path, pattern) for pattern in allowed)] == []


def test_the_image_is_built_from_pinned_bases_and_installs_with_the_constraints_only():
    assert {base.split()[0] for base in said("FROM", INSTRUCTIONS)} == {"python:3.11-slim-bookworm"}
    assert said("ADD", INSTRUCTIONS) == []
    assert [rest for rest in said("RUN", INSTRUCTIONS) if re.search(r"\bpip\b|\bapt\b|apt-get|curl|wget", rest)] == []


def test_the_image_installs_what_pyproject_names_and_what_eval_needs():
    (command,) = [found for rest in said("RUN", INSTRUCTIONS) for found in re.findall(r'python -c "([^"]+)"', rest)]
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert done.stdout.splitlines() == [*project["dependencies"], *project["optional-dependencies"]["eval"]]
    assert any(line.startswith("ir-measures") for line in done.stdout.splitlines())


def test_the_service_runs_as_a_plain_user_and_gets_its_signals():
    assert said("USER") == ["10001:10001"]
    assert json.loads(said("ENTRYPOINT")[0]) == ["onrecord"]
    assert json.loads(said("CMD")[0])[0] == "serve"


def test_the_archive_is_in_a_volume_of_its_own():
    assert said("VOLUME") == ["/archive"]
    assert "ONRECORD_HOME=/archive" in said("ENV")[0].split()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_service_is_ready(status, healthy):
    python, *arguments = json.loads(said("HEALTHCHECK")[0].partition(" CMD ")[2])
    assert python == "python"
    with server_that_says(status) as port:
        command = [sys.executable, *(argument.replace("8000", str(port)) for argument in arguments)]
        assert (subprocess.run(command, capture_output=True, timeout=30).returncode == 0) is healthy
    assert subprocess.run(command, capture_output=True, timeout=30).returncode != 0


def test_the_composition_is_reached_from_this_machine_alone_and_writes_to_the_archive_alone():
    composition = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = composition["services"]["onrecord"]
    assert [port.split(":", 1)[0] for port in service["ports"]] == ["127.0.0.1"]
    assert service["volumes"] == ["archive:/archive"]
    assert "archive" in composition["volumes"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["environment"]["ONRECORD_LLM"] == "${ONRECORD_LLM:-none}"
    # A key comes from the environment in which it is started; none stands in the file.
    assert {name: value for name, value in service["environment"].items() if name.endswith("_KEY")} == {
        "OPENAI_API_KEY": "${OPENAI_API_KEY:-}",
        "ANTHROPIC_API_KEY": "${ANTHROPIC_API_KEY:-}",
    }
