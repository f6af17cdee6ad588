"""Everybody takes away all that is stored of them, and nothing of anybody else (PRIVACY L-14, X-6)."""

from typing import Any

import pytest

from attendance.own.own_data import MOST_A_DAY
from attendance.own.own_data_parts import LEFT_OUT, PARTS
from models import Base
from service.wording.own_data import TITLES
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database

SECRET = ("hash", "sealed", "wrapped", "secret", "embedding", "distance", "accept_at", "review_to", "correct", "paper")
"""What no column of a part may be named after."""
OWNERS = {
    "person": "person_id",
    "account": "account_id",
    "check_in": "check_in_id",
    "exam_attempt": "attempt_id",
    "check_in_attempt": "attempt_id",
}
"""The tables that belong to one person, and how a column is named that makes a row of another table theirs too."""


def data(who: Api) -> dict[str, Any]:
    reply = who.get("/me/data")
    assert reply.status_code == 200, reply.json
    return dict(reply.json)


def rows(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return next(part["rows"] for part in found["parts"] if part["name"] == name)


def test_person_consents_attendance_and_sign_in_are_in_it(scene: Scene) -> None:
    me = scene.learner("li")
    assert scene.check_in(me, face("somebody"), ticket=scene.ticket(me)).status_code == 403
    receipt = scene.check_in(me, face("li")).json["receipt"]
    found = data(me)
    person = scene.people["li"]
    assert (found["person"]["id"], found["person"]["name"]) == (str(person.id), "li")
    assert found["person"]["cme_number"] == person.cme_number
    assert found["account"]["suspended_at"] is None
    assert {each["purpose"] for each in rows(found, "face_consents")} == {"face_recognition", "face_network"}
    assert found["consent_texts"][0]["version"] == rows(found, "face_consents")[0]["version"]
    assert found["consent_texts"][0]["text"]
    (check_in,) = rows(found, "check_ins")
    assert (check_in["session_id"], check_in["session"]) == (str(scene.session.id), scene.session.title)
    assert check_in["receipt"] == receipt
    assert [each["result"] for each in rows(found, "attempts")] == ["present", "face_mismatch"]
    assert [each["project"] for each in rows(found, "roster")] == [scene.project.name]
    assert [each["status"] for each in rows(found, "face")] == ["active"]
    assert "face.enrol" in [each["action"] for each in rows(found, "acts_about_me")]
    assert all(part["is_whole"] for part in found["parts"])


def test_nothing_of_others_is_in_it(scene: Scene) -> None:
    me, other = scene.learner("li"), scene.learner("wang")
    for who, name in ((me, "li"), (other, "wang")):
        assert scene.check_in(who, face(name)).status_code == 201
    text = me.get("/me/data").text
    for of_another in (scene.people["wang"], scene.organizer):
        assert str(of_another.id) not in text
        assert of_another.name not in text
        assert str(of_another.cme_number) not in text


def test_what_was_deleted_and_withdrawn_is_told(scene: Scene) -> None:
    me = scene.learner("li")
    assert me.delete("/me/face-consent").status_code == 204
    found = data(me)
    assert rows(found, "face") == []
    assert all(each["withdrawn_at"] for each in rows(found, "face_consents"))
    assert [each["cause"] for each in rows(found, "face_deletions")] == ["withdrawn"]


def test_it_is_given_a_handful_of_times_a_day(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    for _ in range(MOST_A_DAY):
        data(me)
    refused = me.get("/me/data")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    scene.clock.turn(hours=25)
    assert scene.api.as_(scene.people["li"]).get("/me/data").status_code == 200


def test_at_the_same_moment_it_is_given_no_more_often(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    statuses = sorted(reply.status_code for reply in at_once(MOST_A_DAY + 3, lambda: me.get("/me/data")))
    assert statuses == [200] * MOST_A_DAY + [429] * 3


def test_each_table_about_a_person_is_a_part_or_left_out_for_a_reason() -> None:
    about = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if OWNERS.get(key.column.table.name) == key.parent.name
    }
    given = {part.table.__tablename__ for part in PARTS}
    assert about <= given | set(LEFT_OUT)
    assert not given & set(LEFT_OUT)
    assert {part.name for part in PARTS} == set(TITLES)


def test_no_part_has_a_column_with_a_secret_or_somebody_else() -> None:
    person = Base.metadata.tables["person"]
    for part in PARTS:
        columns = part.table.__table__.c
        for name in part.columns:
            assert not any(word in name for word in SECRET), (part.name, name)
            assert not any(key.column.table is person for key in columns[name].foreign_keys), (part.name, name)
