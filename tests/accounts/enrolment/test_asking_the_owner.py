"""After a password reset the owner is asked about the face on file, whenever it was enrolled."""

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.consent import Consent
from models.faces import FaceKey, FaceTemplate
from models.people import Person, Role
from tests.accounts.enrolment.asking_the_owner import PHONE, reset_password
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.fakes import RecordingGateway, face

PHONE_OF_A_FRIEND = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50"


@pytest.fixture
def owner(scene: Scene) -> Person:  # noqa: F811
    person = scene.make.person(unit=scene.unit, phone=PHONE)
    scene.make.on_roster(scene.project, person)
    return person


@pytest.fixture
def admin(scene: Scene) -> Api:  # noqa: F811
    return scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))


def enrol(api: Api, name: str, agent: str = PHONE_OF_A_FRIEND) -> None:
    api._client.environ_base["HTTP_USER_AGENT"] = agent
    assert api.enrol(face(name)).status_code == 201


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("days", [0, 5, 300])
def test_after_a_reset_the_owner_is_told_of_the_face_on_file(
    scene: Scene,  # noqa: F811
    owner: Person,
    sms: RecordingGateway,
    days: int,
) -> None:
    me = scene.api.as_(owner)
    enrol(me, "li")
    enrolled_at = me.get("/me/face").json["enrolled_at"]
    assert me.get("/me/face").json["question"] is None
    scene.clock.turn(days=days)
    reset_password(scene.api, sms)
    assert me.get("/me").status_code == 401  # all sign-ins have ended
    told = scene.api.as_(owner).get("/me/face").json["question"]
    assert told["enrolled_at"] == enrolled_at
    assert told["device"] == "iPhone, WeChat"
    assert datetime.fromisoformat(told["asked_at"]) == scene.clock.now()
    assert told["text"]


def test_without_a_face_there_is_no_question(scene: Scene, owner: Person, sms: RecordingGateway) -> None:  # noqa: F811
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    assert me.get("/me/face").json["question"] is None
    reply = me.post("/me/face/answer", {"mine": True})
    assert (reply.status_code, reply.json["code"]) == (409, "no_open_question")
    enrol(me, "li")
    assert me.get("/me/face").json["question"] is None


def test_my_own_face_stays_and_is_asked_about_once(scene: Scene, owner: Person, sms: RecordingGateway) -> None:  # noqa: F811
    enrol(scene.api.as_(owner), "li")
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    reply = me.post("/me/face/answer", {"mine": True})
    assert (reply.status_code, reply.json) == (200, {"enrolled": True, "case": None})
    assert me.get("/me/face").json["question"] is None
    for mine in (True, False):
        again = me.post("/me/face/answer", {"mine": mine})
        assert (again.status_code, again.json["code"]) == (409, "no_open_question")
    assert scene.check_in(me, face("li")).json["status"] == "present"


def test_a_face_that_is_not_mine_is_deleted_and_an_admin_looks(
    scene: Scene,  # noqa: F811
    owner: Person,
    admin: Api,
    sms: RecordingGateway,
    db: Session,
) -> None:
    friend = scene.api.as_(owner)
    enrol(friend, "friend")
    done = scene.check_in(friend, face("friend")).json
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    reply = me.post("/me/face/answer", {"mine": False})
    assert (reply.status_code, reply.json["enrolled"]) == (200, False)
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    assert all(row.withdrawn_at is not None for row in db.scalars(select(Consent)))
    (case,) = admin.get("/face-cases?status=open").json["items"]
    assert (case["id"], case["kind"]) == (reply.json["case"], "not_mine")
    assert case["facts"]["device"] == "iPhone, WeChat"
    assert [each["check_in"] for each in case["facts"]["withdrawal"]["check_ins"]] == [done["id"]]
    again = me.post("/me/face/answer", {"mine": False})
    assert (again.status_code, again.json["code"]) == (409, "no_open_question")
    assert me.enrol(face("li")).status_code == 202  # else a reset would be a way to swap a face


