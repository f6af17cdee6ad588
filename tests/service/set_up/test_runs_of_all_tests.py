"""`scripts/test`: its status, what it leaves when it is ended, and when it makes a Debian."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.service.set_up.checkouts import Checkout, folder_of_tools, write_script

pytestmark = pytest.mark.slow
MEMORY = Path("/dev/shm")  # noqa: S108 - what lies there has names of its own


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
    write_script(ready.folder / "scripts" / "test-on-debian", f'echo $$ >"{making}"; /bin/sleep 600; echo went on')
    write_script(ready.folder / ".venv" / "bin" / "ruff", "exec /bin/sleep 600")
    wait = f'until [ -s "{making}" ]; do sleep 0.01; done; '
    write_script(ready.folder / ".venv" / "bin" / "pytest", f'{wait}echo began; kill -TERM "$PPID"')
    started = ready.start("scripts/test", FACES="/somewhere", TMPDIR=str(ready.home))
    _, err = started.communicate(timeout=60)  # the pipes are closed by all who hold them
    assert started.returncode != 0, err
    assert not Path(f"/proc/{making.read_text().strip()}").exists()


@pytest.mark.skipif(not os.access(MEMORY, os.W_OK), reason="this machine has no /dev/shm")
def test_what_a_killed_run_left_in_memory_goes_with_the_next_one_and_a_running_ones_stays(ready: Checkout) -> None:
    _use_tools_that_say_yes(ready, None)
    write_script(ready.folder / ".venv" / "bin" / "pytest", 'printf "%s\\n" "$@"')
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
    tools = folder_of_tools(tmp_path)
    for root, said in ((1000, "only root can make one"), (0, "this machine allows no namespaces")):
        write_script(tools / "id", f"echo {root}")
        code, out, err = ready.run("scripts/test-on-debian", PATH=str(tools), TMPDIR=str(ready.home))
        assert (code, out, err) == (0, "", f"test-on-debian: not tested on Debian 13: {said}\n")
    (tools / "true").symlink_to("/bin/true")
    write_script(tools / "unshare", 'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"')
    machine = {"PATH": str(tools), "TMPDIR": str(ready.home)}
    code, out, err = ready.run("scripts/test-on-debian", **machine)
    assert (code, out, err.count("\n"), "names no mirror of Debian" in err) == (0, "", 1, True)
    machine["DEBIAN_MIRROR"] = "http://127.0.0.1:1/debian"
    code, out, err = ready.run("scripts/test-on-debian", **machine)
    assert (code, out, err.count("\n"), "apt-get can't fetch it" in err) == (0, "", 1, True)
    for failing in ("false", "exec sleep 600"):
        write_script(tools / "debootstrap", f"echo E: no mirror; {failing}")
        write_script(tools / "timeout", 'shift 3; exec /usr/bin/timeout -k 1 1 "$@"')
        (tools / "sleep").unlink(missing_ok=True)
        (tools / "sleep").symlink_to("/bin/sleep")
        code, out, err = ready.run("scripts/test-on-debian", **machine)
        assert (code, out, err.count("\n"), err.endswith("E: no mirror\n")) == (0, "", 1, True), err
    assert not list(ready.home.iterdir())


def _use_tools_that_say_yes(checkout: Checkout, failing: str | None) -> None:
    assert checkout.run("scripts/set-up-for-tests")[0] == 0
    write_script(
        checkout.folder / "scripts" / "test-on-debian", f"echo main job\n{'false' if failing == 'debian' else ''}"
    )
    for tool in ("pytest", "coverage", "ruff", "mypy", "lint-imports"):
        write_script(
            checkout.folder / ".venv" / "bin" / tool, f'echo "== 2 passed =="\n{"false" if tool == failing else ""}'
        )
