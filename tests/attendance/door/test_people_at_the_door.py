"""Staff at the door search the people of a session by name, pinyin or number, and tick them, many at once."""

from typing import Any

import pytest

from models.people import Role
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene

pytestmark = pytest.mark.either_database

WHY = {"reason": "现场核对胸牌"}


@pytest.fixture
def names(scene: Scene) -> list[str]:
    """Three people who are expected, and one who is not."""
    expected = ["仇晓芸", "赵示范", "曾国英"]
    for name in expected:
        scene.learner(name, is_enrolled=False)
    scene.learner("仇不来", is_expected=False, is_enrolled=False)
    return expected


def found(scene: Scene, **query: Any) -> list[dict[str, Any]]:
    """The people whom the staff find."""
    reply = scene.staff.get(f"/sessions/{scene.session.id}/people", query_string=query)
    assert reply.status_code == 200, reply.json
    items: list[dict[str, Any]] = reply.json["items"]
    return items


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("仇", "仇晓芸"),
        ("qxy", "仇晓芸"),
        ("ZENG", "曾国英"),
        ("ｓｈｉｆａｎ", "赵示范"),
    ],
)
def test_a_person_is_found_by_name_and_by_any_part_of_the_pinyin(
    scene: Scene, names: list[str], text: str, name: str
) -> None:
    assert [each["name"] for each in found(scene, q=text)] == [name]


def test_a_person_is_found_by_a_part_of_the_number(scene: Scene, names: list[str]) -> None:
    number = str(scene.people["赵示范"].cme_number)
    assert [each["name"] for each in found(scene, q=number)] == ["赵示范"]
    assert sorted(each["name"] for each in found(scene)) == sorted(names)
    assert found(scene, q="仇不来") == []


def test_who_was_found_is_ticked_with_the_others_and_then_shown_as_checked_in(scene: Scene, names: list[str]) -> None:
    people = [{"person_id": found(scene, q=text)[0]["person_id"]} for text in ("qxy", "zsf")]
    body = {"people": people, "direction": "in", **WHY}
    ticked = scene.staff.post(f"/sessions/{scene.session.id}/attendance/many", body)
    assert [each["result"] for each in ticked.json["items"]] == ["done", "done"]
    shown = {each["name"]: each["in_status"] for each in found(scene)}
    assert shown == {"仇晓芸": "present", "赵示范": "present", "曾国英": None}
    (one,) = found(scene, q="qxy")
    assert one["checked_in_at"] is not None
    assert (one["checked_out_at"], one["out_status"], one["unit"]) == (None, None, scene.unit.name)


def test_pages_of_the_list_are_complete(scene: Scene, names: list[str]) -> None:
    page = scene.staff.get(f"/sessions/{scene.session.id}/people?limit=2").json
    assert (page["count"], len(page["items"])) == (3, 2)
    rest = scene.staff.get(f"/sessions/{scene.session.id}/people", query_string={"cursor": page["next_cursor"]}).json
    assert sorted(each["name"] for each in page["items"] + rest["items"]) == sorted(names)
    assert rest["next_cursor"] is None


def test_no_learner_and_nobody_of_another_hospital_sees_the_list(scene: Scene, names: list[str]) -> None:
    path = f"/sessions/{scene.session.id}/people"
    learner = scene.api.as_(scene.people["赵示范"])
    elsewhere = scene.api.as_(scene.make.organizer(scene.make.unit(name="第二医院")))
    assert [code_of(each.get(path)) for each in (learner, elsewhere)] == [(403, "forbidden")] * 2
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    assert admin.get(path).status_code == 200
    assert scene.staff.get("/sessions/01900000-0000-7000-8000-000000000000/people").status_code == 404
