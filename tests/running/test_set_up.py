"""Setting a checkout up: quick when it is done, sturdy when it was cut short, one line when something is missing.

A small checkout with the real scripts, a lock of one small wheel, served from a folder, and a package of networks of
one byte each, served by an npm that only copies it; no network.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
TOOLS = ("bash", "dirname", "sha256sum", "df", "awk", "flock", "cat", "touch", "rm", "mkdir", "head", "tail", "grep")
NETWORKS = [f"{name}.{kind}" for name in ("blazeface", "facemesh", "faceres") for kind in ("bin", "json")]
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


def make_wheel(folder: Path) -> str:
    """Write tiny-1.0 as a wheel; gives its SHA-256."""
    folder.mkdir()
    files = {
        "tiny.py": b"WORD = 'installed'\n",
        "tiny-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}")
    files["tiny-1.0.dist-info/RECORD"] = "\n".join([*rows, "tiny-1.0.dist-info/RECORD,,", ""]).encode()
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Checkout:
    """A small checkout, and the environment in which its scripts run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", self.folder / "scripts")
        (self.folder / "service").mkdir()
        (self.folder / "service" / "run.py").write_text("import tiny\nprint('served', tiny.WORD)\n")
        self.lock(make_wheel(folder / "wheels"))
        shutil.copy(ROOT / "requirements-npm.lock", self.folder)
        self.lock_networks(make_package(folder / "networks.tgz"))
        self.environment = {
            "PATH": f"{self._folder_of_python(folder / 'bin')}:/usr/bin:/bin",
            "HOME": str(self.home),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(folder / "wheels"),
            "PIP_INDEX_URL": "http://127.0.0.1:1/simple",
            "PIP_RETRIES": "1",
            "PIP_NO_CACHE_DIR": "1",
            "NPM_SERVES": str(folder / "networks.tgz"),
        }

    def lock(self, digest: str) -> None:
        for name in ("requirements.lock", "requirements-test.lock"):
            (self.folder / name).write_text(f"# {name}\ntiny==1.0 \\\n    --hash=sha256:{digest}\n")

    def lock_networks(self, digest: str) -> None:
        (self.folder / "models.lock").write_text(f"# networks\n@a/package 1.0 {digest}\n")

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own scripts
            [str(self.folder / command[0]), *command[1:]],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> tuple[int, str, str]:
        started = self.start(*command, **environment)
        out, err = started.communicate(timeout=120)
        return started.returncode, out, err

    def _folder_of_python(self, folder: Path) -> Path:
        folder.mkdir()
        (folder / "python3.11").symlink_to(Path(sys.executable).resolve())
        _script(folder / "npm", COPYING_NPM)
        return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is set up."""
    made = Checkout(tmp_path_factory.mktemp("set-up"))
    code, out, err = made.run("scripts/serve")
    assert (code, out) == (0, "served installed\n"), err
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    """A checkout that was never set up."""
    return Checkout(tmp_path)


def test_a_linked_environment_is_used_and_never_cleared(checkout: Checkout, fresh: Checkout) -> None:
    shutil.copy(checkout.folder / "requirements.lock", fresh.folder)
    shutil.copy(checkout.folder / "models.lock", fresh.folder)
    (fresh.folder / ".venv").symlink_to(checkout.folder / ".venv")
    assert fresh.run("scripts/serve") == (0, "served installed\n", "")
    (fresh.folder / "requirements.lock").write_text("tiny==2.0\n")
    code, _, err = fresh.run("scripts/serve")
    assert (code, "is a link" in err) == (1, True)
    assert checkout.run("scripts/serve") == (0, "served installed\n", "")


def test_a_checkout_that_is_set_up_is_served_without_a_word(checkout: Checkout) -> None:
    assert checkout.run("scripts/serve", PATH="/usr/bin:/bin", PIP_FIND_LINKS="/nowhere") == (
        0,
        "served installed\n",
        "",
    )


def test_nothing_outside_the_checkout_is_touched(checkout: Checkout) -> None:
    assert list(checkout.home.iterdir()) == []
    assert not (checkout.folder / ".venv" / "tmp").exists()


def test_the_demo_is_an_option_and_anything_else_is_none(checkout: Checkout) -> None:
    (checkout.folder / "service" / "run.py").write_text("import os, tiny\nprint('served', tiny.WORD)\n")
    assert checkout.run("scripts/serve", "--demo")[0] == 0
    code, out, err = checkout.run("scripts/serve", "--dmeo")
    assert (code, out) == (1, "")
    assert err == (
        "serve: unknown option --dmeo; usage: scripts/serve [--demo], everything else by environment variables\n"
    )


def test_a_set_up_that_was_cut_short_starts_over(checkout: Checkout) -> None:
    (checkout.folder / ".venv" / "interrupted").touch()
    (checkout.folder / ".venv" / "installed-requirements.lock").unlink()
    next((checkout.folder / ".venv").glob("lib/*/site-packages/tiny.py")).unlink()
    code, out, err = checkout.run("scripts/serve")
    assert (code, out) == (0, "served installed\n"), err
    assert not (checkout.folder / ".venv" / "interrupted").exists()


def test_a_copied_checkout_does_not_use_the_environment_of_the_first(checkout: Checkout, tmp_path: Path) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(checkout.folder, copy, symlinks=True)
    copied = subprocess.run(  # noqa: S603 - our own script
        [copy / "scripts" / "serve"], env=checkout.environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert copied.stdout == "served installed\n"
    assert "setting up .venv" in copied.stderr
    assert str(checkout.folder) not in (copy / ".venv" / "bin" / "pip").read_text()


def test_two_at_once_set_up_once_and_a_test_set_up_serves_too(fresh: Checkout) -> None:
    (fresh.folder / "scripts" / "set-up-for-tests").write_text(
        '#!/usr/bin/env bash\n. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"\nset_up requirements-test.lock\n'
    )
    (fresh.folder / "scripts" / "set-up-for-tests").chmod(0o755)
    both = [fresh.start("scripts/set-up-for-tests") for _ in range(2)]
    said = [one.communicate(timeout=120)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert "".join(said).count("setting up .venv") == 1
    assert fresh.run("scripts/serve") == (0, "served installed\n", "")


def test_a_package_that_is_not_the_locked_one_is_not_installed(fresh: Checkout) -> None:
    fresh.lock("0" * 64)
    _assert_one_line(fresh, "a downloaded package is not the one that the lock file names")


def test_a_missing_network_is_one_line(fresh: Checkout) -> None:
    _assert_one_line(fresh, "no package index can be reached", PIP_FIND_LINKS="")


def test_a_missing_python_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    _assert_one_line(fresh, "Python 3.11 is missing (found: none)", PATH=str(_tools(tmp_path)))


def test_another_python_is_one_line_that_names_it(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / "python3", '[ "$1" = --version ] && echo Python 3.9.2 || exit 1')
    _assert_one_line(fresh, "Python 3.11 is missing (found: Python 3.9.2)", PATH=str(tools))


def test_a_python_without_venv_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / "python3.11", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    _assert_one_line(fresh, "python3.11 can't make virtual environments", PATH=str(tools))


def test_a_full_disk_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    (tools / "df").unlink()
    _script(tools / "df", "printf 'Filesystem Blocks Used Available\\n/dev/x 9 9 1000 99%% /\\n'")
    _assert_one_line(fresh, "less than 1.5 GB are free", PATH=f"{tools}:{fresh.environment['PATH']}")


def test_the_networks_are_fetched_and_nothing_else_of_their_package(checkout: Checkout) -> None:
    fetched = checkout.folder / ".venv" / "models" / "human-1.0"
    assert sorted(path.name for path in fetched.iterdir()) == ["LICENSE", *NETWORKS]
    assert not (checkout.folder / ".venv" / "tmp-models").exists()


def test_networks_that_are_not_the_locked_ones_are_not_used_and_the_service_starts(fresh: Checkout) -> None:
    fresh.lock_networks("0" * 128)
    _assert_served_without_networks(fresh, "what npm fetched is not the @a/package@1.0 that models.lock names")


def test_an_unreachable_registry_does_not_keep_the_service_from_starting(fresh: Checkout) -> None:
    _assert_served_without_networks(fresh, "npm could not fetch @a/package@1.0", NPM_SERVES="/nowhere")


def test_neither_does_a_machine_without_npm(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    (tools / "python3.11").symlink_to(Path(sys.executable).resolve())
    assert fresh.run("scripts/serve")[0] == 0
    shutil.rmtree(fresh.folder / ".venv" / "models")
    _assert_served_without_networks(fresh, "there is no npm", PATH=str(tools))


def _assert_served_without_networks(checkout: Checkout, said: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (0, "served installed\n")
    lines = [line for line in err.splitlines() if not line.startswith("serve: setting up")]
    assert len(lines) == 1, err
    assert lines[0].startswith(f"fetch-models: {said}")
    assert lines[0].endswith("; without @a/package only dlib finds and recognises faces")
    assert not (checkout.folder / ".venv" / "models" / "human-1.0").exists()


def test_the_test_lock_holds_all_of_the_other_lock() -> None:
    pinned = {
        name: {line.split()[0] for line in (ROOT / name).read_text().splitlines() if "==" in line.split("#")[0]}
        for name in ("requirements.lock", "requirements-test.lock")
    }
    assert pinned["requirements.lock"]
    assert pinned["requirements.lock"] <= pinned["requirements-test.lock"]


def _tools(tmp_path: Path) -> Path:
    """A folder with what the scripts need, but without Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    (folder / "env").symlink_to("/usr/bin/env")
    return folder


def _script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(0o755)


def _assert_one_line(checkout: Checkout, what: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (1, "")
    lines = [line for line in err.splitlines() if "setting up .venv" not in line]
    assert len(lines) == 1, err
    assert lines[0].startswith(f"serve: {what}"), err
