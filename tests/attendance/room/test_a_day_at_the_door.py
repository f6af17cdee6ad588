"""A day at the door: who is missing, who walks in, what is entered afterwards and undone, and what comes of it."""

from datetime import timedelta
from typing import Any

from foundation.clock import day_at_home
from models.projects import Project, ProjectStatus
from tests.attendance.conftest import Scene
from tests.attendance.door.staff_hand import WHY, by_hand, many, notices, numbers, own_session, path, turn, walk_in
from tests.databases import table_of
from tests.fakes import face


def missing(scene: Scene) -> dict[str, str]:
    """Who is missing at the session, and what they have not done."""
    items = scene.staff.get(path(scene, "attendance?missing=1")).json["items"]
    return {each["person"]["name"]: each["missing"] for each in items}


def results(scene: Scene) -> dict[str, Any]:
    """Who would get credits if the list were confirmed now."""
    preview = scene.staff.get(f"/projects/{scene.project.id}/settlement/preview").json
    return {each["name"]: "credits" in each for each in [*preview["grants"], *preview["skipped"]]}


def test_from_the_first_scan_to_the_list(scene: Scene) -> None:
    project = {"needs_check_out": True, "min_attendance": 1, "credits": 5, "hours": 3}
    scene.db.execute(table_of(Project).update().values(**project))
    scene.db.commit()
    li = scene.learner("li")
    for name in ("wang", "zhao"):
        scene.learner(name, is_enrolled=False)
    scene.learner("sun", is_expected=False, is_enrolled=False)
    assert scene.check_in(li, face("li")).status_code == 201
    assert walk_in(scene, "sun").status_code == 201
    assert missing(scene) == {"wang": "in", "zhao": "in"}
    turn(scene, minutes=25)  # the session runs; what the paper list says is entered for its time
    came = (scene.session.starts_at - timedelta(minutes=3)).isoformat()
    wrong = many(scene, *numbers(scene, "wang", "zhao"), at=came).json
    assert (wrong["done"], missing(scene)) == (2, {})
    undone = scene.staff.post(f"/attendance-acts/{wrong['act_id']}/undo", {"reason": "zhao 没有来"})
    assert (undone.status_code, missing(scene)) == (200, {"wang": "in", "zhao": "in"})
    assert many(scene, *numbers(scene, "wang"), at=came).json["items"][0]["status"] == "present"
    assert [each["topic"] for each in notices(scene, "wang")] == [
        "checked_in_by_hand", "attendance_undone", "checked_in_by_hand",
    ]  # fmt: skip
    scene.clock.set(scene.session.out_opens_at + timedelta(minutes=1))
    turn(scene, minutes=1)
    for name in ("sun", "wang"):
        assert by_hand(scene, name, direction="out").status_code == 201
    assert missing(scene) == {"li": "out", "zhao": "in"}
    reminded = scene.staff.post(f"/projects/{scene.project.id}/reminders", {"what": "check_out"}).json
    assert (reminded["told"], reminded["not_told"]) == (1, [])
    assert "check_out_reminder" in [each["topic"] for each in notices(scene, "li")]
    scene.clock.set(scene.session.out_closes_at + timedelta(hours=20))
    turn(scene, minutes=1)
    left = scene.session.ends_at + timedelta(minutes=1)
    assert by_hand(scene, "li", at=left, direction="out").status_code == 201
    yesterday = day_at_home(scene.clock.now()) - timedelta(days=1)
    ended = {"status": ProjectStatus.ENDED, "starts_on": yesterday, "ends_on": yesterday}
    scene.db.execute(table_of(Project).update().values(**ended))
    scene.db.commit()
    assert results(scene) == {"li": True, "wang": True, "sun": True, "zhao": False}
    decision = own_session(scene, "li")["check_ins"][-1]["decision"]
    assert (decision["reason"], decision["made_by"]) == (WHY, scene.organizer.name)