@pytest.mark.parametrize(("word", "status"), [("accept", 201), ("reject", 202)])
def test_the_next_face_of_who_disowned_one_is_free_once_an_admin_has_accepted(
    scene: Scene,  # noqa: F811
    owner: Person,
    admin: Api,
    sms: RecordingGateway,
    word: str,
    status: int,
) -> None:
    enrol(scene.api.as_(owner), "friend")
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    case = me.post("/me/face/answer", {"mine": False}).json["case"]
    decision = {"decision": word, "reason": "已核对证件"}
    assert admin.post(f"/face-cases/{case}/decision", decision).status_code == 200
    assert me.enrol(face("li")).status_code == status


def test_until_the_answer_a_check_in_needs_review_and_both_sides_read_why(
    scene: Scene,  # noqa: F811
    owner: Person,
    sms: RecordingGateway,
) -> None:
    enrol(scene.api.as_(owner), "li")
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    done = scene.check_in(me, face("li"))
    assert (done.status_code, done.json["status"]) == (201, "needs_review")
    assert done.json["face"]["band"] == "pass"
    assert done.json["review"]["code"] == "face_in_question"
    assert done.json["review"]["words"] and done.json["review"]["hint"]  # noqa: PT018
    again = scene.check_in(me, face("li"))
    assert (again.status_code, again.json["id"]) == (200, done.json["id"])
    assert again.json["review"] == done.json["review"]
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert (listed["status"], listed["review_reason"], listed["face"]["band"]) == (
        "needs_review",
        "face_in_question",
        "pass",
    )
    assert me.post("/me/face/answer", {"mine": True}).status_code == 200
    clear = scene.check_in(me, face("li"))
    assert (clear.status_code, clear.json["status"], clear.json["review"]) == (201, "present", None)
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert (listed["status"], listed["review_reason"]) == ("present", None)


def test_a_doubtful_face_without_a_question_has_its_distance_as_the_reason(scene: Scene) -> None:  # noqa: F811
    done = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL))
    assert (done.json["status"], done.json["face"]["band"], done.json["review"]) == ("needs_review", "review", None)


def test_somebody_else_is_refused_as_ever_while_the_question_is_open(
    scene: Scene,  # noqa: F811
    owner: Person,
    sms: RecordingGateway,
) -> None:
    enrol(scene.api.as_(owner), "li")
    reset_password(scene.api, sms)
    reply = scene.check_in(scene.api.as_(owner), face("wang"))
    assert (reply.status_code, reply.json["code"]) == (403, "face_mismatch")


def test_what_staff_rejected_is_not_reviewed_anew_before_the_answer(
    scene: Scene,  # noqa: F811
    owner: Person,
    sms: RecordingGateway,
) -> None:
    enrol(scene.api.as_(owner), "li")
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    done = scene.check_in(me, face("li")).json
    decision = {"decision": "reject", "reason": "不是本人"}
    assert scene.staff.post(f"/check-ins/{done['id']}/decision", decision).status_code == 200
    again = scene.check_in(me, face("li"))
    assert (again.status_code, again.json["code"]) == (409, "face_in_question")
    assert me.post("/me/face/answer", {"mine": True}).status_code == 200
    assert scene.check_in(me, face("li")).json["status"] == "present"


@pytest.mark.parametrize("body", [{}, {"mine": "perhaps"}, {"mine": None}, {"mine": True, "case": 1}])
def test_an_answer_that_is_none_is_422(scene: Scene, body: dict[str, object]) -> None:  # noqa: F811
    assert scene.learner("li").post("/me/face/answer", body).status_code == 422


def test_a_held_face_is_asked_about_too(scene: Scene, owner: Person, sms: RecordingGateway, db: Session) -> None:  # noqa: F811
    me = scene.api.as_(owner)
    enrol(me, "li")
    me.delete("/me/face-consent")
    assert me.enrol(face("friend")).status_code == 202
    reset_password(scene.api, sms)
    me = scene.api.as_(owner)
    assert me.get("/me/face").json["question"] is not None
    assert me.post("/me/face/answer", {"mine": False}).status_code == 200
    assert count(db, FaceTemplate) == 0
