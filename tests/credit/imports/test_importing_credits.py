"""Credits from course providers and other provinces: looked at, committed once, undone as one."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from credit.ledger import posting
from models.edge import AuditEntry
from models.ledger import LedgerEntry
from models.people import Role
from tests.credit.conftest import CreditScene, New


def ledger_size(scene: CreditScene) -> int:
    return scene.db.scalar(select(func.count(LedgerEntry.position))) or 0


def named(shown: dict[str, Any]) -> list[tuple[int, str, str]]:
    """The errors of an import; each says in words what to do."""
    assert all(each["message"] for each in shown["errors"])
    return [(each["row"], each["field"], each["code"]) for each in shown["errors"]]


def test_a_preview_counts_nothing_and_a_commit_counts_once(scene: CreditScene) -> None:
    made = scene.preview(*scene.figure_7())
    assert (made.status_code, made.json["rows"], made.json["errors"]) == (201, 10, [])
    assert scene.credits()["items"] == []
    path = f"/credit-imports/{made.json['id']}/commit"
    first, again = scene.authority.post(path), scene.authority.post(path)
    assert (first.status_code, first.json) == (200, {"committed": 10, "left_out": []})
    assert (again.status_code, again.json) == (200, {"committed": 10, "left_out": []})
    assert ledger_size(scene) == 9


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"credits": "x"}, ("credits", "invalid")),
        ({"credits": "-1.00"}, ("credits", "invalid")),
        ({"credits": "1.005"}, ("credits", "invalid")),
        ({"credits": "NaN"}, ("credits", "invalid")),
        ({"credits": "1e2000000"}, ("credits", "invalid")),
        ({"credits": 5}, ("credits", "invalid")),
        ({"hours": "2.25"}, ("hours", "invalid")),
        ({"hours": None}, ("hours", "missing")),
        ({"cme_number": "0000000000"}, ("cme_number", "unknown_person")),
        ({"cme_number": "   "}, ("cme_number", "missing")),
        ({"category": "NOPE"}, ("category", "unknown_category")),
        ({"date": "2018-02-30"}, ("date", "invalid")),
        ({"date": "2018-W20-5"}, ("date", "invalid")),
        ({"date": "1999-12-31"}, ("date", "invalid")),
        ({"date": "2099-01-01"}, ("date", "in_future")),
        ({"activity_type": "其他"}, ("activity_type", "invalid")),
        ({"status": "rejected"}, ("status", "invalid")),
        ({"name": "课" * 201}, ("name", "too_long")),
        ({"colour": "red"}, ("colour", "unknown_field")),
        ({"recorded_by": ["x"]}, ("recorded_by", "invalid")),
        ({"number": {"x": float("nan")}}, ("number", "invalid")),
        ({"hours": float("nan")}, ("hours", "invalid")),
        ({"credits": "5_0"}, ("credits", "invalid")),
        ({"credits": "1e2"}, ("credits", "invalid")),
        ({"credits": "５.00"}, ("credits", "invalid")),
        ({"discipline": "学" * 100_000}, ("discipline", "too_long")),
    ],
)
def test_a_bad_row_is_named_and_stops_the_whole_import(
    scene: CreditScene, changes: dict[str, Any], error: tuple[str, str]
) -> None:
    made = scene.preview(scene.row(0), scene.row(1, **changes))
    assert made.status_code == 201
    assert named(made.json) == [(2, *error)]
    refused = scene.authority.post(f"/credit-imports/{made.json['id']}/commit")
    assert (refused.status_code, refused.json["code"]) == (409, "import_has_errors")
    assert ledger_size(scene) == 0


def test_a_category_may_be_given_by_its_name(scene: CreditScene) -> None:
    scene.load(scene.row(category="国家级继续医学教育项目"))
    assert scene.credits()["items"][0]["category"] == "NAT"


def test_the_same_activity_twice_in_one_import_is_a_duplicate(scene: CreditScene) -> None:
    made = scene.preview(scene.row(1), scene.row(2), scene.row(1, credits="4.00"))
    assert named(made.json) == [(3, "name", "duplicate")]


@pytest.mark.parametrize("status", ["approved", "pending"])
def test_what_was_recorded_before_can_not_come_again_with_another_import(scene: CreditScene, status: str) -> None:
    scene.load(scene.row(1, status=status))
    again = scene.preview(scene.row(1, credits="4.00"))
    assert named(again.json) == [(1, "name", "already_recorded")]


def test_of_two_previews_of_one_activity_only_the_first_commit_succeeds(scene: CreditScene) -> None:
    one, two = (scene.preview(scene.row(1)).json["id"] for _ in range(2))
    assert scene.authority.post(f"/credit-imports/{one}/commit").status_code == 200
    late = scene.authority.post(f"/credit-imports/{two}/commit")
    assert (late.status_code, late.json["code"]) == (409, "import_has_errors")
    shown = scene.authority.get(f"/credit-imports/{two}").json
    assert named(shown) == [(1, "name", "already_recorded")]
    assert ledger_size(scene) == 1


def test_an_undone_import_leaves_no_credits_and_its_rows_may_come_again(scene: CreditScene) -> None:
    made = scene.load(*scene.figure_7())
    undo = f"/credit-imports/{made}/undo"
    assert scene.authority.post(undo, {"reason": "来源有误"}).status_code == 200
    assert scene.authority.post(undo, {"reason": "来源有误"}).json["undone_at"] is not None
    shown = scene.credits()
    assert (shown["items"], shown["totals"]["credits"], shown["totals"]["hours"]) == ([], "0.00", "0.0")
    assert len(scene.credits("&status=reversed")["items"]) == 9
    assert ledger_size(scene) == 18
    assert scene.authority.post(f"/credit-imports/{made}/commit").json["code"] == "import_undone"
    scene.load(*scene.figure_7())
    assert scene.credits()["totals"]["credits"] == "38.00"


def test_an_import_that_was_never_committed_can_not_be_undone(scene: CreditScene) -> None:
    made = scene.preview(scene.row()).json["id"]
    refused = scene.authority.post(f"/credit-imports/{made}/undo", {"reason": "来源有误"})
    assert (refused.status_code, refused.json["code"]) == (409, "import_not_committed")


def test_the_approval_of_a_record_that_waits_appends_its_grant_once(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    assert (waiting["cme_number"], waiting["credits"]) == (scene.person.cme_number, "13.00")
    path = f"/credit-records/{waiting['id']}/decision"
    for _ in range(2):
        decided = scene.authority.post(path, {"decision": "approve", "comment": "已核实"})
        assert (decided.status_code, decided.json["status"]) == (200, "approved")
    assert ledger_size(scene) == 10
    assert scene.authority.post(path, {"decision": "reject", "comment": "证书无效"}).json["code"] == "already_decided"
    (item,) = (each for each in scene.compliance()["items"] if each["credits"] == "13.00")
    assert (item["status"], item["counted"], item["reason"]) == ("approved", "10.00", "project_cap")
    assert scene.authority.get("/credit-records").json["items"] == []


def test_a_rejected_record_never_counts_and_says_why(scene: CreditScene) -> None:
    scene.load(scene.row(status="pending"))
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    reply = scene.authority.post(
        f"/credit-records/{waiting['id']}/decision", {"decision": "reject", "comment": "证书无效"}
    )
    assert reply.status_code == 200
    assert scene.credits()["items"] == []
    (rejected,) = scene.credits("&status=rejected")["items"]
    assert rejected["review_comment"] == "证书无效"
    assert ledger_size(scene) == 0


def test_undoing_an_import_takes_back_what_was_approved_of_it_later(scene: CreditScene) -> None:
    made = scene.load(scene.row(status="pending"))
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    scene.authority.post(f"/credit-records/{waiting['id']}/decision", {"decision": "approve"})
    scene.authority.post(f"/credit-imports/{made}/undo", {"reason": "来源有误"})
    assert scene.credits()["items"] == []
    assert scene.credits()["totals"]["credits"] == "0.00"


def test_undoing_an_import_leaves_alone_what_a_later_one_brought_again(scene: CreditScene) -> None:
    first = scene.load(scene.row(1), scene.row(2), scene.row(3, status="pending"))
    (grant,) = (each["id"] for each in scene.credits()["items"] if each["name"] == "示例课程1")
    assert scene.authority.post(f"/ledger-entries/{grant}/reversal", {"reason": "学分有误"}).status_code == 201
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    decision = {"decision": "reject", "comment": "学分有误"}
    assert scene.authority.post(f"/credit-records/{waiting['id']}/decision", decision).status_code == 200
    second = scene.load(scene.row(1, credits="3.00"), scene.row(3, credits="2.00", status="pending"))
    assert scene.authority.post(f"/credit-imports/{first}/undo", {"reason": "来源有误"}).status_code == 200
    left = {each["name"]: each["credits"] for each in scene.credits()["items"]}
    assert left == {"示例课程1": "3.00", "示例课程3": "2.00"}
    assert scene.authority.post(f"/credit-imports/{second}/undo", {"reason": "来源有误"}).status_code == 200
    assert scene.credits()["items"] == []


def test_what_was_approved_and_then_taken_back_may_come_again_and_wait_again(scene: CreditScene) -> None:
    scene.load(scene.row(status="pending"))
    for _ in range(2):
        (waiting,) = scene.authority.get("/credit-records").json["items"]
        approved = scene.authority.post(f"/credit-records/{waiting['id']}/decision", {"decision": "approve"})
        assert approved.status_code == 200
        (grant,) = scene.credits()["items"]
        assert scene.authority.post(f"/ledger-entries/{grant['id']}/reversal", {"reason": "有误"}).status_code == 201
        scene.load(scene.row(status="pending"))
    assert [each["status"] for each in scene.credits()["items"]] == ["pending"]


def test_what_a_project_granted_here_does_not_come_again_by_its_number(scene: CreditScene, new: New) -> None:
    day, number = date(2018, 5, 18), "2018-03-01-123 (国)"
    facts = {"person_id": scene.person.id, "activity_on": day, "activity_number": number}
    grant = posting.post(scene.db, entry=new(**facts))
    row = scene.row(number=number)
    assert named(scene.preview(row, scene.row(1)).json) == [(1, "number", "already_recorded")]
    assert scene.preview(row | {"date": "2018-09-01"}).json["errors"] == []  # held again
    posting.reverse(scene.db, grants=[grant], reason="有误", now=scene.clock.now(), actor_id=None)
    assert scene.preview(row).json["errors"] == []


def test_a_certificate_counts_no_more_than_its_rule_gives_at_most(scene: CreditScene) -> None:
    scene.load(scene.row(category="BOOK", credits="40.00"))
    (item,) = scene.compliance()["items"]
    assert (item["credits"], item["counted"], item["reason"]) == ("40.00", "25.00", "project_cap")


def test_nobody_brings_decides_or_exempts_what_is_their_own(scene: CreditScene) -> None:
    other = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))
    own = scene.row(cme_number=scene.boss.cme_number, status="pending")
    assert named(scene.preview(own).json) == [(1, "cme_number", "own_credits")]
    made = other.post("/credit-imports", {"rows": [own]}).json["id"]
    assert other.post(f"/credit-imports/{made}/commit").status_code == 200
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    path = f"/credit-records/{waiting['id']}/decision"
    assert scene.authority.post(path, {"decision": "approve"}).json["code"] == "second_admin_needed"
    assert other.post(path, {"decision": "approve"}).status_code == 200
    absence = {"year": 2025, "kind": "SICK", "months": 6, "reason": "病假"}
    path = f"/people/{scene.boss.id}/credit-exemptions"
    assert scene.authority.post(path, absence).json["code"] == "second_admin_needed"
    assert other.post(path, absence).status_code == 201


def test_a_rejection_says_why(scene: CreditScene) -> None:
    scene.load(scene.row(status="pending"))
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    path = f"/credit-records/{waiting['id']}/decision"
    assert scene.authority.post(path, {"decision": "reject"}).status_code == 422
    assert scene.authority.get("/credit-records").json["items"] == [waiting]


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.UNIT_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR, None])
def test_only_the_authority_imports_and_decides(scene: CreditScene, role: Role | None) -> None:
    made = scene.preview(scene.row()).json["id"]
    who = scene.make.staff(role, scene.make.province) if role else scene.person
    other = scene.api.as_(who)
    calls = [
        other.post("/credit-imports", {"rows": [scene.row()]}),
        other.get("/credit-imports"),
        other.get(f"/credit-imports/{made}"),
        other.post(f"/credit-imports/{made}/commit"),
        other.post(f"/credit-imports/{made}/undo", {"reason": "来源有误"}),
        other.get("/credit-records"),
        other.post(f"/credit-records/{made}/decision", {"decision": "approve"}),
    ]
    assert {call.status_code for call in calls} == {403}


def test_an_authority_of_another_city_knows_nobody_here_and_sees_no_import(scene: CreditScene) -> None:
    city = scene.make.unit(name="他市")
    other = scene.api.as_(scene.make.staff(Role.AUTHORITY, city))
    made = scene.preview(scene.row()).json["id"]
    assert other.get(f"/credit-imports/{made}").status_code == 403
    assert other.get("/credit-imports").json["items"] == []
    (error,) = other.post("/credit-imports", {"rows": [scene.row()]}).json["errors"]
    assert (error["field"], error["code"]) == ("cme_number", "unknown_person")


def test_imports_and_their_rows_are_listed_by_pages(scene: CreditScene) -> None:
    ids = [scene.preview(scene.row(place), scene.row(place, credits="x")).json["id"] for place in range(3)]
    first = scene.authority.get("/credit-imports?limit=2").json
    rest = scene.authority.get(f"/credit-imports?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
    path = f"/credit-imports/{ids[0]}/rows"
    page = scene.authority.get(f"{path}?limit=1").json
    after = scene.authority.get(f"{path}?limit=1&cursor={page['next_cursor']}").json
    assert [each["row"] for each in page["items"] + after["items"]] == [1, 2]
    assert page["items"][0]["content"] == scene.row(0)
    (bad,) = scene.authority.get(f"{path}?only_errors=true").json["items"]
    assert bad["row"] == 2


def test_previews_commits_undoing_and_decisions_are_audited(scene: CreditScene) -> None:
    made = scene.load(scene.row(status="pending"))
    (waiting,) = scene.authority.get("/credit-records").json["items"]
    scene.authority.post(f"/credit-records/{waiting['id']}/decision", {"decision": "approve", "comment": "已核实"})
    scene.authority.post(f"/credit-imports/{made}/undo", {"reason": "来源有误"})
    trail = scene.db.execute(select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.reason).order_by(AuditEntry.id))
    assert [tuple(row) for row in trail] == [
        ("credit_import.preview", scene.boss.id, None),
        ("credit_import.commit", scene.boss.id, None),
        ("credit_record.decide", scene.boss.id, "已核实"),
        ("credit_import.undo", scene.boss.id, "来源有误"),
    ]


def test_an_import_that_is_not_there_is_not_found(scene: CreditScene) -> None:
    path = f"/credit-imports/{scene.person.id}"
    for reply in (scene.authority.get(path), scene.authority.post(f"{path}/commit")):
        assert (reply.status_code, reply.json["code"]) == (404, "not_found")
