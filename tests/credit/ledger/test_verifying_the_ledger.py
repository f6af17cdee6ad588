"""Tamper evidence from outside (X-11): signed heads, proofs by API, and the script that checks them from files."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from credit.ledger import posting, tiles
from credit.ledger.verify import Unproven, check_consistency, check_inclusion, check_ledger, main, read_head
from models.ledger import LedgerEntry
from models.ledger_tree import LedgerTile
from models.people import Role
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.running.upkeep import sweep
from tests.api import Api
from tests.credit.conftest import CreditScene, New
from tests.fakes import FakeEngine

ROOT = Path(__file__).parents[3]


def fill(scene: CreditScene, new: New, count: int) -> None:
    posting.post_many(scene.db, [new(person_id=scene.person.id) for _ in range(count)])


def sign(scene: CreditScene) -> dict[str, Any]:
    reply = scene.authority.post("/ledger/heads")
    assert reply.status_code == 201, reply.json
    return dict(reply.json)


def keys(scene: CreditScene) -> dict[str, Any]:
    return dict(scene.api.get("/.well-known/jwks.json").json)


def entry_at(scene: CreditScene, position: int) -> str:
    return str(scene.db.scalar(select(LedgerEntry.id).where(LedgerEntry.position == position)))


@contextmanager
def behind_the_triggers(scene: CreditScene) -> Iterator[None]:
    """Change rows as somebody can who owns the database."""
    if scene.db.get_bind().dialect.name == "postgresql":
        scene.db.execute(text("SET session_replication_role = replica"))
        yield
        scene.db.execute(text("SET session_replication_role = DEFAULT"))
        return
    wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = scene.db.execute(text(wanted)).all()
    for name, _ in triggers:
        scene.db.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, sql in triggers:
        scene.db.execute(text(sql))


def test_an_empty_ledger_has_no_head(scene: CreditScene) -> None:
    assert scene.api.get("/ledger/head").status_code == 404
    assert scene.authority.post("/ledger/heads").status_code == 404


def test_the_sweep_signs_what_is_new_and_nothing_twice(scene: CreditScene, new: New) -> None:
    settings = scene.api.app.extensions["components"].settings
    sweep(settings)
    fill(scene, new, 3)
    for _ in range(2):
        sweep(settings)
    fill(scene, new, 1)
    sweep(settings)
    heads = scene.api.get("/ledger/heads").json["items"]
    assert [head["size"] for head in heads] == [4, 3]
    assert scene.api.get("/ledger/head").json == heads[0]
    head = read_head(heads[0]["token"], keys(scene))
    assert (head.size, head.root.hex()) == (4, heads[0]["root"])


def test_every_entry_is_proven_from_files_alone(scene: CreditScene, new: New) -> None:
    fill(scene, new, 11)
    sign(scene)
    for position in range(11):
        proof = scene.learner.get(f"/ledger-entries/{entry_at(scene, position)}/proof").json
        assert f"entry {position} is in the ledger of 11" in check_inclusion(proof, keys(scene))
        forged = proof | {"leaf": proof["leaf"].replace('"credits":"5.00"', '"credits":"9.00"')}
        with pytest.raises(Unproven):
            check_inclusion(forged, keys(scene))


def test_a_proof_for_an_older_head_still_holds_and_none_is_given_before_the_entry_came(
    scene: CreditScene,
    new: New,
) -> None:
    fill(scene, new, 2)
    sign(scene)
    fill(scene, new, 1)
    late = entry_at(scene, 2)
    assert scene.learner.get(f"/ledger-entries/{late}/proof").status_code == 404
    sign(scene)
    first = entry_at(scene, 0)
    assert check_inclusion(scene.learner.get(f"/ledger-entries/{first}/proof?size=2").json, keys(scene))
    assert scene.learner.get(f"/ledger-entries/{late}/proof?size=2").status_code == 404
    assert scene.learner.get(f"/ledger-entries/{first}/proof?size=1").status_code == 404


def test_each_head_is_proven_to_continue_the_ones_before_it(scene: CreditScene, new: New) -> None:
    sizes = []
    for more in (1, 2, 4, 3):
        fill(scene, new, more)
        sizes.append(sign(scene)["size"])
    for old in sizes:
        for later in sizes:
            reply = scene.api.get(f"/ledger/consistency?old={old}&new={later}")
            if old > later:
                assert reply.status_code == 404
                continue
            assert "unchanged" in check_consistency(reply.json, keys(scene))
    swapped = reply.json | {"old_head": reply.json["new_head"], "path": ["00" * 32]}
    with pytest.raises(Unproven):
        check_consistency(swapped, keys(scene))
    assert scene.api.get("/ledger/consistency?old=2&new=10").status_code == 404


def test_full_tiles_are_kept_and_proofs_over_them_are_the_same(
    scene: CreditScene,
    new: New,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_BITS", 2)
    sizes = []
    for more in (3, 1, 13, 5, 48):  # 70 in all: tiles at three levels
        fill(scene, new, more)
        sizes.append(sign(scene)["size"])
    kept = select(LedgerTile.level, func.count(LedgerTile.number)).group_by(LedgerTile.level).order_by(LedgerTile.level)
    assert [tuple(row) for row in scene.db.execute(kept)] == [(0, 17), (1, 4), (2, 1)]
    for position in range(70):
        proof = scene.learner.get(f"/ledger-entries/{entry_at(scene, position)}/proof").json
        check_inclusion(proof, keys(scene))
    for old in sizes:
        check_consistency(scene.api.get(f"/ledger/consistency?old={old}&new=70").json, keys(scene))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET credits = 900, counted = 900 WHERE position = 2",
        "DELETE FROM ledger_entry WHERE position = 2",
        "DELETE FROM ledger_entry WHERE position = 5",
    ],
)
def test_who_changes_rows_behind_the_triggers_gets_no_signature(
    scene: CreditScene,
    new: New,
    change: str,
) -> None:
    fill(scene, new, 6)
    head = sign(scene)
    with behind_the_triggers(scene):
        scene.db.execute(text(change))
    refused = scene.authority.post("/ledger/heads")
    assert (refused.status_code, refused.json["code"]) == (409, "ledger_altered")
    leaves = scene.authority.get("/ledger/leaves").json["items"]
    with pytest.raises(Unproven):
        check_ledger(leaves, head, keys(scene))


def test_the_sweep_looks_at_rows_again_that_were_hashed_long_ago(
    scene: CreditScene, new: New, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_BITS", 2)
    settings = scene.api.app.extensions["components"].settings
    fill(scene, new, 30)
    sweep(settings)
    assert "altered" not in caplog.text
    with behind_the_triggers(scene):
        scene.db.execute(text("UPDATE ledger_entry SET activity_name = '另一门课' WHERE position = 13"))
    sweep(settings)
    assert "altered behind the service, at or after position 13" in caplog.text


@pytest.mark.parametrize("table", ["ledger_tile", "tree_head"])
def test_heads_and_tiles_are_only_ever_added(
    scene: CreditScene,
    new: New,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
) -> None:
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_BITS", 2)
    fill(scene, new, 4)
    sign(scene)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET root = root"):  # noqa: S608
        with pytest.raises(DBAPIError, match="only ever added"):
            scene.db.execute(text(change))
        scene.db.rollback()


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


def test_proofs_are_for_the_owner_and_those_who_look_after_them(scene: CreditScene, new: New) -> None:
    fill(scene, new, 1)
    sign(scene)
    path = f"/ledger-entries/{entry_at(scene, 0)}/proof"
    make, unit = scene.make, scene.unit
    may = [scene.person, make.staff(Role.UNIT_ADMIN, unit), make.staff(Role.AUDITOR, make.province)]
    may_not = [make.person(unit=unit), make.organizer(unit), make.staff(Role.UNIT_ADMIN, make.unit(name="第二医院"))]
    assert [scene.api.as_(who).get(path).status_code for who in may] == [200] * 3
    assert [scene.api.as_(who).get(path).status_code for who in may_not] == [404] * 3
    for who in (scene.person, make.staff(Role.UNIT_ADMIN, unit), make.staff(Role.AUDITOR, unit)):
        assert scene.api.as_(who).get("/ledger/leaves").status_code == 403
        if who is scene.person:
            assert scene.api.as_(who).post("/ledger/heads").status_code == 403


def test_the_authority_takes_a_grant_back_once_with_a_reason(scene: CreditScene, new: New) -> None:
    fill(scene, new, 1)
    path = f"/ledger-entries/{entry_at(scene, 0)}/reversal"
    assert scene.authority.post(path, {}).status_code == 422
    assert scene.learner.post(path, {"reason": "录入有误"}).status_code == 403
    made = scene.authority.post(path, {"reason": "录入有误"})
    assert (made.status_code, made.json["credits"]) == (201, "-5.00")
    again = scene.authority.post(path, {"reason": "录入有误"})
    assert (again.status_code, again.json["code"]) == (409, "already_reversed")
    assert scene.authority.post(f"/ledger-entries/{made.json['id']}/reversal", {"reason": "不行"}).status_code == 404
    assert scene.credits(year=2026)["items"] == []


def test_every_column_of_the_ledger_is_part_of_its_leaf(scene: CreditScene, new: New) -> None:
    fill(scene, new, 1)
    (leaf,) = scene.authority.get("/ledger/leaves").json["items"]
    content = json.loads(leaf)
    assert set(content) == {column.name for column in LedgerEntry.__table__.columns} | {"format"}
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == leaf
    assert content["credits"] == "5.00"
