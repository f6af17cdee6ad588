"""Checkouts that were never set up, that are, and that may be changed."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.set_up.checkouts import COPYING_ENVIRONMENT, REAL_PYTHON, Checkout, stamp, write_script


@pytest.fixture(scope="package")
def copies_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that makes an environment with pip at a path by copying one."""
    folder = tmp_path_factory.mktemp("environment")
    made = folder / "made"
    subprocess.run([REAL_PYTHON, "-m", "venv", made], check=True, timeout=120)  # noqa: S603 - our own interpreter
    write_script(folder / "copy", COPYING_ENVIRONMENT.format(made=made))
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
    stamp(fresh, made)
    return fresh


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package index that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening
