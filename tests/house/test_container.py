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
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

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


def test_the_image_is_built_from_a_base_held_by_its_digest_and_fetches_nothing_by_itself():
    (base,) = said("ARG", INSTRUCTIONS[:1])
    assert re.fullmatch(r"BASE=python:3\.11-slim-bookworm@sha256:[0-9a-f]{64}", base)
    assert {base.split()[0] for base in said("FROM", INSTRUCTIONS)} == {"${BASE}"}
    assert said("ADD", INSTRUCTIONS) == []
    assert [rest for rest in said("RUN", INSTRUCTIONS) if re.search(r"\bpip\b|\bapt\b|apt-get|curl|wget", rest)] == []


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "requirements").iterdir()))
def test_every_pin_has_a_version_and_the_hashes_of_its_files(file):
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]
    assert pins != []
    pin = re.compile(
        r"[a-z0-9-]+==[0-9][^ ;]*(?: ; [^\\]*?)? +--hash=sha256:[0-9a-f]{64}(?: +--hash=sha256:[0-9a-f]{64})*"
    )
    assert [line for line in pins if not pin.fullmatch(line)] == []


@pytest.mark.parametrize(("file", "extras"), [("service", ["eval"]), ("build", ["build"]), ("models", ["models"])])
def test_what_pyproject_names_is_pinned_where_it_is_installed_from(file, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [name for extra in extras for name in project["optional-dependencies"][extra]]
    named += project["dependencies"] if file == "service" else []
    text = (ROOT / "requirements" / f"{file}.txt").read_text(encoding="utf-8")
    pinned = {name: Version(version) for name, version in re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.MULTILINE)}
    wanted = [Requirement(line) for line in named]
    assert [str(one) for one in wanted if pinned[canonicalize_name(one.name)] not in one.specifier] == []


def test_a_wheel_that_is_not_the_pinned_one_is_refused(tmp_path):
    """Pip itself refuses it: a package of the right name and version with another hash does not get in."""
    with ZipFile(tmp_path / "tenacity-9.2.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tenacity/__init__.py", "")
    lines = (ROOT / "requirements" / "service.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    (line,) = [line for line in lines if line.startswith("tenacity==9.2.1 ")]
    (tmp_path / "pins.txt").write_text(line, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--isolated", "--no-index", "--find-links", str(tmp_path)]
    command += ["--require-hashes", "--no-deps", "--target", str(tmp_path / "there"), "-r", str(tmp_path / "pins.txt")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" in done.stderr


def test_the_models_packages_are_no_condition_of_an_installation():
    """A package that is withdrawn from the index must not keep onrecord from being installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    models = {Requirement(line).name for line in project["optional-dependencies"]["models"]}
    assert models & {Requirement(line).name for line in project["dependencies"]} == set()
    service = (ROOT / "requirements" / "service.txt").read_text(encoding="utf-8")
    assert [name for name in models if f"\n{name}==" in service] == []


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


def test_a_container_is_given_the_time_that_the_service_takes_to_stop():
    composition = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    server = (ROOT / "service" / "http" / "server.py").read_text(encoding="utf-8")
    (graceful,) = re.findall(r"timeout_graceful_shutdown=(\d+)", server)
    assert int(composition["services"]["onrecord"]["stop_grace_period"].removesuffix("s")) >= 2 * int(graceful)


def test_the_composition_is_reached_from_this_machine_alone_and_writes_to_the_archive_alone():
    composition = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = composition["services"]["onrecord"]
    assert [port.split(":", 1)[0] for port in service["ports"]] == ["127.0.0.1"]
    assert service["volumes"] == ["archive:/archive"]
    assert "archive" in composition["volumes"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert service["environment"]["ONRECORD_LLM"] == "${ONRECORD_LLM:-none}"
    # A key comes from the environment in which it is started; none stands in the file.
    assert {name: value for name, value in service["environment"].items() if name.endswith("_KEY")} == {
        "OPENAI_API_KEY": "${OPENAI_API_KEY:-}",
        "ANTHROPIC_API_KEY": "${ANTHROPIC_API_KEY:-}",
    }
