"""What went wrong with a settled project is put right over HTTP: grants back, record corrected, settled anew."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from models.attendance import AttendanceCorrection
from models.edge import AuditEntry
from models.jobs import Job, JobStatus
from models.ledger import SourceRole
from models.people import Person
from models.projects import ProjectStatus, RosterRole
from tests.attendance.projects.lists import pages
from tests.attendance.settlement.posting import EVER, reasons, settle
from tests.attendance.settlement.settling import Closing, close
from tests.kept_worlds import KeptWorlds

Run = Callable[[], None]
FIVE = [Decimal("5.00")]
WHY = "签到名单核对后更正"


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    return kept.open("closing", lambda: close(kept.api, kept.make, kept.clock, kept.db))


def correct(closing: Closing, person: Person, mark: str) -> None:
    body = {"person_id": str(person.id), "mark": mark, "reason": WHY}
    reply = closing.staff.post(f"/sessions/{closing.session.id}/corrections", body)
    assert reply.status_code == 201, reply.json


def add(closing: Closing, person: Person, role: str = "learner") -> None:
    named = {"cme_number": person.cme_number, "name": person.name}
    body = {"cme_numbers": [person.cme_number], "names": [named], "role": role}
    assert closing.staff.post(f"/projects/{closing.project.id}/roster", body).json["added"] == 1


def total(closing: Closing, person: Person) -> str:
    return str(closing.api.as_(person).get(EVER).json["totals"]["credits"])


def test_one_wrong_grant_is_taken_back_and_the_others_stay_untouched(closing: Closing, run_jobs: Run) -> None:
    li, wang, zhao = (closing.expect(name) for name in ("li", "wang", "zhao"))
    first = settle(closing, run_jobs)
    before = [entry.id for entry in closing.entries()]
    assert closing.reverse(first, "li", reason="冒名签到").json["reversed"] == 1
    assert closing.reopen(first).json == {"status": "ended"}
    correct(closing, li, "absent")
    assert reasons(closing) == {
        "li": ["attendance_too_low"], "wang": ["already_granted"], "zhao": ["already_granted"],
    }  # fmt: skip
    second = settle(closing, run_jobs)
    assert closing.live() == {wang.id: FIVE, zhao.id: FIVE}
    done = closing.unit.get(f"/settlements/{second}").json
    assert (done["round"], done["granted"], done["skipped"], done["status"]) == (2, 0, 3, "settled")
    assert closing.status() is ProjectStatus.SETTLED

    assert closing.reopen(second).json == {"status": "ended"}  # the accusation did not hold
    correct(closing, li, "as_recorded")
    correct(closing, li, "present")
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE, wang.id: FIVE, zhao.id: FIVE}
    assert [entry.id for entry in closing.entries()][:3] == before
    assert [(each.generation, each.kind.value) for each in closing.entries()[3:]] == [(1, "reversal"), (2, "grant")]
    assert (total(closing, li), total(closing, wang)) == ("5.00", "5.00")
    marks = closing.db.scalars(select(AttendanceCorrection).where(AttendanceCorrection.person_id == li.id)).all()
    assert len(marks) == 4  # nothing was overwritten


def test_who_was_forgotten_on_the_roster_is_settled_by_a_supplement(closing: Closing, run_jobs: Run) -> None:
    li, forgotten = closing.expect("li"), closing.make.person(unit=closing.make.province, name="forgotten")
    first = settle(closing, run_jobs)
    body = {"cme_numbers": [forgotten.cme_number], "role": "learner"}
    refused = closing.staff.post(f"/projects/{closing.project.id}/roster", body)
    assert refused.json["code"] == "project_closed"
    closing.reopen(first)
    add(closing, forgotten)
    correct(closing, forgotten, "present")
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE, forgotten.id: FIVE}
    assert [each.generation for each in closing.entries()] == [1, 1]
    assert closing.status() is ProjectStatus.SETTLED


def test_a_wrong_role_is_corrected_by_adding_the_right_one_first(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li")
    checked = {"cme_number": li.cme_number, "direction": "in", "reason": WHY}
    assert closing.staff.post(f"/sessions/{closing.session.id}/attendance", checked).status_code == 201
    first = settle(closing, run_jobs)
    closing.reverse(first, "li", reason="是讲者，不是学员")
    closing.reopen(first)
    roster = f"/projects/{closing.project.id}/roster"
    gone = closing.staff.call("DELETE", f"{roster}/{li.id}?role=learner")
    assert gone.json["code"] == "has_attended"
    add(closing, li, "speaker")
    assert closing.staff.call("DELETE", f"{roster}/{li.id}?role=learner").status_code == 204
    assert closing.staff.call("DELETE", f"{roster}/{li.id}?role=speaker").json["code"] == "has_attended"
    said = {"speakers": [{"cme_number": li.cme_number, "hours": "3.0"}]}
    assert closing.staff.put(f"/projects/{closing.project.id}/taught-hours", said).status_code == 204
    settle(closing, run_jobs)
    assert closing.live() == {li.id: [Decimal("6.00")]}
    assert closing.entries()[-1].source_role is SourceRole.SPEAKER
    audited = {each.action for each in closing.db.scalars(select(AuditEntry))}
    assert {"settlement.reversed", "roster.add", "roster.remove", "project.taught_hours"} <= audited


def test_people_without_a_number_are_named_by_their_id(closing: Closing, run_jobs: Run) -> None:
    guest = closing.expect("guest", RosterRole.SPEAKER)
    closing.db.execute(update(Person).where(Person.id == guest.id).values(cme_number=None))
    path, by_id = f"/projects/{closing.project.id}/taught-hours", {"person_id": str(guest.id)}
    twice = {"speakers": [{**by_id, "hours": "2.0"}, {**by_id, "hours": "3.0"}]}
    assert closing.staff.put(path, twice).status_code == 422
    assert closing.staff.put(path, {"speakers": [{**by_id, "cme_number": "1", "hours": "2.0"}]}).status_code == 422
    assert closing.staff.put(path, {"speakers": [{**by_id, "hours": "2.0"}]}).status_code == 204
    settlement_id = settle(closing, run_jobs)
    assert closing.live() == {guest.id: [Decimal("4.00")]}
    nobody = str(uuid.uuid4())
    body = {"person_ids": [str(guest.id), nobody], "reason": WHY}
    back = closing.unit.post(f"/settlements/{settlement_id}/reversals", body).json
    assert back == {"reversed": 1, "not_granted": [nobody]}
    assert closing.live() == {}
    nothing = closing.unit.post(f"/settlements/{settlement_id}/reversals", {"reason": WHY})
    assert nothing.status_code == 422


def test_what_was_wrongly_approved_is_corrected_with_the_reopening(closing: Closing, run_jobs: Run) -> None:
    li, wang = closing.expect("li"), closing.expect("wang")
    first = settle(closing, run_jobs)
    closing.reverse(first, "li", "wang", reason="学分批错")
    body: dict[str, Any] = {"reason": "应为 4 学分", "credits": "4.00", "hours": "12.0"}
    assert closing.staff.post(f"/settlements/{first}/reopening", body).status_code == 403
    assert closing.unit.post(f"/settlements/{first}/reopening", {**body, "credits": "-4.00"}).status_code == 422
    nothing = closing.unit.post(f"/settlements/{first}/reopening", {**body, "hours": "0.0"})
    assert nothing.json["code"] == "project_incomplete"
    assert closing.unit.post(f"/settlements/{first}/reopening", body).json == {"status": "ended"}
    settle(closing, run_jobs)
    assert closing.live() == {li.id: [Decimal("4.00")], wang.id: [Decimal("4.00")]}
    assert {entry.hours for entry in closing.entries()[-2:]} == {Decimal("12.0")}
    edited = closing.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.edit")).one()
    assert (edited.reason, edited.before) == ("应为 4 学分", {"credits": "5.00", "hours": "15.0"})
    assert edited.after == {"credits": "4.00", "hours": "12.0"}


def test_hours_are_not_corrected_to_fewer_than_a_speaker_taught(closing: Closing, run_jobs: Run) -> None:
    wang = closing.expect("wang", RosterRole.SPEAKER)
    said = {"speakers": [{"cme_number": wang.cme_number, "hours": "4.0"}]}
    closing.staff.put(f"/projects/{closing.project.id}/taught-hours", said)
    first = settle(closing, run_jobs)
    path = f"/settlements/{first}/reopening"
    refused = closing.unit.post(path, {"reason": WHY, "hours": "3.0"})
    assert (refused.status_code, refused.json["code"]) == (422, "too_many_hours")
    assert closing.status() is ProjectStatus.SETTLED
    assert closing.unit.post(path, {"reason": WHY, "hours": "4.0"}).status_code == 200


def test_an_archived_project_is_reopened_too(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li")
    first = settle(closing, run_jobs)
    step = closing.staff.post(f"/projects/{closing.project.id}/transitions", {"to": "archived"})
    assert step.status_code == 200
    closing.reverse(first, "li")
    assert closing.reopen(first).json == {"status": "ended"}
    settle(closing, run_jobs)
    assert closing.live() == {li.id: FIVE}


def test_grants_whose_job_has_failed_are_posted_once_the_unit_approves_again(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li")
    settlement_id = closing.confirm().json["id"]
    first = closing.review(settlement_id).json["job_id"]
    failed = {"status": JobStatus.FAILED, "error": "gave_up", "ended_at": closing.now}
    closing.db.execute(update(Job).where(Job.id == uuid.UUID(first)).values(**failed))
    assert closing.staff.get(f"/settlements/{settlement_id}").json["job_status"] == "failed"
    again = closing.review(settlement_id).json
    assert (again["status"], again["job_status"]) == ("approved", "waiting")
    assert again["job_id"] != first
    assert closing.review(settlement_id).json["job_id"] == again["job_id"]  # it waits: no third one
    run_jobs()
    assert closing.live() == {li.id: FIVE}
    assert closing.review(settlement_id).json["job_id"] == again["job_id"]


def test_what_was_confirmed_can_be_read_whatever_came_after(closing: Closing, run_jobs: Run) -> None:
    closing.expect("li"), closing.expect("wang", attended=False), closing.expect("zhao")
    first = settle(closing, run_jobs)
    closing.reverse(first, "li")
    closing.reopen(first)
    second = closing.confirm().json["id"]
    for client in (closing.staff, closing.unit):
        listed = client.get(f"/projects/{closing.project.id}/settlements").json["items"]
        assert [(each["id"], each["round"], each["status"]) for each in listed] == [
            (second, 2, "in_review"), (first, 1, "settled"),
        ]  # fmt: skip
    lines = closing.unit.get(f"/settlements/{first}/lines").json["items"]
    assert {each["name"]: (each["credits"], each["generation"], each["reasons"]) for each in lines} == {
        "li": ("5.00", 1, []), "wang": (None, 1, ["attendance_too_low"]), "zhao": ("5.00", 1, []),
    }  # fmt: skip
    posted = {str(entry.id): entry.person_id for entry in closing.entries() if entry.kind.value == "grant"}
    assert {each["entry_id"]: uuid.UUID(each["person_id"]) for each in lines if each["credits"]} == posted
    lines = closing.unit.get(f"/settlements/{second}/lines").json["items"]
    assert {each["name"]: (each["generation"], each["reasons"]) for each in lines} == {
        "li": (2, []), "wang": (1, ["attendance_too_low"]), "zhao": (2, ["already_granted"]),
    }  # fmt: skip
    by_pages = pages(closing.unit, f"/settlements/{second}/lines", 2)
    assert [each for page in by_pages for each in page] == lines
    stranger = closing.api.as_(closing.make.organizer(closing.make.unit(name="二院")))
    for path in (f"/projects/{closing.project.id}/settlements", f"/settlements/{first}/lines"):
        assert stranger.get(path).status_code == 403
