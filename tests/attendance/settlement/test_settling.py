"""Settling a project over HTTP: who gets what and why not, who may do each step, once and for all."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.attendance import AttendanceMark
from models.edge import AuditEntry
from models.exams import ExamAttempt, HandIn
from models.jobs import Job, JobStatus
from models.ledger import EntryKind, SourceRole
from models.people import Role
from models.projects import ProjectStatus, RosterRole
from models.settlements import Settlement, SettlementLine
from tests.attendance.projects.lists import statements
from tests.attendance.settlement.posting import EVER, Run, reasons, settle
from tests.attendance.settlement.settling import Closing, close
from tests.databases import table_of
from tests.kept_worlds import KeptWorlds

LEARNER, SPEAKER = RosterRole.LEARNER, RosterRole.SPEAKER


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    return kept.open("closing", lambda: close(kept.api, kept.make, kept.clock, kept.db))


def test_the_preview_says_who_gets_what_and_who_does_not_and_why(closing: Closing) -> None:
    closing.change(needs_evaluation=True, needs_exam=True)
    li, wang, zhao = closing.expect("li"), closing.expect("wang"), closing.expect("zhao", attended=False)
    for person in (li, wang, zhao):
        closing.sits(person, passes=person is not wang)
    closing.evaluates(li)
    seen = closing.preview()
    assert [(each["cme_number"], each["credits"], each["hours"], each["rule_code"]) for each in seen["grants"]] == [
        (li.cme_number, "5.00", "15.0", "NAT-L")
    ]
    assert reasons(closing) == {
        "wang": ["not_evaluated", "exam_not_passed"],
        "zhao": ["attendance_too_low", "not_evaluated"],
    }
    assert [(each["attended"], each["required"]) for each in seen["skipped"]] == [(1, 1), (0, 1)]
    assert (seen["rule_set"], seen["rule_set_version"]) == ("ZJ-LEGACY", 1)


def test_a_category_without_a_rule_gives_nothing_and_says_so(closing: Closing) -> None:
    closing.change(category="ELSE")
    closing.expect("li")
    assert reasons(closing) == {"li": ["no_rule"]}


def test_what_one_project_may_count_is_capped_and_the_raw_credits_are_kept(closing: Closing, run_jobs: Run) -> None:
    closing.change(credits=Decimal("12.00"))
    closing.expect("li")
    (grant,) = closing.preview()["grants"]
    assert (grant["credits"], grant["raw_credits"], grant["notes"]) == ("10.00", "12.00", ["project_cap"])
    settle(closing, run_jobs)
    (entry,) = closing.entries()
    assert (entry.credits, entry.counted) == (Decimal("12.00"), Decimal("10.00"))


def test_who_spoke_and_learned_gets_the_larger_one(closing: Closing, run_jobs: Run) -> None:
    much, little = closing.expect("much", LEARNER, SPEAKER), closing.expect("little", LEARNER, SPEAKER)
    only, absent = closing.expect("only", SPEAKER), closing.expect("absent", LEARNER, SPEAKER, attended=False)
    said = [
        {"cme_number": person.cme_number, "hours": hours}
        for person, hours in ((much, "4.0"), (little, "1.0"), (absent, "0.5"))
    ]
    path = f"/projects/{closing.project.id}/taught-hours"
    assert closing.staff.put(path, {"speakers": said}).status_code == 204
    assert reasons(closing) == {"only": ["no_taught_hours"]}
    settle(closing, run_jobs)
    got = {entry.person_id: (entry.source_role, entry.counted, entry.hours) for entry in closing.entries()}
    assert got == {
        much.id: (SourceRole.SPEAKER, Decimal("8.00"), Decimal("4.0")),  # 2 credits an hour (N06)
        little.id: (SourceRole.LEARNER, Decimal("5.00"), Decimal("15.0")),
        absent.id: (SourceRole.SPEAKER, Decimal("1.00"), Decimal("0.5")),
    }
    assert only.id not in got


def test_taught_hours_are_of_speakers_and_within_the_project(closing: Closing, run_jobs: Run) -> None:
    li, wang = closing.expect("li"), closing.expect("wang", SPEAKER)
    path = f"/projects/{closing.project.id}/taught-hours"

    def say(*said: tuple[str | None, str]) -> tuple[int, str | None]:
        reply = closing.staff.put(path, {"speakers": [{"cme_number": n, "hours": h} for n, h in said]})
        return reply.status_code, reply.json["code"] if reply.data else None

    assert say((li.cme_number, "1.0")) == (422, "person_not_on_roster")
    assert say((wang.cme_number, "15.1")) == (422, "too_many_hours")
    assert say((wang.cme_number, "0.0"))[0] == say((wang.cme_number, "-1.0"))[0] == 422
    assert say((wang.cme_number, "1.0"), (wang.cme_number, "2.0"))[0] == 422
    assert say((wang.cme_number, "2.0")) == (204, None)
    assert say() == (204, None)  # said anew: nobody taught
    assert reasons(closing) == {"wang": ["no_taught_hours"]}
    settle(closing, run_jobs)
    assert say((wang.cme_number, "2.0")) == (409, "project_closed")


def test_the_organizer_confirms_the_unit_approves_and_each_who_met_the_conditions_has_one_grant(
    closing: Closing, run_jobs: Run
) -> None:
    li, wang = closing.expect("li"), closing.expect("wang", attended=False)
    made = closing.confirm()
    assert (made.status_code, made.json["status"], made.json["to_grant"], made.json["skipped"]) == (
        202, "in_review", 1, 1,
    )  # fmt: skip
    assert closing.status() is ProjectStatus.IN_REVIEW
    assert closing.confirm().json["id"] == made.json["id"]
    approved = closing.review(made.json["id"])
    assert (approved.status_code, approved.json["status"], approved.json["granted"]) == (202, "approved", 0)
    assert closing.entries() == []  # not in the request
    run_jobs()
    done = closing.unit.get(f"/settlements/{made.json['id']}").json
    assert (done["status"], done["granted"], done["skipped"]) == ("settled", 1, 1)
    job = closing.unit.get(f"/jobs/{approved.json['job_id']}").json
    assert (job["status"], job["done"], job["total"]) == ("done", 1, 1)
    (entry,) = closing.entries()
    assert (entry.person_id, entry.kind, entry.credits, entry.hours) == (
        li.id, EntryKind.GRANT, Decimal("5.00"), Decimal("15.0"),
    )  # fmt: skip
    assert (entry.rule_set, entry.rule_set_version, entry.rule_code, entry.credit_class) == (
        "ZJ-LEGACY", 1, "NAT-L", "I",
    )  # fmt: skip
    assert (entry.activity_on, entry.actor_id) == (closing.project.ends_on, closing.authority.id)
    assert closing.status() is ProjectStatus.SETTLED
    assert closing.api.as_(li).get(EVER).json["totals"]["credits"] == "5.00"
    assert closing.api.as_(wang).get(EVER).json["items"] == []


def test_a_settlement_has_one_audit_row_whoever_many_it_grants(closing: Closing, run_jobs: Run) -> None:
    for number in range(7):
        closing.expect(f"learner {number}")
    settlement_id = settle(closing, run_jobs)
    rows = closing.db.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "settlement")).all()
    assert [(row.action, str(row.subject_id), row.actor_id) for row in rows] == [
        ("settlement.settled", settlement_id, closing.authority.id)
    ]
    assert rows[0].after == {"status": "settled", "granted": 7, "skipped": 0, "credits": "35.00"}


def test_approved_again_or_worked_again_nothing_is_granted_twice(closing: Closing, run_jobs: Run, db: Session) -> None:
    closing.expect("li")
    settlement_id = settle(closing, run_jobs)
    again = closing.review(settlement_id)
    assert (again.status_code, again.json["status"]) == (202, "settled")
    job = uuid.UUID(again.json["job_id"])
    db.execute(update(Job).where(Job.id == job).values(status=JobStatus.WAITING))  # as if it had never been done
    run_jobs()
    assert closing.confirm().json["id"] == settlement_id
    assert len(closing.entries()) == 1


def test_what_was_returned_is_mended_and_confirmed_anew(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li", attended=False)
    first = closing.confirm().json["id"]
    refused = closing.review(first, "return", "")
    assert (refused.status_code, refused.json["code"]) == (422, "reason_needed")
    returned = closing.review(first, "return", "请补签到")
    assert (returned.status_code, returned.json["status"]) == (202, "returned")
    assert closing.status() is ProjectStatus.ENDED
    assert closing.review(first).json["code"] == "already_decided"
    closing.mark(li, AttendanceMark.PRESENT)
    second = closing.confirm().json
    assert (second["id"] != first, second["round"], second["to_grant"]) == (True, 2, 1)
    closing.review(second["id"])
    assert closing.review(second["id"], "return", "反悔").json["code"] == "already_decided"
    run_jobs()
    assert closing.live() == {li.id: [Decimal("5.00")]}


def test_what_is_granted_is_what_was_approved_whatever_is_written_meanwhile(closing: Closing, run_jobs: Run) -> None:
    li, wang = closing.expect("li"), closing.expect("wang", attended=False)
    settlement_id = closing.confirm().json["id"]
    closing.mark(li, AttendanceMark.ABSENT)  # behind the service's back: it refuses this in review
    closing.mark(wang, AttendanceMark.PRESENT)
    closing.review(settlement_id)
    run_jobs()
    assert set(closing.live()) == {li.id}


def test_the_list_that_was_confirmed_can_not_be_changed(closing: Closing) -> None:
    closing.expect("li")
    closing.confirm()
    with pytest.raises(DBAPIError, match="only ever added"):
        closing.db.execute(table_of(SettlementLine).update().values(credits=Decimal("9.00")))


def test_a_grant_taken_back_may_be_followed_by_a_corrected_one(closing: Closing, run_jobs: Run) -> None:
    li, wang = closing.expect("li"), closing.expect("wang")
    first = settle(closing, run_jobs)
    assert closing.reverse(first, "li").json == {"reversed": 1, "not_granted": []}
    assert closing.reverse(first, "li").json == {"reversed": 0, "not_granted": [li.cme_number]}
    assert closing.live() == {wang.id: [Decimal("5.00")]}
    assert closing.api.as_(li).get(EVER).json["totals"]["credits"] == "0.00"
    assert closing.reopen(first).json == {"status": "ended"}
    assert reasons(closing) == {"wang": ["already_granted"]}
    closing.change(credits=Decimal("4.00"))
    settle(closing, run_jobs)
    assert closing.live() == {li.id: [Decimal("4.00")], wang.id: [Decimal("5.00")]}
    of_li = [
        (entry.generation, entry.kind.value, entry.counted) for entry in closing.entries() if entry.person_id == li.id
    ]
    assert of_li == [
        (1, "grant", Decimal("5.00")), (1, "reversal", Decimal("-5.00")), (2, "grant", Decimal("4.00")),
    ]  # fmt: skip
    audited = closing.db.scalars(select(AuditEntry).where(AuditEntry.action == "settlement.reversed")).one()
    assert (audited.reason, audited.actor_id) == ("考勤有误", closing.authority.id)


def test_a_reversal_needs_a_reason(closing: Closing, run_jobs: Run) -> None:
    li = closing.expect("li")
    settlement_id = settle(closing, run_jobs)
    reply = closing.unit.post(f"/settlements/{settlement_id}/reversals", {"cme_numbers": [li.cme_number]})
    assert reply.status_code == 422
    assert closing.live() == {li.id: [Decimal("5.00")]}


def test_nothing_is_settled_before_the_project_has_ended(closing: Closing) -> None:
    closing.expect("li")
    for status in set(ProjectStatus) - {ProjectStatus.ENDED}:
        closing.change(status=status)
        assert closing.confirm().json["code"] == "transition_not_allowed", status
    assert closing.db.scalars(select(Settlement)).all() == []


def test_nothing_is_reopened_before_it_is_settled(closing: Closing) -> None:
    settlement_id = closing.confirm().json["id"]
    assert closing.reopen(settlement_id).json["code"] == "transition_not_allowed"


def test_a_project_without_anybody_is_settled_with_nothing(closing: Closing, run_jobs: Run) -> None:
    settlement_id = settle(closing, run_jobs)
    done = closing.staff.get(f"/settlements/{settlement_id}").json
    assert (done["status"], done["granted"], done["skipped"]) == ("settled", 0, 0)


@pytest.mark.parametrize("who", [*Role, "organizer elsewhere", "authority elsewhere"])
def test_each_step_is_for_who_may_take_it(closing: Closing, run_jobs: Run, who: Role | str) -> None:
    elsewhere = closing.make.unit(name="别处")
    caller = {
        Role.ORGANIZER: closing.organizer,
        Role.AUTHORITY: closing.authority,
        "organizer elsewhere": closing.make.organizer(elsewhere),
        "authority elsewhere": closing.make.staff(Role.AUTHORITY, elsewhere),
        Role.LEARNER: closing.make.person(unit=closing.make.province),
    }.get(who) or closing.make.staff(Role(who), closing.make.province)
    client = closing.api.as_(caller)
    li = closing.expect("li")
    is_organizer, is_unit = caller is closing.organizer, caller is closing.authority
    sees = is_organizer or is_unit or who is Role.UNIT_ADMIN
    project, said = f"/projects/{closing.project.id}", {"cme_numbers": [li.cme_number], "reason": "考勤有误"}

    def may(method: str, path: str, body: object = None) -> bool:
        reply = client.call(method, path, body)
        assert reply.status_code in (200, 202, 204, 403), reply.json
        return reply.status_code != 403

    assert may("PUT", f"{project}/taught-hours", {"speakers": []}) == is_organizer
    assert may("GET", f"{project}/settlement/preview") == sees
    assert may("POST", f"{project}/settlement") == is_organizer
    settlement = f"/settlements/{closing.confirm().json['id']}"
    assert may("GET", settlement) == sees
    assert may("POST", f"{settlement}/review", {"decision": "approve"}) == is_unit
    closing.unit.post(f"{settlement}/review", {"decision": "approve"})
    run_jobs()
    assert may("POST", f"{settlement}/reversals", said) == is_unit
    assert may("POST", f"{settlement}/reopening", {"reason": "更正"}) == is_unit


def test_who_confirmed_can_not_also_approve(closing: Closing) -> None:
    both = closing.make.staff(Role.AUTHORITY, closing.make.province)
    closing.make._grant(both, Role.ORGANIZER, closing.make.province)
    closing.db.commit()
    client = closing.api.as_(both)
    settlement_id = client.post(f"/projects/{closing.project.id}/settlement").json["id"]
    assert closing.review(settlement_id, who=client).json["code"] == "second_admin_needed"
    assert closing.review(settlement_id).status_code == 202


def test_an_exam_left_open_past_its_deadline_is_handed_in_before_the_list_is_drawn_up(closing: Closing) -> None:
    closing.change(needs_exam=True)
    li = closing.expect("li")
    closing.sits(li, passes=None)
    closing.confirm()
    attempt = closing.db.scalars(select(ExamAttempt).execution_options(populate_existing=True)).one()
    assert (attempt.submitted_at, attempt.hand_in) == (attempt.deadline_at, HandIn.DEADLINE)


def test_a_preview_costs_as_many_statements_for_many_as_for_one(closing: Closing) -> None:
    closing.expect("li")
    client, path = closing.staff, f"/projects/{closing.project.id}/settlement/preview"
    with statements(closing.api) as few:
        client.get(path)
    for number in range(20):
        closing.expect(f"learner {number}")
    with statements(closing.api) as many:
        assert len(client.get(path).json["grants"]) == 21
    assert len(many) == len(few)
