"""What is installed: one package with every file of the three folders, which runs outside the checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT, SEEDS

FOLDERS = ("index", "service", "prompts")


def run(*command, cwd, **environment):
    """Run a command outside the checkout, with nothing in the environment that leads back to it."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean | environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build_wheel(source, folder):
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"),
        *("--wheel-dir", folder, source),
        cwd=folder,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def contents(wheel):
    """Return the wheel's files and their bytes; RECORD repeats them."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


class Installed:
    """A virtual environment with the wheel, and all that it needs, outside the checkout."""

    def __init__(self, folder, wheel):
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        venv.create(folder / "venv", symlinks=True)
        self.packages = next((folder / "venv" / "lib").glob("python3*")) / "site-packages"
        # The packages that run the tests, without the .pth file that puts the checkout on the path.
        (self.packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.pip("install", "--no-deps", wheel)

    def pip(self, command, *arguments):
        options = () if command == "uninstall" else ("--no-index",)
        python = self.bin / "python"
        return run(
            *(sys.executable, "-m", "pip", "--python", python, command, "--quiet", *options, *arguments),
            cwd=self.folder,
        )

    def run(self, *command):
        home = str(self.folder / "archive")
        return run(self.bin / command[0], *command[1:], cwd=self.folder, ONRECORD_HOME=home)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def test_the_wheel_holds_one_package_with_every_file_of_the_three_folders(wheel):
    tracked = run("git", "ls-files", *FOLDERS, cwd=ROOT).splitlines()
    assert len(tracked) > 150
    names = set(contents(wheel))
    info = {name for name in names if re.fullmatch(r"onrecord-[\d.]+\.dist-info/.+", name)}
    own = {"onrecord/__init__.py", "onrecord/__main__.py", "onrecord/py.typed"}
    assert names - info == own | {f"onrecord/{file}" for file in tracked if (ROOT / file).exists()}


def test_the_source_distribution_makes_the_same_wheel(wheel, tmp_path):
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "wheel").mkdir()
    again = build_wheel(tmp_path / sdist.name.removesuffix(".tar.gz"), tmp_path / "wheel")
    assert contents(again) == contents(wheel)


@pytest.mark.slow
def test_an_installed_onrecord_adds_asks_and_serves(installed):
    where = installed.run("python", "-c", "import onrecord; print(onrecord.__file__)")
    assert Path(where.strip()).is_relative_to(installed.packages)
    version = installed.run("onrecord", "--version")
    assert re.fullmatch(r"onrecord \d+\.\d+\.\d+\n", version)
    assert installed.run("python", "-m", "onrecord", "--version") == version
    assert installed.run("onrecord", "add", SEEDS) == "5 created.\n"
    assert "legally impossible" in installed.run("onrecord", "ask", "what did Putin say about legality?")
    environment = os.environ | {"ONRECORD_HOME": str(installed.folder / "archive")}
    environment.pop("PYTHONPATH", None)
    command = [str(installed.bin / "onrecord"), "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=installed.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address is not None
            for path in ("/health/ready", "/", "/widget.js"):
                with urllib.request.urlopen(address.group() + path, timeout=30) as response:
                    assert response.status == 200
        finally:
            server.terminate()


@pytest.mark.slow
def test_another_distribution_named_service_breaks_nothing(installed, tmp_path):
    """Its top-level package `service` comes and goes, and leaves `onrecord` as it is."""
    ours = {
        path.relative_to(installed.packages)
        for path in (installed.packages / "onrecord").rglob("*")
        if "__pycache__" not in path.parts
    }
    other = tmp_path / "service-1.0-py3-none-any.whl"
    info = "service-1.0.dist-info"
    files = {
        "service/__init__.py": "NAME = 'another'\n",
        "index/__init__.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: service\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(other, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    look = ("python", "-c", "import onrecord.service.library, service; print(service.NAME)")
    installed.pip("install", other)
    assert installed.run(*look) == "another\n"
    assert '"articles": ' in installed.run("onrecord", "status", "--json")
    installed.pip("uninstall", "--yes", "service")
    assert not (installed.packages / "service").exists()
    assert '"articles": ' in installed.run("onrecord", "status", "--json")
    assert ours == {
        path.relative_to(installed.packages)
        for path in (installed.packages / "onrecord").rglob("*")
        if "__pycache__" not in path.parts
    }
