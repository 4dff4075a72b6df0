"""A virtual environment for each system, made once and kept until what it needs changes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_REQUIREMENTS = Path(__file__).parent / "requirements"
_UNINSTALL = "# uninstall: "


class InstallationFailed(Exception):
    """Pip could not make the environment; the message is the last line that it wrote."""


def make_environment(name: str, folder: Path) -> Path:
    """Return the interpreter of the system's environment; `onrecord` is installed each time, from its present code."""
    home = folder / name
    python, made = home / "bin" / "python", home / "installed"
    own = name == "onrecord"
    wanted = ROOT / "requirements" / "service.txt" if own else _REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not made.exists() or made.read_text(encoding="ascii") != digest:
        print(f"installing {name}", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(home)])
        _run([str(python), "-m", "pip", "install", *(["--no-deps"] if own else []), "-r", str(wanted)])
        for line in wanted.read_text(encoding="utf-8").splitlines():
            if line.startswith(_UNINSTALL):
                _run([str(python), "-m", "pip", "uninstall", "-y", *line.removeprefix(_UNINSTALL).split()])
        made.write_text(digest, encoding="ascii")
    if own:
        _run([str(python), "-m", "pip", "install", "--no-deps", "--force-reinstall", str(ROOT)])
    return python


def size_of(folder: Path) -> int:
    """Return the bytes of all files, a file with two names once."""
    found = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum({(at.st_dev, at.st_ino): at.st_size for at in found}.values())


def packages_of(python: Path) -> Path:
    """Return where an environment's packages lie."""
    return next((python.parent.parent / "lib").glob("python3*")) / "site-packages"


def versions_of(name: str, python: Path) -> dict[str, str]:
    """Return the versions of the packages that the system requires; for `onrecord`, of it and its chief packages."""
    if name == "onrecord":
        named = ["onrecord", "torch", "sentence-transformers", "chromadb"]
    else:
        lines = (_REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        named = [line.partition("==")[0] for line in lines if "==" in line and not line.startswith("#")]
    code = "import sys; from importlib.metadata import version; print(*[version(n) for n in sys.argv[1:]])"
    said = subprocess.run([str(python), "-c", code, *named], capture_output=True, text=True, check=True).stdout
    return dict(zip(named, said.split(), strict=True))


def _run(command: list[str]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise InstallationFailed(said[-1] if said else f"{command[0]} failed")
