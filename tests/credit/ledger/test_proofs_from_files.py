"""The ledger is checked from files alone: by the script, by old keys, and not by keys of others."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from credit.ledger.verify import Unproven, check_consistency, check_inclusion, main, read_head
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.running.upkeep import sweep
from tests.api import Api
from tests.credit.conftest import CreditScene, New
from tests.credit.ledger.signed_ledgers import entry_at, fill, keys, sign
from tests.fakes import FakeEngine

ROOT = Path(__file__).parents[3]


def test_every_entry_is_proven_from_files_alone(scene: CreditScene, new: New) -> None:
    fill(scene, new, 11)
    sign(scene)
    for position in range(11):
        proof = scene.learner.get(f"/ledger-entries/{entry_at(scene, position)}/proof").json
        assert f"entry {position} is in the ledger of 11" in check_inclusion(proof, keys(scene))
        forged = proof | {"leaf": proof["leaf"].replace('"credits":"5.00"', '"credits":"9.00"')}
        with pytest.raises(Unproven):
            check_inclusion(forged, keys(scene))


def test_the_script_checks_everything_from_files_without_a_database(
    scene: CreditScene,
    new: New,
    tmp_path: Path,
) -> None:
    fill(scene, new, 5)
    old = sign(scene)
    fill(scene, new, 4)
    head = sign(scene)
    proof = scene.learner.get(f"/ledger-entries/{entry_at(scene, 3)}/proof").json
    leaves = all_leaves(scene)
    files = {
        "keys": keys(scene),
        "inclusion": proof,
        "consistency": scene.api.get(f"/ledger/consistency?old={old['size']}&new={head['size']}").json,
        "head": head,
        "forged": proof | {"index": 4},
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "leaves.jsonl").write_text("".join(f"{leaf}\n" for leaf in leaves), encoding="utf-8")
    given = [
        ["inclusion", "inclusion.json"],
        ["consistency", "consistency.json"],
        ["ledger", "leaves.jsonl", "head.json"],
    ]
    for kind, *names in given:
        done = run_script(tmp_path, kind, *names)
        assert (done.returncode, done.stdout.startswith("proven: ")) == (0, True), done.stderr
    for kind, *names in given:
        done = run_module(tmp_path, kind, *names)
        assert (done.returncode, "sqlalchemy" in done.stderr) == (0, False), done.stderr
    forged = run_script(tmp_path, "inclusion", "forged.json")
    assert (forged.returncode, forged.stderr.startswith("NOT PROVEN: ")) == (1, True)
    gone = run_script(tmp_path, "inclusion", "gone.json")
    assert (gone.returncode, "can't read" in gone.stderr) == (2, True)
    assert main(["--keys", str(tmp_path / "keys.json"), "inclusion", str(tmp_path / "forged.json")]) == 1
    assert main(["--keys", str(tmp_path / "keys.json"), "inclusion", str(tmp_path / "gone.json")]) == 2


def run_script(folder: Path, kind: str, *names: str) -> subprocess.CompletedProcess[str]:
    """The script as whoever holds the files starts it: from their folder, with no database to be reached."""
    return subprocess.run(  # noqa: S603 - our own script
        [ROOT / "scripts" / "verify-ledger", "--keys", "keys.json", kind, *names],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql+psycopg://nobody@localhost:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )


def run_module(folder: Path, kind: str, *names: str) -> subprocess.CompletedProcess[str]:
    """What the script runs, telling everything that it imports."""
    command = [sys.executable, "-X", "importtime", "-m", "credit.ledger.verify", "--keys", folder / "keys.json", kind]
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, *(folder / name for name in names)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_heads_of_an_old_key_are_still_proven_after_a_new_one_came(
    scene: CreditScene, new: New, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(scene, new, 2)
    old = sign(scene)
    (retired,) = (each["x"] for each in keys(scene)["keys"] if each["kid"] == kid_of(old))
    settings = scene.api.app.extensions["components"].settings
    changed = settings.model_copy(update={"ledger_key": SecretStr(base64.b64encode(b"n" * 32).decode())})
    sweep(changed)
    assert "published nowhere" in caplog.text
    caplog.clear()
    changed = changed.model_copy(update={"ledger_old_public_keys": (retired,)})
    app = create_app(changed, clock=scene.clock, engine=FakeEngine())
    later = replace(scene, api=Api(app))
    later.authority = later.api.as_(scene.boss)
    fill(scene, new, 3)
    newest = sign(later)
    sweep(changed)
    assert "published nowhere" not in caplog.text
    published = keys(later)
    assert len(published["keys"]) == 3
    assert kid_of(newest) != kid_of(old)
    proof = later.api.get(f"/ledger/consistency?old={old['size']}&new={newest['size']}").json
    assert "unchanged" in check_consistency(proof, published)
    with pytest.raises(Unproven):
        check_consistency(proof, keys(scene))  # which know nothing of the new key
    with app.app_context():
        flask_db.session.remove()
        flask_db.engine.dispose()


def kid_of(head: dict[str, Any]) -> str:
    return str(jwt.get_unverified_header(head["token"])["kid"])


@pytest.mark.parametrize("given", ["x", "A" * 42, "A" * 44, "*" * 43])
def test_what_is_no_public_key_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="ledger_old_public_keys"):
        Settings(ledger_old_public_keys=given)  # as it comes from the environment


def all_leaves(scene: CreditScene) -> list[str]:
    """All leaves, page by page."""
    found, more = [], ""
    while True:
        page = scene.authority.get(f"/ledger/leaves?limit=4{more}").json
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        more = f"&cursor={page['next_cursor']}"


def test_a_head_signed_by_another_key_or_for_another_purpose_is_worth_nothing(scene: CreditScene, new: New) -> None:
    fill(scene, new, 1)
    token = sign(scene)["token"]
    published = keys(scene)
    strangers = {"keys": [key | {"x": published["keys"][0]["x"]} for key in published["keys"]]}
    for wrong in (strangers, {"keys": []}, {}):
        with pytest.raises(Unproven):
            read_head(token, wrong)
    for broken in ("", "a.b", token[:-4] + "AAAA", token.replace(".", "", 1)):
        with pytest.raises(Unproven):
            read_head(broken, published)
