"""A small world with one of everything, so that a fuzzer's requests reach what is behind the first check."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.imports.rows import ROSTER_COLUMNS
from faces.engine import Look, Purpose
from faces.errors import NoFace
from models.applications import ApplicationStatus, ProjectApplication
from models.faces import FaceCase
from models.people import Person, Role
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from sheets.writing import xlsx_bytes
from tests.accounts.face_batches.conftest import zipped
from tests.api import Api
from tests.credit.claims.files import upload
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, FakeEngine, face

PHONE = "+8613800000077"
GIFT = "房颤可有心悸。{T}".encode()


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


PNG = _png()


class AnyPhotoEngine(FakeEngine):
    """A fake engine that sees a face in almost any bytes; the same bytes always show the same one of a few people."""

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        if photo.startswith(b'{"face"'):
            return super().look(photo, purpose)
        seed = hashlib.sha256(photo).digest()[0]
        if seed % 4 == 0:
            raise NoFace
        return super().look(face(f"stranger {seed % 8}"), purpose)


def _profile_correction(api: Api, person: Person) -> str:
    asked = {"field": "post", "wanted": "副主任", "reason": "登记有误"}
    return str(api.as_(person).post("/me/profile/corrections", asked).json["id"])


@dataclass
class World:
    """Who and what there is. ids: by the names of path parameters; values: by the names of body fields."""

    learner: Person
    organizer: Person
    admin: Person
    auditor: Person
    session: VenueSession
    project: Project
    ids: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def make_world(make: Factories, api: Api, db: Session, clock: FakeClock) -> World:
    """Build it: an enrolled learner with a check-in that waits for review, an open case, a reset, an open session."""
    make.face_law()
    unit = make.unit()
    learner, twin = make.person(unit=unit, phone=PHONE), make.person(unit=unit)
    organizer = make.organizer(unit)
    more = Role.AUTHORITY, Role.UNIT_ADMIN, Role.DEPARTMENT_ADMIN
    admin, second = make.staff(Role.SYSTEM_ADMIN, make.province, *more), make.staff(Role.UNIT_ADMIN, unit)
    project = make.project(unit=unit, organizer=organizer, status=ProjectStatus.RUNNING)
    now = clock.now()
    session = make.session(
        project,
        starts_at=now + timedelta(days=1),
        in_opens_at=now - timedelta(days=1),
        late_from=now + timedelta(days=2),
        in_closes_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=2),
        out_opens_at=now + timedelta(days=2),
        out_closes_at=now + timedelta(days=3),
    )
    make.on_roster(project, learner, twin)
    world = World(learner, organizer, admin, make.staff(Role.AUDITOR, make.province), session, project)
    assert api.as_(learner).enrol(face("li")).status_code == 201
    assert api.as_(twin).enrol(face("li")).status_code == 409
    reset = api.as_(second).post(f"/people/{learner.id}/face-resets", {"reason": "照片拍错"}).json["id"]
    role = api.as_(admin).post(f"/people/{twin.id}/roles", {"role": "organizer", "unit_id": str(unit.id)}).json["id"]
    waiting = check_in(world, api, face("li", off=0.56))
    assert waiting.json["status"] == "needs_review"
    wish = {"session_id": str(session.id), "direction": "in", "reason": "手机没电，已在纸质表签名"}
    asked = api.as_(learner).post("/me/correction-requests", wish)
    assert asked.status_code == 201
    mark = {"person_id": str(twin.id), "mark": "as_recorded", "reason": "核对后无更正"}
    assert api.as_(organizer).post(f"/sessions/{session.id}/corrections", mark).status_code == 201
    acts = api.as_(organizer).get(f"/projects/{project.id}/attendance-acts").json["items"]
    applicant = make.person(unit=unit)
    application = ProjectApplication(
        project_id=project.id, person_id=applicant.id, status=ApplicationStatus.PENDING, applied_at=now
    )
    db.add(application)
    db.flush()
    roster = xlsx_bytes(ROSTER_COLUMNS, [(twin.cme_number, twin.name, "", "", "", "")])
    upload = {"file": (io.BytesIO(roster), "roster.xlsx")}
    imported = api.as_(organizer).call(
        "POST", f"/projects/{project.id}/roster-imports", data=upload, content_type="multipart/form-data"
    )
    batch = {"file": (io.BytesIO(zipped({f"{twin.cme_number}.jpg": face("twin"), "x.jpg": PNG})), "faces.zip")}
    sent = api.as_(admin).call("POST", "/face-batches", data=batch, content_type="multipart/form-data")
    feed = api.as_(learner).post("/me/calendar").json["url"]
    world.ids = make_exam(world, api) | {
        "import_id": imported.json["id"],
        "token": feed.rsplit("/", 1)[1],
        "person_id": str(twin.id),
        "role_id": role,
        "unit_id": str(unit.id),
        "case_id": str(db.scalars(select(FaceCase.id)).one()),
        "reset_id": reset,
        "batch_id": sent.json["id"],
        "project_id": str(project.id),
        "session_id": str(session.id),
        "check_in_id": waiting.json["id"],
        "check_in_attempt_id": waiting.json["attempt_id"],
        "request_id": asked.json["id"],
        "correction_id": _profile_correction(api, twin),
        "act_id": acts[0]["id"],
        "application_id": str(application.id),
        "screen_id": api.as_(organizer).post(f"/sessions/{session.id}/screens").json["id"],
        "staff_id": assigned(world, api, applicant),
        "kiosk_id": api.as_(organizer).post(f"/sessions/{session.id}/kiosks", {}).json["id"],
        **credit_ids(world, api, twin),
        **claimed(world, api),
    }
    world.values = {
        "unit_id": str(unit.id),
        "parent_id": str(unit.id),
        "cme_number": learner.cme_number,
        "cme_numbers": [twin.cme_number, learner.cme_number],
        "password": PASSWORD,
        "current_password": PASSWORD,
        "phone": PHONE,
        "consent_version": "test-1",
        "photos": [face("li")],
        "file": roster,
        "picture": PNG,
        "discipline": "急诊",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=3)).isoformat(),
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
    }
    return world


def assigned(world: World, api: Api, person: Person) -> str:
    """An assignment of a person to the door of the session."""
    new = {"cme_number": person.cme_number, "session_id": str(world.session.id), "tasks": ["door"]}
    return str(api.as_(world.organizer).post(f"/projects/{world.project.id}/staff", new).json["id"])


def make_exam(world: World, api: Api) -> dict[str, str]:
    """An exam with a picture that the learner is sitting, a question in the bank, a file of questions, a form."""
    staff, learner = api.as_(world.organizer), api.as_(world.learner)
    uploaded = {"picture": (io.BytesIO(PNG), "x.png")}
    picture = staff.call("POST", "/question-pictures", data=uploaded, content_type="multipart/form-data").json["id"]
    choice = {"kind": "single", "text": "?", "options": ["a", "b"], "correct": [0], "picture_id": picture}
    exam = {"questions": [choice], "needs_attendance": False, "review": "after_hand_in"}
    assert staff.put(f"/projects/{world.project.id}/exam", exam).status_code == 200
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    assert staff.put(f"/projects/{world.project.id}/evaluation", form).status_code == 200
    attempt = learner.post(f"/projects/{world.project.id}/exam/attempts").json
    sent = {"file": (io.BytesIO(GIFT), "x.txt"), "form": "gift", "discipline": "急诊"}
    batch = staff.call("POST", "/question-imports", data=sent, content_type="multipart/form-data").json["id"]
    assert staff.post(f"/question-imports/{batch}/commit").status_code == 200
    return {
        "attempt_id": attempt["id"],
        "question_id": attempt["questions"][0]["id"],
        "bank_question_id": staff.get("/question-bank").json["items"][0]["id"],
        "picture_id": picture,
        "question_import_id": batch,
    }


def claimed(world: World, api: Api) -> dict[str, str]:
    """A claim of the learner's that waits for its review, and its evidence."""
    opened = {"is_open": True}
    assert api.as_(world.admin).put(f"/units/{world.project.unit_id}/claim-settings", opened).status_code == 200
    learner = api.as_(world.learner)
    claim = {
        "mode": "wizard", "rule": "GRT-PRV", "rank": 3, "activity_name": "急性心梗溶栓时间窗研究立项",
        "activity_date": world.project.starts_on.isoformat(), "delivery_mode": "论文著作",
        "discipline_l2": "临床内科学", "discipline_l3": "心血管病学", "issuer": "示例医院",
        "evidence": [upload(learner)], "hours": "6.0", "submit": True,
    }  # fmt: skip
    made = learner.post("/me/claims", claim)
    assert made.status_code == 201, made.json
    return {"claim_id": made.json["id"], "evidence_id": claim["evidence"][0]}


