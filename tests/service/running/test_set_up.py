"""Setting a checkout up: quick when it is done, harmless to what runs, one line when something is missing.

A small checkout with the real scripts, a lock of one small wheel, served from a folder, and a package of networks of
one byte each, served by an npm that only copies it; no network. `python -m venv` takes seconds, nearly all of them to
unpack pip: it is run once, and the Python of the checkouts copies what it made. One test has the real one.
"""

import base64
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow
MEMORY = Path("/dev/shm")  # noqa: S108 - what lies there has names of its own

ROOT = Path(__file__).parents[3]
TOOLS = (
    *("bash", "dirname", "sha256sum", "df", "awk", "flock", "cat", "rm", "mkdir", "head", "tail", "grep", "mktemp"),
    *("chmod", "readlink", "ln", "mv", "cp", "wc", "sleep", "rmdir"),
)
LOCKS = ("requirements.lock", "requirements-optional.lock", "requirements-test.lock")
PYTHON = f"python3.{sys.version_info.minor}"
REAL_PYTHON = Path(sys.executable).resolve()
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and os.access(path, os.X_OK))
PASS_OPTIONS_ON = ("bench", "test")  # to argparse and pytest
PROGRESS = re.compile(r": (setting up \.venv|(fetched|installed) \d+ of) ")
NETWORKS = [f"{name}.{kind}" for name in ("blazeface", "facemesh", "faceres") for kind in ("bin", "json")]
LATE_IMPORT = """
import sys, tiny
print("served", flush=True)
sys.stdin.readline()
import tiny_late
print(tiny_late.WORD, sys.prefix)
"""
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
        _script(folder / PYTHON, COPYING_PYTHON)
        _script(folder / "npm", COPYING_NPM)
        _script(folder / "sleep", "exec /bin/sleep 0.5")  # what is told every five seconds is told sooner
        return folder


