"""Staff who are assigned to a project or session: what they do there, that they are told, and that it ends at once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.people import Role
from models.projects import Project, ProjectStatus
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of, rows
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course, exam
from tests.databases import table_of
from tests.fakes import face

pytestmark = pytest.mark.either_database
WHY = {"reason": "本人到场，已核对证件"}
FORBIDDEN = 403, "forbidden"


def assign(scene: Scene, name: str, *tasks: str, **more: Any) -> Reply:
    """Assign somebody of another unit, who is made if they don't exist."""
    if name not in scene.people:
        scene.people[name] = scene.make.person(name=name, unit=scene.make.unit(name="志愿者单位"))
    person = scene.people[name]
    new = {"cme_number": person.cme_number, "name": person.name, "tasks": list(tasks), **more}
    return scene.api.as_(scene.organizer).post(f"/projects/{scene.project.id}/staff", new)


def as_(scene: Scene, name: str) -> Api:
    return scene.api.as_(scene.people[name])


def at_door(scene: Scene, name: str = "门口", **more: Any) -> Api:
    """Somebody at the door of the project."""
    assert assign(scene, name, "door", **more).status_code == 201
    return as_(scene, name)


def end(scene: Scene, made: str) -> Reply:
    return scene.api.as_(scene.organizer).call("DELETE", f"/project-staff/{made}")


def of_session(scene: Scene, ending: str) -> str:
    return f"/sessions/{scene.session.id}/{ending}"


def tick(scene: Scene, who: Api, name: str) -> Reply:
    body = {"cme_number": scene.people[name].cme_number, "direction": "in", **WHY}
    return who.post(of_session(scene, "attendance"), body)


def machine(scene: Scene, method: str, path: str, token: str, body: Any = None) -> Reply:
    return Api(scene.api.app, token).call(method, path, body)


def kiosk_of(scene: Scene, who: Api) -> str:
    """The credential of a kiosk that somebody made and paired."""
    made = who.post(of_session(scene, "kiosks"), {})
    assert made.status_code == 201, made.json
    pair = {"pairing_code": made.json["pairing_code"], "name": "一号门"}
    return str(scene.api.post("/kiosks", pair).json["token"])


def read(scene: Scene, token: str, name: str) -> Reply:
    shown = as_(scene, name).get("/me/qr").json["codes"][0]["code"]
    return machine(scene, "POST", "/kiosk/check-ins", token, {"code": shown, "nonce": uuid.uuid4().hex})


def test_who_is_assigned_is_told_and_sees_where_they_work(scene: Scene) -> None:
    reply = assign(scene, "门口", "door", session_id=str(scene.session.id))
    assert (reply.status_code, reply.json["tasks"]) == (201, ["door"])
    me = as_(scene, "门口")
    (mine,) = me.get("/me/staff").json["items"]
    assert (mine["project"]["name"], mine["session"]["title"], mine["tasks"]) == ("急诊医学新进展", "上午场", ["door"])
    assert me.get("/me/home").json["staff"] == [mine]
    (notice,) = me.get("/me/notices").json["items"]
    assert notice["topic"] == "staff_assigned"
    assert notice["text"] == f"{scene.organizer.name}委派您负责《急诊医学新进展》上午场的签到现场。"
    (listed,) = scene.staff.get(f"/projects/{scene.project.id}/staff").json["items"]
    assert (listed["person"]["name"], listed["namer"]["name"]) == ("门口", scene.organizer.name)
    (part,) = [each for each in me.get("/me/data").json["parts"] if each["name"] == "staff"]
    assert len(part["rows"]) == 1


