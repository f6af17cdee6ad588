"""Nobody swaps a face without an admin: after a withdrawal, or after photos of two people again and again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import local_day
from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceKey, FaceTemplate
from models.people import Person, Role
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.accounts.enrolment.swapping_a_face import WHY, decide, swap
from tests.api import Api
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.factories import Factories
from tests.fakes import HELD, FakeClock, face, refused


@pytest.fixture
def me(scene: Scene) -> Api:  # noqa: F811
    """A learner with an enrolled face."""
    return scene.learner("li")


@pytest.fixture
def admin(scene: Scene) -> Api:  # noqa: F811
    return scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def listed(admin: Api, status: str = "open") -> list[dict]:
    return admin.get(f"/face-cases?status={status}").json["items"]


@pytest.mark.parametrize("name", ["wang", "li"])
def test_any_face_after_a_withdrawal_is_held_and_opens_nothing(scene: Scene, me: Api, name: str, db: Session) -> None:  # noqa: F811
    assert me.delete("/me/face-consent").status_code == 204
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    reply = me.enrol(face(name))
    assert (reply.status_code, reply.json["status"]) == (202, "held")
    assert me.get("/me/face").json["held"] is True
    assert scene.ask(me).json["code"] == "face_not_enrolled"
    assert me.enrol(face(name)).json["code"] == "face_already_enrolled"


def test_a_held_face_does_not_check_in_with_a_ticket_of_before(scene: Scene, me: Api) -> None:  # noqa: F811
    ticket = scene.ticket(me)
    swap(me)
    shown = scene.check_in(me, face("wang"), ticket=ticket)
    assert (shown.status_code, shown.json["code"]) == (409, "face_not_enrolled")


def test_the_case_says_when_the_last_face_was_withdrawn_and_which_check_ins_lie_between(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
) -> None:
    enrolled = me.get("/me/face").json["enrolled_at"]
    scene.clock.turn(minutes=1)
    done = scene.check_in(me, face("li")).json
    scene.clock.turn(minutes=2)
    case = swap(me)
    scene.clock.turn(minutes=1)
    (found,) = listed(admin)
    assert (found["id"], found["kind"]) == (case, "enrolled_after_withdrawal")
    assert found["other_person_id"] is found["distance"] is found["threshold"] is None
    told = found["facts"]["withdrawal"]
    assert datetime.fromisoformat(told["enrolled_at"]) == datetime.fromisoformat(enrolled)
    assert datetime.fromisoformat(told["withdrawn_at"]) == scene.clock.now() - timedelta(minutes=1)
    (between,) = told["check_ins"]
    assert (between["check_in"], between["session"]) == (done["id"], str(scene.session.id))
    assert (between["how"], between["direction"], between["status"]) == ("face", "in", "present")
    assert (between["title"], told["not_listed"]) == ("上午场", 0)
    assert between["date"] == local_day(scene.session.starts_at, scene.session.zone).isoformat()


def test_a_second_swap_before_the_decision_hides_no_check_in_of_the_first(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
) -> None:
    scene.check_in(me, face("li"))
    first = swap(me)
    scene.clock.turn(minutes=5)
    second = swap(me, "zhao")
    assert [item["id"] for item in listed(admin)] == [second]
    (found,) = listed(admin)
    assert len(found["facts"]["withdrawal"]["check_ins"]) == 1
    assert [item["id"] for item in listed(admin, "closed")] == [first]


def test_accept_lets_the_new_face_check_in_and_the_reason_is_audited(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
    db: Session,
) -> None:
    case = swap(me)
    assert decide(admin, case, "accept") == 200
    assert me.get("/me/face").json["enrolled"] is True
    assert scene.check_in(me, face("wang")).status_code == 201
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "face_case.decide")).one()
    assert (entry.reason, str(entry.subject_id)) == (WHY["reason"], case)


def test_reject_deletes_the_face_and_the_next_one_is_held_again(me: Api, admin: Api, db: Session) -> None:
    case = swap(me)
    assert decide(admin, case, "reject") == 200
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    again = me.enrol(face("zhao"))
    assert (again.status_code, again.json["reason"]) == (202, "enrolled_after_withdrawal")


def test_a_withdrawal_after_an_accepted_face_is_held_anew(me: Api, admin: Api) -> None:
    assert decide(admin, swap(me), "accept") == 200
    assert decide(admin, swap(me, "zhao"), "accept") == 200
    assert me.get("/me/face").json["enrolled"] is True


def test_an_admin_does_not_decide_their_own_case(scene: Scene, db: Session) -> None:  # noqa: F811
    person = scene.make.staff(Role.UNIT_ADMIN, scene.unit)
    own = scene.api.as_(person)
    own.enrol(face("boss"))
    case = swap(own)
    reply = own.post(f"/face-cases/{case}/decision", {"decision": "accept", **WHY})
    assert (reply.status_code, reply.json["code"]) == (403, "own_face")
    assert own.get("/me/face").json["enrolled"] is False


def test_withdrawing_what_was_never_enrolled_holds_nothing(scene: Scene) -> None:  # noqa: F811
    me = scene.learner("li", is_enrolled=False)
    assert me.delete("/me/face-consent").status_code == 204
    assert me.enrol(face("li")).status_code == 201


def test_a_face_that_was_withdrawn_while_its_case_was_open_leaves_nothing_to_decide(
    me: Api, admin: Api, db: Session
) -> None:
    case = swap(me)
    assert me.delete("/me/face-consent").status_code == 204
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    reply = admin.post(f"/face-cases/{case}/decision", {"decision": "accept", **WHY})
    assert (reply.status_code, reply.json["code"]) == (409, "already_decided")
    assert me.enrol(face("zhao")).status_code == 202


def test_a_decision_is_about_the_face_that_was_held_and_no_later_one(
    scene: Scene,  # noqa: F811
    admin: Api,
    db: Session,
) -> None:
    scene.learner("li")
    me = scene.learner("like li", is_enrolled=False)
    likely = me.enrol(face("li", off=HELD)).json
    assert likely["reason"] == "duplicate_held"
    swap(me)
    assert decide(admin, likely["case"], "accept") == 200  # whether they are two people is still to be decided
    assert me.get("/me/face").json["enrolled"] is False
    assert count(db, FaceTemplate) == 2


def test_a_likely_duplicate_after_a_withdrawal_is_one_case_about_both(scene: Scene, admin: Api) -> None:  # noqa: F811
    limits = scene.api.app.extensions["components"].faces.policies.packaged("dlib-resnet-v1").duplicate_limits(1, 2)
    scene.learner("li")
    me = scene.learner("wang")
    me.delete("/me/face-consent")
    reply = me.enrol(face("li", off=(limits.certain_at + limits.held_to) / 2))
    assert (reply.status_code, reply.json["reason"]) == (202, "duplicate_held")
    (found,) = listed(admin)
    assert found["other_person_id"] == str(scene.people["li"].id)
    assert found["facts"]["withdrawal"]["number"] == 1
    assert decide(admin, reply.json["case"], "accept") == 200
    assert me.get("/me/face").json["enrolled"] is True


def test_a_reset_by_two_admins_is_their_decision_and_holds_nothing(scene: Scene, me: Api, admin: Api) -> None:  # noqa: F811
    case = swap(me)
    other = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    reset = admin.post(f"/people/{scene.people['li'].id}/face-resets", WHY).json["id"]
    assert other.post(f"/face-resets/{reset}/approval").status_code == 200
    assert [item["id"] for item in listed(admin, "closed")] == [case]
    assert me.enrol(face("zhao")).status_code == 201


def test_who_withdrew_and_is_not_enrolled_can_be_reset_too(scene: Scene, me: Api, admin: Api) -> None:  # noqa: F811
    me.delete("/me/face-consent")
    other = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    reset = admin.post(f"/people/{scene.people['li'].id}/face-resets", WHY)
    assert reset.status_code == 201
    assert other.post(f"/face-resets/{reset.json['id']}/approval").status_code == 200
    assert me.enrol(face("li")).status_code == 201


def test_a_face_that_expired_is_enrolled_again_without_an_admin(
    me: Api, db: Session, settings: Settings, clock: FakeClock
) -> None:
    sweep(settings, now=clock.now() + timedelta(days=366))
    assert count(db, FaceTemplate) == 0
    assert me.enrol(face("li")).status_code == 201


def test_a_held_face_that_expired_leaves_no_case_whose_acceptance_would_lift_the_hold(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
    settings: Settings,
) -> None:
    case = swap(me)
    sweep(settings, now=scene.clock.now() + timedelta(days=366))
    assert [item["id"] for item in listed(admin, "closed")] == [case]
    assert listed(admin) == []
    assert decide(admin, case, "accept") == 409
    assert me.enrol(face("zhao")).status_code == 202


def two_people(me: Api, times: int) -> None:
    for n in range(times):
        reply = me.enrol(face("li"), face(f"friend {n}"))
        assert (reply.status_code, reply.json["code"]) == (422, "not_one_person")


@pytest.fixture
def newcomer(make: Factories, scene: Scene) -> Person:  # noqa: F811
    person = make.person(unit=scene.unit, phone="+8613800138000")
    make.on_roster(scene.project, person)
    return person


def test_the_third_set_of_two_people_in_a_day_holds_enrolment_until_an_admin_accepts(
    api: Api, newcomer: Person, admin: Api
) -> None:
    me = api.as_(newcomer)
    two_people(me, 3)
    (case,) = listed(admin)
    assert (case["kind"], case["person_id"]) == ("two_people", str(newcomer.id))
    assert len(case["facts"]["attempts_at"]) == 3
    held = me.enrol(face("li"))
    assert (held.status_code, held.json["code"], held.json["case"]) == (409, "enrolment_held", case["id"])
    assert "管理员" in held.json["hint"]
    assert decide(admin, case["id"], "accept") == 200
    assert me.enrol(face("li")).status_code == 201


def test_two_sets_a_day_hold_nothing_and_other_refusals_do_not_count(
    api: Api, newcomer: Person, admin: Api, clock: FakeClock
) -> None:
    me = api.as_(newcomer)
    two_people(me, 1)
    clock.turn(hours=23)
    two_people(me, 1)
    for code in ("no_face", "low_quality"):
        assert me.enrol(refused(code)).json["code"] == code
    clock.turn(hours=2)  # the first one is more than a day ago
    two_people(me, 1)
    assert listed(admin) == []
    assert me.enrol(face("li")).status_code == 201


def test_three_sets_within_a_day_over_midnight_hold(api: Api, newcomer: Person, admin: Api, clock: FakeClock) -> None:
    me = api.as_(newcomer)
    for _ in range(3):
        two_people(me, 1)
        clock.turn(hours=11)
    assert len(listed(admin)) == 1


def test_a_hold_leaves_sign_in_and_the_ways_without_a_face(scene: Scene, newcomer: Person, db: Session) -> None:  # noqa: F811
    me = scene.api.as_(newcomer)
    two_people(me, 3)
    assert scene.api.as_(newcomer, method="password").get("/me").status_code == 200
    by_hand = {"person_id": str(newcomer.id), "direction": "in", "reason": "已核对证件"}
    reply = scene.staff.post(f"/sessions/{scene.session.id}/attendance", by_hand)
    assert reply.status_code in (200, 201), reply.json
    assert count(db, Consent) == 0


def test_after_a_rejected_hold_two_admins_can_still_let_the_person_enrol(
    scene: Scene,  # noqa: F811
    newcomer: Person,
    admin: Api,
) -> None:
    me = scene.api.as_(newcomer)
    two_people(me, 3)
    case = listed(admin)[0]["id"]
    assert decide(admin, case, "reject") == 200
    assert me.enrol(face("li")).json["code"] == "enrolment_held"
    other = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    reset = admin.post(f"/people/{newcomer.id}/face-resets", WHY).json["id"]
    assert other.post(f"/face-resets/{reset}/approval").status_code == 200
    assert me.enrol(face("li")).status_code == 201