@pytest.fixture(scope="module")
def copies_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that makes an environment with pip at a path by copying one."""
    folder = tmp_path_factory.mktemp("environment")
    made = folder / "made"
    subprocess.run([REAL_PYTHON, "-m", "venv", made], check=True, timeout=120)  # noqa: S603 - our own interpreter
    _script(folder / "copy", COPYING_ENVIRONMENT.format(made=made))
    return folder / "copy"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, copies_environment: Path) -> Checkout:
    """A checkout that is set up."""
    made = Checkout(tmp_path_factory.mktemp("set-up"), copies_environment)
    code, out, err = made.run("scripts/serve")
    assert (code, out) == (0, "served installed\n"), err
    return made


@pytest.fixture
def fresh(tmp_path: Path, copies_environment: Path) -> Checkout:
    """A checkout that was never set up."""
    return Checkout(tmp_path, copies_environment)


@pytest.fixture
def ready(checkout: Checkout, fresh: Checkout) -> Checkout:
    """A checkout that is set up and may be changed; its environment is a copy with its own path, which is quicker."""
    made = fresh.folder / ".venvs" / "env-copied"
    shutil.copytree((checkout.folder / ".venv").resolve(), made, symlinks=True, copy_function=os.link)
    shutil.copytree(checkout.folder / ".venvs" / "models", fresh.folder / ".venvs" / "models")
    (fresh.folder / ".venv").symlink_to(".venvs/env-copied")
    settings = (made / "pyvenv.cfg").read_text()
    (made / "pyvenv.cfg").unlink()
    (made / "pyvenv.cfg").write_text(re.sub("(?m)^(command = .*) .*$", rf"\1 {made}", settings))
    _stamp(fresh, made)
    return fresh


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package index that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


def test_a_linked_environment_is_used_and_never_cleared(checkout: Checkout, fresh: Checkout) -> None:
    shutil.copy(checkout.folder / "requirements.lock", fresh.folder)
    shutil.copy(checkout.folder / "models.lock", fresh.folder)
    (fresh.folder / ".venv").symlink_to(checkout.folder / ".venv")
    assert fresh.run("scripts/serve") == (0, "served installed\n", "")
    fresh.upgrade()
    code, out, err = fresh.run("scripts/serve")
    assert (code, out, err.count("\n"), "is a link" in err) == (0, "served installed\n", 1, True)
    code, _, err = fresh.run("scripts/set-up-for-tests")
    assert (code, err.count("\n"), "is a link" in err) == (1, 1, True)
    assert not (fresh.folder / ".venvs").exists()
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
    assert (checkout.folder / ".venv").readlink().parts[0] == ".venvs"


def test_the_demo_is_an_option_and_anything_else_is_none(checkout: Checkout) -> None:
    (checkout.folder / "service" / "run.py").write_text("import os, tiny\nprint('served', tiny.WORD)\n")
    assert checkout.run("scripts/serve", "--demo")[0] == 0
    code, out, err = checkout.run("scripts/serve", "--dmeo")
    assert (code, out) == (1, "")
    assert err == (
        "serve: unknown option --dmeo; Usage: scripts/serve [--demo [--lan]], "
        "everything else by environment variables\n"
    )


def test_a_copied_checkout_does_not_use_the_environment_of_the_first(checkout: Checkout, tmp_path: Path) -> None:
    copy = tmp_path / "a copy"
    shutil.copytree(checkout.folder, copy, symlinks=True)
    tools = _tools(tmp_path)
    (tools / PYTHON).symlink_to(REAL_PYTHON)
    environment = checkout.environment | {"PATH": str(tools)}  # with a real `python -m venv`
    copied = subprocess.run(  # noqa: S603 - our own script
        [copy / "scripts" / "serve"], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert copied.stdout == "served installed\n"
    assert "setting up .venv" in copied.stderr
    assert str(checkout.folder) not in (copy / ".venv" / "bin" / "pip").read_text()


def test_two_at_once_set_up_once_and_a_test_set_up_serves_too(fresh: Checkout) -> None:
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
    _assert_one_line(fresh, "Python 3.11 to 3.14 is missing (found: none)", PATH=str(_tools(tmp_path)))


def test_another_python_is_one_line_that_names_it(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / "python3", '[ "$1" = --version ] && echo Python 3.9.2 || exit 1')
    _assert_one_line(fresh, "Python 3.11 to 3.14 is missing (found: Python 3.9.2)", PATH=str(tools))


def test_a_python_without_venv_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / "python3.11", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    _assert_one_line(fresh, "python3.11 can't make virtual environments", PATH=str(tools))


def test_a_full_disk_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    (tools / "df").unlink()
    _script(tools / "df", "printf 'Filesystem Blocks Used Available\\n/dev/x 9 9 1000 99%% /\\n'")
    _assert_one_line(fresh, "less than 1.5 GB are free", PATH=f"{tools}:{fresh.environment['PATH']}")


def test_a_lock_that_cannot_be_installed_leaves_a_service_on_the_older_packages(ready: Checkout) -> None:
    ready.lock("0" * 64)
    _assert_served_by_older(ready, "a downloaded package is not the one that the lock file names")
    ready.upgrade()
    _assert_served_by_older(ready, "no package index can be reached", PIP_FIND_LINKS="")
    # with the network back, the next start has the new packages
    code, out, err = ready.run("scripts/serve")
    assert (code, out) == (0, "served upgraded\n"), err
    assert len(ready.environments()) == 1


def test_older_packages_are_not_enough_for_tests(ready: Checkout) -> None:
    ready.upgrade()
    code, _, err = ready.run("scripts/set-up-for-tests", PIP_FIND_LINKS="")
    lines = _without_progress(err)
    assert (code, len(lines)) == (1, 1), err
    assert lines[0].startswith("set-up-for-tests: no package index can be reached")


def test_a_service_is_not_started_without_a_package_that_its_lock_adds(ready: Checkout) -> None:
    ready.lock("0" * 64, "larger==1.0")
    code, out, err = ready.run("scripts/serve", PIP_FIND_LINKS="")
    assert (code, out, "no package index can be reached" in err) == (1, "", True), err


def test_ctrl_c_during_a_set_up_leaves_everything_as_it_was(ready: Checkout, silent_index: socket.socket) -> None:
    (before,) = ready.environments()
    ready.upgrade()
    index = f"http://127.0.0.1:{silent_index.getsockname()[1]}/simple"
    started = ready.start("scripts/serve", PIP_FIND_LINKS="", PIP_INDEX_URL=index)
    with silent_index.accept()[0] as asked:
        assert started.stderr is not None
        assert "setting up .venv" in started.stderr.readline()
        assert started.stderr.readline() == "serve: fetched 0 of 1 packages\n"
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=60)
        assert (started.returncode, out, err) == (130, "", "")
        while asked.recv(4096):  # to the end of the connection: pip has ended too
            pass
    assert ready.environments() == [before]
    _assert_served_by_older(ready, "no package index can be reached", PIP_FIND_LINKS="")


def test_a_set_up_that_was_killed_starts_over(fresh: Checkout, silent_index: socket.socket) -> None:
    index = f"http://127.0.0.1:{silent_index.getsockname()[1]}/simple"
    killed = fresh.start("scripts/serve", PIP_FIND_LINKS="", PIP_INDEX_URL=index)
    with silent_index.accept()[0]:
        killed.kill()
        assert killed.wait(60) == -signal.SIGKILL
        (half,) = fresh.environments()
        # pip still writes there, so the next set-up waits for its end
        second = fresh.start("scripts/serve")
        assert second.stderr is not None
        assert second.stderr.readline() == "serve: waiting for another set-up to end\n"
    silent_index.close()
    out, err = second.communicate(timeout=120)
    assert (second.returncode, out) == (0, "served installed\n"), err
    assert not half.exists()
    killed.communicate(timeout=60)


def test_a_running_service_keeps_its_packages(ready: Checkout) -> None:
    (ready.folder / "service" / "run.py").write_text(LATE_IMPORT)
    service = ready.start("scripts/serve")
    assert service.stdout is not None
    assert service.stdout.readline() == "served\n"
    (before,) = ready.environments()
    ready.upgrade()
    assert ready.run("scripts/set-up-for-tests")[0] == 0
    assert len(ready.environments()) == 2
    assert (ready.folder / ".venv").resolve() != before
    out, _ = service.communicate("go on\n", timeout=60)
    assert out == f"installed {before}\n"
    # nobody uses it any more, so the next set-up deletes it
    ready.lock(make_wheel(ready.wheels, "3.0", "again"), "tiny==3.0")
    assert ready.run("scripts/set-up-for-tests")[0] == 0
    assert ready.environments() == [(ready.folder / ".venv").resolve()]


def test_the_folder_of_earlier_versions_stays_while_it_is_used(ready: Checkout) -> None:
    former = ready.folder / ".venv"
    _make_as_earlier_versions_did(ready)
    assert ready.run("scripts/serve") == (0, "served installed\n", "")
    user = subprocess.Popen(  # noqa: S603 - our own interpreter
        [".venv/bin/python", "-c", LATE_IMPORT],
        cwd=ready.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "served\n"
    ready.upgrade()
    code, out, err = ready.run("scripts/serve")
    assert (code, out) == (0, "served upgraded\n"), err
    assert f"a process uses {former}, which stays until that has ended" in err
    assert not former.is_symlink()
    assert user.communicate("go on\n", timeout=60)[0] == f"installed {former}\n"
    # then it is replaced, and what npm fetched is kept
    assert ready.run("scripts/serve", NPM_SERVES="/nowhere") == (0, "served upgraded\n", "")
    assert former.is_symlink()
    assert (former / "models" / "human-1.0").is_dir()
    assert len(ready.environments()) == 1


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_sets_nothing_up(fresh: Checkout, tmp_path: Path, name: str) -> None:
    code, out, err = fresh.run(f"scripts/{name}", "--help", PATH=str(_tools(tmp_path)))
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: scripts/{name}")
    assert not (fresh.folder / ".venvs").exists()


@pytest.mark.parametrize("name", [each for each in SCRIPTS if each not in PASS_OPTIONS_ON])
def test_an_unknown_option_sets_nothing_up(fresh: Checkout, tmp_path: Path, name: str) -> None:
    code, out, err = fresh.run(f"scripts/{name}", "--dmeo", PATH=str(_tools(tmp_path)))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"{name}: unknown option --dmeo; Usage: scripts/{name}")
    assert not (fresh.folder / ".venvs").exists()


def test_a_python_that_can_make_environments_is_preferred(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / "python3.14", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    _script(tools / "python3", COPYING_PYTHON)
    code, out, err = fresh.run("scripts/serve", PATH=str(tools))
    assert (code, out) == (0, "served installed\n"), err


def test_the_networks_are_fetched_and_nothing_else_of_their_package(checkout: Checkout) -> None:
    fetched = checkout.folder / ".venv" / "models" / "human-1.0"
    assert sorted(path.name for path in fetched.iterdir()) == ["LICENSE", *NETWORKS]
    assert not (checkout.folder / ".venv" / "tmp-models").exists()


def test_the_renderer_of_the_pages_is_fetched_too_and_compressed(fresh: Checkout) -> None:
    package = fresh.folder.parent / "renderer.tgz"
    files = fresh.folder.parent / "renderer" / "package"
    files.mkdir(parents=True)
    kept = ["LICENSE", "styles.min.css", "web-components.min.js", "web-components.min.js.LICENSE.txt"]
    for name in (*kept, "index.js"):
        (files / name).write_text("x")
    with tarfile.open(package, "w:gz") as packed:
        packed.add(files, "package")
    digest = hashlib.sha512(package.read_bytes()).hexdigest()
    (fresh.folder / "models.lock").write_text(f"# pages\n@stoplight/elements 2.0 {digest}\n")
    assert fresh.run("scripts/serve", NPM_SERVES=str(package))[:2] == (0, "served installed\n")
    fetched = fresh.folder / ".venv" / "models" / "elements-2.0"
    compressed = ["styles.min.css.gz", "web-components.min.js.gz"]
    assert sorted(path.name for path in fetched.iterdir()) == sorted([*kept, *compressed])


def test_pages_do_not_need_the_renderer(fresh: Checkout) -> None:
    (fresh.folder / "models.lock").write_text(f"@stoplight/elements 2.0 {'0' * 128}\n")
    code, out, err = fresh.run("scripts/serve")
    assert (code, out) == (0, "served installed\n")
    assert _without_progress(err)[0].endswith("models.lock names; /api/docs is pages without scripts")


def test_networks_that_are_not_the_locked_ones_are_not_used_and_the_service_starts(fresh: Checkout) -> None:
    fresh.lock_networks("0" * 128)
    _assert_served_without_networks(fresh, "what npm fetched is not the @a/package@1.0 that models.lock names")


def test_an_unreachable_registry_does_not_keep_the_service_from_starting(fresh: Checkout) -> None:
    _assert_served_without_networks(fresh, "npm could not fetch @a/package@1.0", NPM_SERVES="/nowhere")


def test_neither_does_a_machine_without_npm(fresh: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    _script(tools / PYTHON, COPYING_PYTHON)
    assert fresh.run("scripts/serve")[0] == 0
    shutil.rmtree(fresh.folder / ".venvs" / "models" / "human-1.0")
    _assert_served_without_networks(fresh, "there is no npm", PATH=str(tools))


def _assert_served_without_networks(checkout: Checkout, said: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (0, "served installed\n")
    lines = _without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"fetch-models: {said}")
    assert lines[0].endswith("; without @a/package only dlib finds and recognises faces")
    assert not (checkout.folder / ".venv" / "models" / "human-1.0").exists()


def test_the_test_lock_holds_all_of_the_other_locks() -> None:
    pinned = {name: {str(pin) for pin in _pins(name)} for name in LOCKS}
    assert pinned["requirements.lock"]
    assert pinned["requirements.lock"] <= pinned["requirements-optional.lock"] <= pinned["requirements-test.lock"]


def test_the_locks_name_the_same_packages_for_every_python_and_machine() -> None:
    machines = [
        {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.1", "platform_machine": machine}
        for minor in range(11, 15)
        for machine in ("x86_64", "aarch64")
    ]
    for pin in (pin for name in LOCKS for pin in _pins(name)):
        wanted = {pin.marker is None or pin.marker.evaluate(machine) for machine in machines}
        assert len(wanted) == 1, pin


def test_packaging_and_set_up_agree_on_the_pythons() -> None:
    metadata = ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    assert metadata["options"]["python_requires"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / "scripts" / "setup.sh").read_text()


def _pins(lock: str) -> list[Requirement]:
    lines = (ROOT / lock).read_text().splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if "==" in line and not line.startswith((" ", "#"))]


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


def _without_progress(said: str) -> list[str]:
    return [
        line for line in said.splitlines() if not re.search(r": (setting up \.venv|(fetched|installed) \d+ of) ", line)
    ]


def _script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(0o755)


def _make_as_earlier_versions_did(checkout: Checkout) -> None:
    """Make .venv a folder, with the networks in it."""
    place = checkout.folder / ".venv"
    models = shutil.copytree(place / "models", checkout.folder / "models")
    place.unlink()
    shutil.rmtree(checkout.folder / ".venvs")
    run = {"env": checkout.environment, "check": True, "timeout": 120, "capture_output": True}
    subprocess.run([checkout.environment["COPIES_ENVIRONMENT"], str(place)], **run)  # type: ignore[call-overload]  # noqa: S603
    subprocess.run([str(place / "bin" / "pip"), "install", "--no-index", "tiny==1.0"], **run)  # type: ignore[call-overload]  # noqa: S603
    models.rename(place / "models")
    _stamp(checkout, place)


def _stamp(checkout: Checkout, environment: Path) -> None:
    digest = hashlib.sha256((checkout.folder / "requirements.lock").read_bytes()).hexdigest()
    (environment / "installed-requirements.lock").write_text(f"{digest}  -\n")


def _assert_served_by_older(checkout: Checkout, what: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (0, "served installed\n"), err
    lines = _without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"serve: requirements.lock is not installed: {what}")
    assert "going on with the older packages in" in lines[0]


def _assert_one_line(checkout: Checkout, what: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (1, "")
    lines = _without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"serve: {what}"), err


@pytest.mark.parametrize("failing", [None, "debian", "pytest", "coverage", "ruff", "mypy"])
def test_the_status_of_a_run_of_all_tests_is_whether_something_failed(ready: Checkout, failing: str | None) -> None:
    """A trap at its end once made 2 of every status, of good runs too."""
    _use_tools_that_say_yes(ready, failing)
    code, out, err = ready.run("scripts/test", FACES="/somewhere", TMPDIR=str(ready.home))
    assert code == (1 if failing else 0), err
    assert out.splitlines()[-1] == "== 2 passed =="
    assert ("failed already" in out) == (failing is not None)
    assert "== debian\nmain job\n" in out
    steps = [
        line for line in out.splitlines() if line.startswith("== ") and "passed" not in line and "failed" not in line
    ]
    assert [step for step in steps if step.endswith(("sqlite", "postgresql", "debian"))] == [
        "== tests-on-sqlite",
        "== debian",
        "== tests-on-postgresql",
    ]
    assert not list(ready.home.iterdir())


def test_a_run_of_all_tests_that_is_ended_leaves_nothing_running(ready: Checkout) -> None:
    _use_tools_that_say_yes(ready, None)
    making = ready.folder / "making-debian"
    _script(ready.folder / "scripts" / "test-on-debian", f'echo $$ >"{making}"; /bin/sleep 600; echo went on')
    _script(ready.folder / ".venv" / "bin" / "ruff", "exec /bin/sleep 600")
    wait = f'until [ -s "{making}" ]; do sleep 0.01; done; '
    _script(ready.folder / ".venv" / "bin" / "pytest", f'{wait}echo began; kill -TERM "$PPID"')
    started = ready.start("scripts/test", FACES="/somewhere", TMPDIR=str(ready.home))
    _, err = started.communicate(timeout=60)  # the pipes are closed by all who hold them
    assert started.returncode != 0, err
    assert not Path(f"/proc/{making.read_text().strip()}").exists()


@pytest.mark.skipif(not os.access(MEMORY, os.W_OK), reason="this machine has no /dev/shm")
def test_what_a_killed_run_left_in_memory_goes_with_the_next_one_and_a_running_ones_stays(ready: Checkout) -> None:
    _use_tools_that_say_yes(ready, None)
    _script(ready.folder / ".venv" / "bin" / "pytest", 'printf "%s\\n" "$@"')
    with subprocess.Popen(["/bin/true"]) as ended:
        pass
    left, in_use = MEMORY / f"cme-tests-{ended.pid}-killed", MEMORY / f"cme-tests-{os.getpid()}-running"
    try:
        (left / "sqlite").mkdir(parents=True)
        in_use.mkdir()
        code, out, err = ready.run("scripts/test", "--quick", FACES="/somewhere", TMPDIR="")
        assert (code, left.exists(), in_use.exists()) == (0, False, True), err
        own = Path(next(line for line in out.splitlines() if line.startswith("--basetemp=")).partition("=")[2]).parent
        assert not own.exists()
    finally:
        shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(in_use, ignore_errors=True)


@pytest.mark.parametrize("options", [("--quick",), ("tests/credit",)])
def test_neither_a_quick_run_nor_one_of_some_tests_makes_a_debian(ready: Checkout, options: tuple[str, ...]) -> None:
    _use_tools_that_say_yes(ready, "debian")
    code, out, err = ready.run("scripts/test", *options, FACES="/somewhere", TMPDIR=str(ready.home))
    assert (code, "debian" in out) == (0, False), err


def test_a_machine_that_can_have_no_debian_says_so_in_one_line_and_goes_on(ready: Checkout, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    for root, said in ((1000, "only root can make one"), (0, "this machine allows no namespaces")):
        _script(tools / "id", f"echo {root}")
        code, out, err = ready.run("scripts/test-on-debian", PATH=str(tools), TMPDIR=str(ready.home))
        assert (code, out, err) == (0, "", f"test-on-debian: not tested on Debian 13: {said}\n")
    (tools / "true").symlink_to("/bin/true")
    _script(tools / "unshare", 'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"')
    machine = {"PATH": str(tools), "TMPDIR": str(ready.home)}
    code, out, err = ready.run("scripts/test-on-debian", **machine)
    assert (code, out, err.count("\n"), "names no mirror of Debian" in err) == (0, "", 1, True)
    machine["DEBIAN_MIRROR"] = "http://127.0.0.1:1/debian"
    code, out, err = ready.run("scripts/test-on-debian", **machine)
    assert (code, out, err.count("\n"), "apt-get can't fetch it" in err) == (0, "", 1, True)
    for failing in ("false", "exec sleep 600"):
        _script(tools / "debootstrap", f"echo E: no mirror; {failing}")
        _script(tools / "timeout", 'shift 3; exec /usr/bin/timeout -k 1 1 "$@"')
        (tools / "sleep").unlink(missing_ok=True)
        (tools / "sleep").symlink_to("/bin/sleep")
        code, out, err = ready.run("scripts/test-on-debian", **machine)
        assert (code, out, err.count("\n"), err.endswith("E: no mirror\n")) == (0, "", 1, True), err
    assert not list(ready.home.iterdir())


def _use_tools_that_say_yes(checkout: Checkout, failing: str | None) -> None:
    assert checkout.run("scripts/set-up-for-tests")[0] == 0
    _script(checkout.folder / "scripts" / "test-on-debian", f"echo main job\n{'false' if failing == 'debian' else ''}")
    for tool in ("pytest", "coverage", "ruff", "mypy", "lint-imports"):
        _script(
            checkout.folder / ".venv" / "bin" / tool, f'echo "== 2 passed =="\n{"false" if tool == failing else ""}'
        )
