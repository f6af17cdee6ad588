"""A province with two cities and one of everything in a hospital, and staff who stand to it in five ways."""

import io
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.rule_book import packaged
from foundation.clock import day_at_home
from models.certificates import CertificateNameTask
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from models.settlements import Settlement, SettlementStatus
from tests.accounts.face_batches.conftest import zipped
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, face
from tests.fuzz.world import GIFT, PNG, World, make_world

OWN, SAME, OTHER_UNIT, OTHER_CITY, WIDER = "osucw"
WAYS = (OWN, SAME, OTHER_UNIT, OTHER_CITY, WIDER)
FACE_ADMINS = (Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN, Role.AUTHORITY)


class CityFactories(Factories):
    """Factories whose units are hospitals of one city, unless a test says otherwise."""

    city: Unit | None = None

    def unit(self, *, parent: Unit | None = None, **facts: Any) -> Unit:
        """A unit of the city."""
        return super().unit(parent=parent or self.city, **facts)


@dataclass(frozen=True)
class Caller:
    """Somebody with one role. ids: what differs for them from the world's ids."""

    person: Person
    api: Api
    ids: dict[str, str]


@dataclass(frozen=True)
class Province:
    """The world, and the callers of one role by the way in which they stand to it."""

    world: World
    twin: Person
    callers: dict[str, Caller]


def make_province(make: CityFactories, api: Api, db: Session, clock: FakeClock, role: Role) -> Province:
    """Build it for the callers of one role."""
    make.city = make.unit(parent=make.province, kind=UnitKind.CITY, name="甲市")
    world = make_world(make, api, db, clock)
    hospital = db.get_one(Unit, world.project.unit_id)
    elsewhere = make.unit(parent=make.unit(parent=make.province, kind=UnitKind.CITY, name="乙市"), name="乙市医院")
    world.ids |= _more_ids(world, api, db, clock)
    over = {OWN: hospital, SAME: hospital, OTHER_UNIT: make.unit(name="第二医院"), OTHER_CITY: elsewhere}
    callers = {}
    for way, unit in (over | {WIDER: make.province}).items():
        is_maker = way == OWN and role is Role.ORGANIZER
        person = world.organizer if is_maker else make.staff(role, unit)
        me = api.as_(person)
        callers[way] = Caller(person, me, _own_ids(person, me, role, db) if way == OWN else {})
    twin = db.get_one(Person, uuid.UUID(world.ids["person_id"]))
    for me in (api.as_(twin), callers[OWN].api):  # whose photos are asked for
        _put_photo(me)
    return Province(world, twin, callers)


def _more_ids(world: World, api: Api, db: Session, clock: FakeClock) -> dict[str, str]:
    """A settlement in review, a template of an evaluation, and how a question of the bank begins."""
    settlement = Settlement(
        project_id=world.project.id,
        round=1,
        status=SettlementStatus.IN_REVIEW,
        rule_set="ZJ-LEGACY",
        rule_set_version=1,
        to_grant=0,
        skipped=0,
        confirmed_by=world.organizer.id,
        confirmed_at=clock.now(),
    )
    db.add(settlement)
    task = CertificateNameTask(person_id=uuid.UUID(world.ids["person_id"]), letters=["𠮷"], opened_at=clock.now())
    db.add(task)
    db.flush()
    form = {"name": "通用评价表", "questions": [{"kind": "stars", "text": "内容"}]}
    template = api.as_(world.organizer).post("/evaluation-templates", form)
    assert template.status_code == 201, template.json
    return {
        "settlement_id": str(settlement.id),
        "name_task_id": str(task.id),
        "template_id": template.json["id"],
        "label": "study_leave",
        "question": GIFT.decode().partition("{")[0],
    }


def _put_photo(me: Api) -> None:
    """A photo in one's profile."""
    sent = {"photo": (io.BytesIO(PNG), "x.png")}
    put = me.call("PUT", "/me/profile/photo", data=sent, content_type="multipart/form-data")
    assert put.status_code == 200, put.json


