"""The networks of faces and the renderer of the pages: fetched at the set-up, and the service starts without them."""

import hashlib
import shutil
import tarfile
from pathlib import Path

import pytest

from tests.service.set_up.checkouts import (
    COPYING_PYTHON,
    NETWORKS,
    PYTHON,
    Checkout,
    folder_of_tools,
    without_progress,
    write_script,
)

pytestmark = pytest.mark.slow


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
    assert without_progress(err)[0].endswith("models.lock names; /api/docs is pages without scripts")


def test_networks_that_are_not_the_locked_ones_are_not_used_and_the_service_starts(fresh: Checkout) -> None:
    fresh.lock_networks("0" * 128)
    _assert_served_without_networks(fresh, "what npm fetched is not the @a/package@1.0 that models.lock names")


def test_an_unreachable_registry_does_not_keep_the_service_from_starting(fresh: Checkout) -> None:
    _assert_served_without_networks(fresh, "npm could not fetch @a/package@1.0", NPM_SERVES="/nowhere")


def test_neither_does_a_machine_without_npm(fresh: Checkout, tmp_path: Path) -> None:
    tools = folder_of_tools(tmp_path)
    write_script(tools / PYTHON, COPYING_PYTHON)
    assert fresh.run("scripts/serve")[0] == 0
    shutil.rmtree(fresh.folder / ".venvs" / "models" / "human-1.0")
    _assert_served_without_networks(fresh, "there is no npm", PATH=str(tools))


def _assert_served_without_networks(checkout: Checkout, said: str, **environment: str) -> None:
    code, out, err = checkout.run("scripts/serve", **environment)
    assert (code, out) == (0, "served installed\n")
    lines = without_progress(err)
    assert len(lines) == 1, err
    assert lines[0].startswith(f"fetch-models: {said}")
    assert lines[0].endswith("; without @a/package only dlib finds and recognises faces")
    assert not (checkout.folder / ".venv" / "models" / "human-1.0").exists()