def test_at_the_door_people_are_searched_for_ticked_decided_on_and_undone(scene: Scene) -> None:
    doubtful, stranger = scene.learner("li"), scene.learner("zhao", is_expected=False, is_enrolled=False)
    scene.learner("wang", is_enrolled=False)
    waiting = scene.check_in(doubtful, face("li", off=DOUBTFUL))
    assert waiting.json["status"] == "needs_review"
    me = at_door(scene, session_id=str(scene.session.id))
    missing = me.get(of_session(scene, "attendance?missing=1&q=wan")).json["items"]
    assert [each["person"]["name"] for each in missing] == ["wang"]
    assert tick(scene, me, "wang").status_code == 201
    many = {"people": [{"cme_number": scene.people["wang"].cme_number}], "direction": "in", **WHY}
    assert me.post(of_session(scene, "attendance/many"), many).json["already"] == 1
    assert me.post(f"/check-ins/{waiting.json['id']}/decision", {"decision": "accept", **WHY}).status_code == 200
    walk_in = {"cme_number": scene.people["zhao"].cme_number, **WHY}
    assert me.post(of_session(scene, "walk-ins"), walk_in).status_code == 201
    acts = f"/projects/{scene.project.id}/attendance-acts"
    assert code_of(me.get(acts)) == FORBIDDEN
    last = me.get(f"{acts}?session_id={scene.session.id}").json["items"][0]
    assert (last["kind"], last["maker"]["name"]) == ("walk_in", "门口")
    assert me.post(f"/attendance-acts/{last['id']}/undo", {"reason": "点错了人"}).status_code == 200
    assert stranger.get(f"/me/projects/{scene.project.id}").json["roles"] == []
    assert me.get(of_session(scene, "board")).json["came"] == 2


def test_a_refused_face_is_checked_in_by_hand_at_the_door(scene: Scene) -> None:
    me = scene.learner("li")
    refused = scene.check_in(me, face("somebody else"))
    assert code_of(refused) == (403, "face_mismatch")
    door, card = at_door(scene), f"/attempts/{refused.json['attempt']}"
    assert door.get(card).status_code == 200
    assert door.post(f"{card}/override", WHY).status_code == 201
    elsewhere = at_door(scene, "别处", session_id=str(scene.make.session(scene.project).id))
    assert code_of(elsewhere.get(card)) == (404, "not_found")


def test_who_is_assigned_does_not_decide_on_themselves_and_is_marked(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    door = at_door(scene, "li")
    assert code_of(tick(scene, door, "li")) == (403, "own_attendance")
    assert code_of(read(scene, kiosk_of(scene, door), "li")) == (403, "own_attendance")
    (entry,) = scene.staff.get(f"/projects/{scene.project.id}/roster").json["items"]
    assert entry["is_staff"] is True


def test_an_assignment_gives_no_right_to_assign(scene: Scene) -> None:
    door = at_door(scene)
    scene.people["li"] = scene.make.person()
    new = {"cme_number": scene.people["li"].cme_number, "tasks": ["door"]}
    assert code_of(door.post(f"/projects/{scene.project.id}/staff", new)) == FORBIDDEN
    assert code_of(door.get(f"/projects/{scene.project.id}/staff")) == FORBIDDEN


def test_nobody_assigns_themselves_and_wrong_assignments_change_nothing(scene: Scene) -> None:
    scene.people["me"] = scene.organizer
    assert code_of(assign(scene, "me", "door")) == (403, "own_assignment")
    past = scene.clock.now().isoformat()
    elsewhere = scene.make.session(scene.make.project(unit=scene.unit, organizer=scene.organizer))
    assert code_of(assign(scene, "li", "door", until=past)) == (422, "period_invalid")
    assert code_of(assign(scene, "li", "door", session_id=str(elsewhere.id))) == (404, "not_found")
    assert code_of(assign(scene, "li", "content", session_id=str(scene.session.id))) == (422, "task_of_project")
    for tasks in ([], ["door"] * 4, ["boss"]):
        assert code_of(assign(scene, "li", *tasks)) == (422, "invalid_input")
    unknown = {"cme_number": "0000000000", "tasks": ["door"]}
    assert code_of(scene.staff.post(f"/projects/{scene.project.id}/staff", unknown)) == (422, "person_unknown")
    assert scene.staff.get(f"/projects/{scene.project.id}/staff").json["items"] == []
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.SETTLED))
    assert code_of(assign(scene, "li", "door")) == (409, "project_closed")


