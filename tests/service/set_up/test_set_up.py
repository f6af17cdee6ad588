"""Setting a checkout up: quick when it is done, harmless to what runs, one line when something is missing."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.service.set_up.checkouts import (
    COPYING_PYTHON,
    PYTHON,
    REAL_PYTHON,
    ROOT,
    Checkout,
    folder_of_tools,
    make_wheel,
    stamp,
    without_progress,
    write_script,
)

pytestmark = pytest.mark.slow
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and os.access(path, os.X_OK))
PASS_OPTIONS_ON = ("bench", "test")  # to argparse and pytest
LATE_IMPORT = """
import sys, tiny
print("served", flush=True)
sys.stdin.readline()
import tiny_late
print(tiny_late.WORD, sys.prefix)
"""


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
    tools = folder_of_tools(tmp_path)
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
    _assert_one_line(fresh, "Python 3.11 to 3.14 is missing (found: none)", PATH=str(folder_of_tools(tmp_path)))


def test_another_python_is_one_line_that_names_it(fresh: Checkout, tmp_path: Path) -> None:
    tools = folder_of_tools(tmp_path)
    write_script(tools / "python3", '[ "$1" = --version ] && echo Python 3.9.2 || exit 1')
    _assert_one_line(fresh, "Python 3.11 to 3.14 is missing (found: Python 3.9.2)", PATH=str(tools))


def test_a_python_without_venv_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = folder_of_tools(tmp_path)
    write_script(tools / "python3.11", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    _assert_one_line(fresh, "python3.11 can't make virtual environments", PATH=str(tools))


def test_a_full_disk_is_one_line(fresh: Checkout, tmp_path: Path) -> None:
    tools = folder_of_tools(tmp_path)
    (tools / "df").unlink()
    write_script(tools / "df", "printf 'Filesystem Blocks Used Available\\n/dev/x 9 9 1000 99%% /\\n'")
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
    lines = without_progress(err)
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
    code, out, err = fresh.run(f"scripts/{name}", "--help", PATH=str(folder_of_tools(tmp_path)))
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: scripts/{name}")
    assert not (fresh.folder / ".venvs").exists()


@pytest.mark.parametrize("name", [each for each in SCRIPTS if each not in PASS_OPTIONS_ON])
def test_an_unknown_option_sets_nothing_up(fresh: Checkout, tmp_path: Path, name: str) -> None:
    code, out, err = fresh.run(f"scripts/{name}", "--dmeo", PATH=str(folder_of_tools(tmp_path)))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"{name}: unknown option --dmeo; Usage: scripts/{name}")
    assert not (fresh.folder / ".venvs").exists()


def test_a_python_that_can_make_environments_is_preferred(fresh: Checkout, tmp_path: Path) -> None:
    tools = folder_of_tools(tmp_path)
    write_script(tools / "python3.14", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    write_script(tools / "python3", COPYING_PYTHON)
    code, out, err = fresh.run("scripts/serve", PATH=str(tools))
    assert (code, out) == (0, "served installed\n"), err


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
    stamp(checkout, place)


def _assert_served_by_older(checkout: Checkout, what: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (0, "served installed\n"), err
    lines = without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"serve: requirements.lock is not installed: {what}")
    assert "going on with the older packages in" in lines[0]


def _assert_one_line(checkout: Checkout, what: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (1, "")
    lines = without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"serve: {what}"), err
