"""Tamper evidence from outside (X-11): signed heads, proofs by API, and the script that checks them from files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from credit.ledger import tiles
from credit.ledger.verify import Unproven, check_consistency, check_inclusion, check_ledger, read_head
from models.ledger import LedgerEntry
from models.ledger_tree import LedgerTile
from models.people import Role
from service.running.upkeep import sweep
from tests.credit.conftest import CreditScene, New
from tests.credit.ledger.signed_ledgers import entry_at, fill, keys, sign


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