def test_the_same_again_changes_nothing_and_other_tasks_take_the_place_of_the_first(scene: Scene) -> None:
    first, again = assign(scene, "li", "door", "door"), assign(scene, "li", "door")
    assert (again.status_code, again.json) == (200, first.json)
    other = assign(scene, "li", "results")
    assert other.status_code == 201
    listed = scene.staff.get(f"/projects/{scene.project.id}/staff").json["items"]
    assert [(each["tasks"], each["ended_at"] is None) for each in listed] == [(["door"], False), (["results"], True)]
    assert [each["tasks"] for each in as_(scene, "li").get("/me/staff").json["items"]] == [["results"]]
    assert code_of(as_(scene, "li").get(of_session(scene, "board"))) == FORBIDDEN


def test_an_ended_assignment_opens_nothing_from_that_moment_on(scene: Scene) -> None:
    scene.learner("wang", is_enrolled=False)
    made = assign(scene, "门口", "door").json["id"]
    me = as_(scene, "门口")
    assert me.get(of_session(scene, "board")).status_code == 200
    assert end(scene, made).status_code == end(scene, made).status_code == 204
    assert code_of(me.get(of_session(scene, "board"))) == FORBIDDEN
    assert code_of(tick(scene, me, "wang")) == FORBIDDEN
    assert me.get("/me/staff").json["items"] == me.get("/me/home").json["staff"] == []
    topics = [each["topic"] for each in me.get("/me/notices").json["items"]]
    assert topics == ["staff_ended", "staff_assigned"]
    acts = scene.db.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("project_staff"))).all()
    assert sorted(acts) == ["project_staff.assign", "project_staff.end"]
    assert code_of(end(scene, str(uuid.uuid4()))) == (404, "not_found")


@pytest.mark.parametrize("status", [ProjectStatus.SETTLED, ProjectStatus.ARCHIVED, ProjectStatus.CANCELLED])
def test_an_assignment_ends_with_its_project(scene: Scene, status: ProjectStatus) -> None:
    assert assign(scene, "统计", "results").status_code == 201
    me, path = as_(scene, "统计"), f"/projects/{scene.project.id}/roster"
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    assert me.get(path).status_code == 200
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(me.get(path)) == FORBIDDEN


def test_an_assignment_ends_at_its_time(scene: Scene) -> None:
    until = (scene.clock.now() + timedelta(minutes=5)).isoformat()
    me = at_door(scene, until=until)
    token = kiosk_of(scene, me)
    screen = me.post(of_session(scene, "screens")).json["token"]
    scene.learner("li", is_enrolled=False)
    assert machine(scene, "GET", "/screen", screen).status_code == 200
    scene.clock.turn(minutes=5)
    assert code_of(me.get(of_session(scene, "board"))) == FORBIDDEN
    refused = read(scene, token, "li")
    assert (code_of(refused), refused.json["why"]) == ((403, "machine_ended"), "assignment_over")
    assert code_of(machine(scene, "GET", "/screen", screen)) == (403, "machine_ended")


