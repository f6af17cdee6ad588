"""What belongs to one person is shown to nobody else, and a project's forms and places to those on its roster."""

import re
import uuid

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from models.certificates import CertificateFile, CertificateFilePart, FileFormat
from models.jobs import Job
from models.people import Person, Role, Unit
from tests.api import Api
from tests.fakes import FakeClock
from tests.fuzz.world import make_world
from tests.service.authorisation.world import CityFactories as Factories

OF_ONE_PERSON = {
    "attempts.get_attempt_card": "learner",
    "attempts.get_attempt_qr": "learner",
    "attempts.get_attempt_qr_svg": "learner",
    "evidence.delete_evidence": "learner",
    "evidence.get_evidence_file": "learner",
    "evidence.get_evidence_thumbnail": "learner",
    "exam_attempts.get_attempt": "learner",
    "exam_attempts.get_picture_of_paper": "learner",
    "exam_attempts.put_answer": "learner",
    "exam_attempts.submit_attempt": "learner",
    "job_progress.get_job": "organizer",
    "ledger.get_inclusion": "twin",
    "my_claims.change_claim": "learner",
    "my_claims.delete_claim": "learner",
    "my_claims.get_my_claim": "learner",
    "my_claims.withdraw_claim": "learner",
    "my_certificates.get_certificate_file": "twin",
    "my_certificates.get_my_badge": "twin",
    "my_certificates.get_my_certificate": "twin",
    "my_profile.withdraw_profile_correction": "twin",
    "my_sign_ins.end_sign_in": "learner",
}
"""Routes of signed-in people about a thing of one of them, and who of the world that is."""
ALSO_OF_STAFF = {"attempts.get_attempt_card", "attempts.get_attempt_qr", "attempts.get_attempt_qr_svg"}
"""Of these, the routes that are also for the organizers of the project."""
OF_A_ROSTER = {
    "evaluations.add_response",
    "evaluations.get_evaluation",
    "exams.get_one_exam",
    "exams.start_attempt",
    "my_attendance.get_my_project",
    "session_places.choose_session",
    "session_places.decline_session",
    "session_places.list_place_choices",
}
"""Routes for those who are expected at a project."""
FOR_ALL = {
    "my_applications.apply_for_project",
    "my_applications.get_open_project",
    "my_applications.withdraw_application",
    "rule_sets.get_one_rule_set",
}
TOLD_TO_OWNERS = {"claim_submitted", "evidence_in_use"}
"""Refusals that tell something of the thing, so that nobody but its owner gets them."""
BODIES = {
    "my_claims.change_claim": {"remark": "已补"},
    "evaluations.add_response": {"answers": []},
    "exam_attempts.put_answer": {"options": []},
}


@pytest.fixture
def asked(app: APIFlask, api: Api, db: Session, clock: FakeClock) -> dict[str, dict[str, tuple[int, str]]]:
    """The status and code of each such route, by endpoint and by who asked."""
    make = Factories(app, db, clock)
    make.city = make.unit(parent=make.province)
    world = make_world(make, api, db, clock)
    job = Job(kind="test", payload={}, actor_id=world.organizer.id, due_at=clock.now(), created_at=clock.now())
    db.add(job)
    db.flush()
    sign_in = api.as_(world.learner).get("/me/sign-ins").json["items"][0]["id"]
    file = finished_file(db, uuid.UUID(world.ids["person_id"]), clock)
    ids = world.ids | {"job_id": str(job.id), "sign_in_id": sign_in, "file_id": file}
    unit = db.get_one(Unit, world.project.unit_id)
    people = {
        "learner": api.as_(world.learner),
        "twin": api.as_(db.get_one(Person, uuid.UUID(ids["person_id"]))),
        "organizer": api.as_(world.organizer),
        "stranger": api.as_(make.person(unit=unit)),
        "organizer of another unit": api.as_(make.staff(Role.ORGANIZER, make.unit(name="第二医院"))),
        "authority of another unit": api.as_(make.staff(Role.AUTHORITY, make.unit(name="第三医院"))),
    }
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for endpoint in sorted(set(OF_ONE_PERSON) | OF_A_ROSTER):
        (rule,) = app.url_map.iter_rules(endpoint)
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: ids[part[1]], rule.rule)
        for name in sorted(people, key=lambda name: name == OF_ONE_PERSON.get(endpoint, "learner")):
            reply = people[name].call(method, path, BODIES.get(endpoint))
            told = reply.json.get("code", "") if reply.mimetype.endswith("json") else ""
            found.setdefault(endpoint, {})[name] = reply.status_code, told
    return found


def finished_file(db: Session, owner_id: uuid.UUID, clock: FakeClock) -> str:
    now = clock.now()
    file = CertificateFile(
        owner_id=owner_id, format=FileFormat.PDF, certificate_ids=[], asked_at=now, finished_at=now, left_out=[]
    )
    db.add(file)
    db.flush()
    db.add(CertificateFilePart(file_id=file.id, position=0, name="certificates.pdf", data=b"%PDF-"))
    db.flush()
    return str(file.id)


def test_each_route_of_signed_in_people_with_a_thing_in_its_path_is_in_a_list(app: APIFlask) -> None:
    found = set()
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].access  # type: ignore[union-attr]
        if not access.is_public and access.roles is None and rule.arguments:
            found.add(rule.endpoint)
    assert found == set(OF_ONE_PERSON) | OF_A_ROSTER | FOR_ALL


def test_what_is_one_persons_own_is_nobody_elses(asked: dict[str, dict[str, tuple[int, str]]]) -> None:
    for endpoint, owner in OF_ONE_PERSON.items():
        for name, (status, code) in asked[endpoint].items():
            if name == owner or (name in ("organizer", "twin") and endpoint in ALSO_OF_STAFF):
                assert status < 300 or code in TOLD_TO_OWNERS, (endpoint, name, code)
            else:
                assert (status, code) in ((404, "not_found"), (403, "forbidden")), (endpoint, name, code)


def test_what_is_for_a_roster_is_for_nobody_else(asked: dict[str, dict[str, tuple[int, str]]]) -> None:
    for endpoint in OF_A_ROSTER:
        for name, (status, code) in asked[endpoint].items():
            if name == "learner":
                assert code not in ("not_found", "forbidden", "not_on_roster", "invalid_input"), (endpoint, code)
            elif name in ("stranger", "organizer of another unit", "authority of another unit"):
                assert status in (403, 404), (endpoint, name, code)