def _own_ids(person: Person, me: Api, role: Role, db: Session) -> dict[str, str]:
    """The person themself with their role; a batch of faces of their own."""
    grant = db.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == role)).first()
    ids = {"person_id": str(person.id)} | ({"role_id": str(grant.id)} if grant is not None else {})
    if role in FACE_ADMINS:
        sent = {"file": (io.BytesIO(zipped({"x.jpg": PNG})), "faces.zip")}
        made = me.call("POST", "/face-batches", data=sent, content_type="multipart/form-data")
        assert made.status_code == 202, made.json
        ids["batch_id"] = made.json["id"]
    return ids


def bodies_of(province: Province, target: Person, clock: FakeClock) -> dict[str, Any]:
    """Valid bodies of the unsafe routes, as JSON or a `Form`: an invalid one would be refused before the units are."""
    world, why, now = province.world, {"reason": "矩阵测试"}, clock.now()
    unit = str(world.project.unit_id)
    number = {"cme_number": target.cme_number}
    choice = {"kind": "single", "text": "?", "options": ["a", "b"], "correct": [0]}
    questions = [{"kind": "stars", "text": "内容"}]
    version = max(version for code, version in packaged() if code == "ZJ-LEGACY")
    rules = json.loads(packaged()["ZJ-LEGACY", version].model_dump_json(by_alias=True)) | {"version": version + 1}
    later = now + timedelta(days=10)
    session = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=3)).isoformat()}
    days = {"starts_on": world.project.starts_on.isoformat(), "ends_on": world.project.ends_on.isoformat()}
    today = day_at_home(now).isoformat()
    gift = Form(file=(GIFT, "x.txt"), form="gift", discipline="急诊", unit_id=unit)
    return {
        "applications.decide_application": {"decision": "declined", **why},
        "applications.decide_applications": {"ids": [world.ids["application_id"]], "decision": "declined", **why},
        "attendance_grid.correct_attendance": {**number, "mark": "present", **why},
        "attendance_imports.import_punches": Form(file=(world.values["file"], "punches.xlsx")),
        "attendance_imports.import_roster": Form(file=(world.values["file"], "roster.xlsx")),
        "attendance_imports.undo_attendance_import": why,
        "attempts.override_attempt": why,
        "by_hand.add_by_hand": {**number, "direction": "in", **why},
        "by_hand.add_many_by_hand": {"people": [number], "direction": "in", **why},
        "by_hand.add_walk_in": {**number, **why},
        "by_hand.undo_attendance_act": why,
        "claim_reviews.review_claim": {"decision": "approve"},
        "claim_reviews.review_claims": {"ids": [world.ids["claim_id"]], "decision": "approve"},
        "claim_settings.put_claim_name_words": {"words": ["大查房"]},
        "claim_settings.put_claim_permission": {"is_open": True, **why},
        "claim_settings.put_claim_settings": {"is_open": True},
        "certificates.reissue_certificate": why,
        "certificates.revoke_certificate": why,
        "check_ins.decide_check_in": {"decision": "accept", **why},
        "reminders.send_reminders": {"what": "evaluation"},
        "claim_catalogue.put_claim_label": {"is_on": False, **why},
        "credit_exemptions.record_exemption": {"year": 2026, "kind": "SICK", "months": 3, **why},
        "credit_exemptions.revoke_exemption": why,
        "credit_imports.commit_credit_import": {},
        "credit_imports.preview_credit_import": {"rows": [{}]},
        "credit_imports.undo_credit_import": why,
        "credit_imports.upload_credit_import": Form(file=(world.values["file"], "credits.xlsx")),
        "correction_requests.decide_request": {"decision": "reject", **why},
        "credit_records.decide_record": {"decision": "approve"},
        "evaluations.add_evaluation_template": {"name": "评价表", "questions": questions, "unit_id": unit},
        "evaluations.put_evaluation": {"questions": questions},
        "exam_mending.correct_exam": {"question_id": world.ids["question_id"], "void": True, **why},
        "exam_mending.except_learner": {**number, "attempts": 1, **why},
        "exams.put_exam": {"questions": [choice]},
        "exams.put_extra_time": {**number, "minutes": 5, **why},
        "face_batches.add_batch": Form(file=(zipped({"x.jpg": PNG}), "faces.zip")),
        "face_batches.cancel_batch": why,
        "face_cases.decide_case": {"decision": "accept", **why},
        "face_cases.refuse_reset": why,
        "face_cases.request_reset": why,
        "face_enrolments.check_photos_in_person": Form(
            photos=(face("somebody new"), "1.jpg"), consent_version="test-1"
        ),
        "face_enrolments.enrol_in_person": Form(
            photos=(face("somebody new"), "1.jpg"),
            consent_version="test-1",
            face_recognition="true",
            face_network="true",
        ),
        "face_law.publish_consent_text": {"version": "test-2", "text_zh": "告知与同意", "text_en": "Notice"},
        "face_law.register_assessment": {
            "approved_by": "某省卫健委",
            "assessed_on": today,
            "valid_until": (now + timedelta(days=300)).date().isoformat(),
        },
        "face_policies.set_policy": {"calibration": None, **why},
        "ledger.reverse_entry": why,
        "kiosks.add_kiosk": {"is_attended": True},
        "people.add_person": {"cme_number": "3398765432", "name": "新人", "unit_id": unit},
        "people.add_unit": {"name": "新科室", "kind": "department", "parent_id": unit},
        "people.edit_person": {"name": "新名", **why},
        "profiles.decide_profile_correction": {"decision": "reject", **why},
        "units.edit_unit": {"name": "新名", **why},
        "people.give_role": {"role": "organizer", "unit_id": unit},
        "people.give_password_slip": why,
        "people.reinstate_person": why,
        "people.set_unit_grade": {"grade": "tertiary", **why},
        "people.suspend_person": why,
        "second_factor.remove_for_person": why,
        "phones.change_phone_of": {"phone": "+8613711112222", "code": "000000", **why},
        "project_staff.assign_staff": {**number, "tasks": ["door", "results"]},
        "projects.copy_project": {"starts_on": (now + timedelta(days=30)).date().isoformat()},
        "projects.create_project": {"name": "新项目", **days, "unit_id": unit},
        "projects.edit_project": {"name": "改名"},
        "projects.take_step": {"to": "cancelled", **why},
        "question_bank.add_picture": Form(picture=(PNG, "x.png"), unit_id=unit),
        "question_bank.add_question": {**choice, "discipline": "急诊", "unit_id": unit},
        "question_bank.correct_question": choice,
        "question_imports.import_questions": gift,
        "question_imports.undo_question_import": why,
        "rehearsals.rehearse_session": {"attendees": 3},
        "rosters.add_to_roster": {"cme_numbers": [target.cme_number]},
        "rule_sets.choose_rule_set": {"effective_on": today, "code": "ZJ-LEGACY", "version": 1, **why},
        "rule_sets.publish_rule_set": {"content": rules, **why},
        "schedules.cancel_session": why,
        "schedules.change_session": {"title": "下午场"},
        "change_previews.preview_session_change": {"venue": "第二会议室"},
        "schedules.close_session": why,
        "schedules.create_session": {"title": "新场次", "venue": "二号厅", **session},
        "schedules.create_session_series": {
            "title": "夜场",
            "venue": "二号厅",
            "may_overlap": True,
            "repeat": {"every": "day", "count": 1},
            **session,
        },
        "schedules.extend_session": {"direction": "in", "minutes": 10},
        "session_places.place_people": {"cme_numbers": [target.cme_number]},
        "settlements.confirm_settlement": {},
        "settlements.lift_misconduct": {"cme_numbers": [target.cme_number], **why},
        "settlements.reopen_project": why,
        "settlements.reverse_grants": {"cme_numbers": [target.cme_number], **why},
        "settlements.review_settlement": {"decision": "approve"},
        "settlements.set_taught_hours": {"speakers": [{**number, "hours": "1.0"}]},
    }


class Form(dict[str, Any]):
    """A multipart form. Files are pairs of bytes and name."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(fields)

    def sent(self) -> dict[str, Any]:
        """What the test client sends."""
        files = {name: value for name, value in self.items() if isinstance(value, tuple)}
        return self | {name: (io.BytesIO(data), told) for name, (data, told) in files.items()}