def credit_ids(world: World, api: Api, person: Person) -> dict[str, str]:
    """Credits of somebody: a grant in a signed ledger, a record that waits, an import to look at, an exemption."""
    boss = api.as_(world.admin)
    row = {
        "cme_number": person.cme_number, "date": "2026-01-05", "name": "示例课程", "category": "NAT",
        "activity_type": "个人活动", "delivery_mode": "远程教育", "hours": "15.0", "credits": "5.00",
        "recorded_by": "示例机构", "status": "approved",
    }  # fmt: skip
    rows = [row, row | {"name": "另一门课程", "status": "pending"}]
    made = boss.post("/credit-imports", {"rows": rows}).json["id"]
    assert boss.post(f"/credit-imports/{made}/commit").status_code == 200
    assert boss.post("/ledger/heads").status_code == 201
    seen = api.as_(person).get("/me/credits?from=2026-01-01&to=2026-12-31&status=approved").json["items"]
    absent = {"year": 2026, "kind": "SICK", "months": 3, "reason": "病假"}
    certified = api.as_(person).post("/me/certificates", {"entry_ids": [seen[0]["id"]]}).json["items"][0]
    return {
        "entry_id": seen[0]["id"],
        "number": certified["number"],
        "certificate_token": certified["verify_url"].rpartition("/")[2],
        "status_list": "1",
        "record_id": boss.get("/credit-records").json["items"][0]["id"],
        "credit_import_id": boss.post("/credit-imports", {"rows": [row | {"name": "第三门课程"}]}).json["id"],
        "exemption_id": boss.post(f"/people/{person.id}/credit-exemptions", absent).json["id"],
        "code": "ZJ-LEGACY",
        "version": "1",
    }


def venue_code(world: World, api: Api) -> str:
    """What the screen shows now."""
    return str(api.as_(world.organizer).get(f"/sessions/{world.session.id}/qr").json["url"])


def ticket(world: World, api: Api) -> str:
    """A good ticket of the learner."""
    reply = api.as_(world.learner).post("/check-in-tickets", {"qr": venue_code(world, api)})
    return str(reply.json["ticket"])


def check_in(world: World, api: Api, photo: bytes) -> Any:
    """The learner's check-in with a photo."""
    return api.as_(world.learner).send_photos("/check-ins", [photo], ticket=ticket(world, api))
