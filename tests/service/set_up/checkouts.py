"""A small checkout with the real scripts, and what tests ask of it.

Its lock is of one small wheel, served from a folder, and a package of networks of one byte each, served by an npm that
only copies it; no network. `python -m venv` takes seconds, nearly all of them to unpack pip: it is run once, and the
Python of the checkouts copies what it made. One test has the real one.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
TOOLS = (
    *("bash", "dirname", "sha256sum", "df", "awk", "flock", "cat", "rm", "mkdir", "head", "tail", "grep", "mktemp"),
    *("chmod", "readlink", "ln", "mv", "cp", "wc", "sleep", "rmdir"),
)
PYTHON = f"python3.{sys.version_info.minor}"
REAL_PYTHON = Path(sys.executable).resolve()
PROGRESS = re.compile(r": (setting up \.venv|(fetched|installed) \d+ of) ")
NETWORKS = [f"{name}.{kind}" for name in ("blazeface", "facemesh", "faceres") for kind in ("bin", "json")]
COPYING_PYTHON = """
if [ "$1 $2" = "-m venv" ]; then exec "$COPIES_ENVIRONMENT" "$3"; fi
exec "$REAL_PYTHON" "$@"
"""
# Links, which take no time, but for the files that name their own environment.
COPYING_ENVIRONMENT = """
PATH=/usr/bin:/bin
cp -al {made}/. "$1" && grep -lI -F {made} -r "$1/bin" "$1/pyvenv.cfg" | xargs sed -i "s|{made}|$1|"
"""
COPYING_NPM = 'while [ "$1" != --pack-destination ]; do shift; done; cp "$NPM_SERVES" "$2/"'


def make_package(path: Path) -> str:
    """Write an npm package of networks and more; gives its SHA-512."""
    files = path.parent / "package"
    (files / "models").mkdir(parents=True)
    for name in ("LICENSE", "README.md", "models/another.bin", *(f"models/{each}" for each in NETWORKS)):
        (files / name).write_text("x")
    with tarfile.open(path, "w:gz") as packed:
        packed.add(files, "package")
    return hashlib.sha512(path.read_bytes()).hexdigest()


def make_wheel(folder: Path, version: str = "1.0", word: str = "installed") -> str:
    """Write a version of tiny as a wheel; gives its SHA-256."""
    folder.mkdir(exist_ok=True)
    about = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": f"WORD = {word!r}\n".encode(),
        "tiny_late.py": f"WORD = {word!r}\n".encode(),
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}")
    files[f"{about}/RECORD"] = "\n".join([*rows, f"{about}/RECORD,,", ""]).encode()
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Checkout:
    """A small checkout, and the environment in which its scripts run."""

    def __init__(self, folder: Path, copies_environment: Path) -> None:
        self.folder = folder / "checkout"
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", self.folder / "scripts")
        (self.folder / "service").mkdir()
        (self.folder / "service" / "run.py").write_text("import tiny\nprint('served', tiny.WORD)\n")
        (self.folder / "scripts" / "set-up-for-tests").write_text(
            '#!/usr/bin/env bash\n. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"\nset_up requirements-test.lock\n'
        )
        (self.folder / "scripts" / "set-up-for-tests").chmod(0o755)
        self.wheels = folder / "wheels"
        self.lock(make_wheel(self.wheels))
        shutil.copy(ROOT / "requirements-npm.lock", self.folder)
        self.lock_networks(make_package(folder / "networks.tgz"))
        self.environment = {
            "PATH": f"{self._folder_of_tools(folder / 'bin')}:/usr/bin:/bin",
            "REAL_PYTHON": str(REAL_PYTHON),
            "COPIES_ENVIRONMENT": str(copies_environment),
            "HOME": str(self.home),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(folder / "wheels"),
            "PIP_INDEX_URL": "http://127.0.0.1:1/simple",
            "PIP_RETRIES": "1",
            "PIP_NO_CACHE_DIR": "1",
            "NPM_SERVES": str(folder / "networks.tgz"),
        }

    def lock(self, digest: str, pin: str = "tiny==1.0") -> None:
        for name in ("requirements.lock", "requirements-test.lock"):
            (self.folder / name).write_text(f"# {name}\n{pin} \\\n    --hash=sha256:{digest}\n")

    def upgrade(self) -> None:
        self.lock(make_wheel(self.wheels, "2.0", "upgraded"), "tiny==2.0")

    def environments(self) -> list[Path]:
        return sorted((self.folder / ".venvs").glob("env-*"))

    def lock_networks(self, digest: str) -> None:
        (self.folder / "models.lock").write_text(f"# networks\n@a/package 1.0 {digest}\n")

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own scripts
            [str(self.folder / command[0]), *command[1:]],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, **environment: str) -> tuple[int, str, str]:
        started = self.start(*command, **environment)
        out, err = started.communicate(timeout=120)
        return started.returncode, out, err

    def _folder_of_tools(self, folder: Path) -> Path:
        folder.mkdir()
        write_script(folder / PYTHON, COPYING_PYTHON)
        write_script(folder / "npm", COPYING_NPM)
        write_script(folder / "sleep", "exec /bin/sleep 0.5")  # what is told every five seconds is told sooner
        return folder


def folder_of_tools(tmp_path: Path) -> Path:
    """A folder with what the scripts need, but without Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    (folder / "env").symlink_to("/usr/bin/env")
    return folder


def without_progress(said: str) -> list[str]:
    return [line for line in said.splitlines() if not PROGRESS.search(line)]


def write_script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(0o755)


def stamp(checkout: Checkout, environment: Path) -> None:
    digest = hashlib.sha256((checkout.folder / "requirements.lock").read_bytes()).hexdigest()
    (environment / "installed-requirements.lock").write_text(f"{digest}  -\n")