def test_machines_end_with_the_assignment_of_whoever_made_them_and_those_of_others_go_on(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    made = assign(scene, "门口", "door").json["id"]
    me = as_(scene, "门口")
    tokens = kiosk_of(scene, me), kiosk_of(scene, scene.staff)
    waiting = me.post(of_session(scene, "kiosks"), {}).json["pairing_code"]
    screen = me.post(of_session(scene, "screens")).json["token"]
    assert end(scene, made).status_code == 204
    assert code_of(read(scene, tokens[0], "li")) == (403, "machine_ended")
    assert code_of(machine(scene, "GET", "/screen", screen)) == (403, "machine_ended")
    pair = {"pairing_code": waiting, "name": "二号门"}
    assert code_of(scene.api.post("/kiosks", pair)) == (422, "pairing_code_invalid")
    assert rows(scene) == []
    assert read(scene, tokens[1], "li").status_code == 201


@pytest.mark.parametrize(("tasks", "status"), [(["door", "results"], 201), (["results"], 403)])
def test_machines_go_on_where_the_next_assignment_still_has_the_door(
    scene: Scene, tasks: list[str], status: int
) -> None:
    scene.learner("li", is_enrolled=False)
    token = kiosk_of(scene, at_door(scene))
    assert assign(scene, "门口", *tasks).status_code == 201
    assert read(scene, token, "li").status_code == status


def test_a_pairing_code_of_somebody_whose_time_is_over_pairs_nothing(scene: Scene) -> None:
    me = at_door(scene, until=(scene.clock.now() + timedelta(minutes=5)).isoformat())
    code = me.post(of_session(scene, "kiosks"), {}).json["pairing_code"]
    scene.clock.turn(minutes=5)
    reply = scene.api.post("/kiosks", {"pairing_code": code, "name": "一号门"})
    assert code_of(reply) == (422, "pairing_code_invalid")


def test_an_open_stream_of_the_board_ends_with_the_assignment(scene: Scene) -> None:
    made = assign(scene, "门口", "door").json["id"]
    me = as_(scene, "门口")
    scene.api.app.extensions["streams"] = streams = scene.api.app.extensions["streams"].__class__(
        4, every=0.0, lasts=60.0, sleep=lambda seconds: end(scene, made)
    )
    assert streams is not None
    reply = me.get(of_session(scene, "board/events"))
    assert reply.text.count("data:") == 1  # the second look found the assignment ended


def test_who_has_the_content_sets_exam_and_form_and_does_not_sit_the_exam(course: Course) -> None:
    scene = Scene(
        course.api, course.make, course.clock, course.db, course.unit, course.organizer, course.project,
        course.session, course.staff,
    )  # fmt: skip
    learner = course.learner("出题")
    scene.people["出题"] = course.people["出题"]
    made = assign(scene, "出题", "content")
    assert made.status_code == 201, made.json
    path = f"/projects/{scene.project.id}"
    assert learner.put(f"{path}/exam", exam()).status_code == 200
    assert learner.get(f"{path}/exam/paper").json["questions"][0]["correct"] is not None
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    assert learner.put(f"{path}/evaluation", form).status_code == 200
    assert code_of(learner.post(f"{path}/exam/attempts")) == (403, "own_attendance")
    assert end(scene, made.json["id"]).status_code == 204
    assert code_of(learner.post(f"{path}/exam/attempts")) == (403, "own_attendance")
    assert code_of(learner.put(f"{path}/exam", exam())) == FORBIDDEN


def test_a_draft_is_prepared_by_those_who_are_assigned_to_it(scene: Scene) -> None:
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.DRAFT))
    assert assign(scene, "统计", "results").status_code == 201
    assert as_(scene, "统计").get(f"/projects/{scene.project.id}/roster").status_code == 200
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    assert code_of(admin.get(f"/projects/{scene.project.id}/roster")) == FORBIDDEN


def test_results_are_fetched_by_a_download_link_as_long_as_the_assignment_holds(scene: Scene) -> None:
    made = assign(scene, "统计", "results").json["id"]
    me, path = as_(scene, "统计"), f"/api/v1/projects/{scene.project.id}/roster.csv"
    links = [me.post("/download-links", {"path": path}).json["url"] for _ in range(2)]
    local = [each[each.index("/api/") :] for each in links]
    assert scene.api.get(local[0]).status_code == 200
    assert end(scene, made).status_code == 204
    assert code_of(scene.api.get(local[1])) == FORBIDDEN
    assert code_of(me.post("/download-links", {"path": path})) == FORBIDDEN


def test_an_organizer_elsewhere_may_be_assigned_here(scene: Scene) -> None:
    scene.people["同行"] = scene.make.organizer(scene.make.unit(name="第二医院"))
    colleague = scene.api.as_(scene.people["同行"])
    assert code_of(colleague.get(of_session(scene, "board"))) == FORBIDDEN
    assert assign(scene, "同行", "door").status_code == 201
    assert colleague.get(of_session(scene, "board")).status_code == 200
    assert code_of(colleague.post(of_session(scene, "closing"), WHY)) == FORBIDDEN


def test_the_words_of_the_notice_are_in_english_too(scene: Scene) -> None:
    made = assign(scene, "门口", "door", "results").json["id"]
    end(scene, made)
    told = as_(scene, "门口").speaking("en").get("/me/notices").json["items"]
    assert told[1]["text"].endswith("assigned you to 急诊医学新进展 : the check-in point, roster and results.")
    assert "have stopped too" in told[0]["text"]
