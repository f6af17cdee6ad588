"""Settlement as properties: whatever is done in whatever order, nobody is granted twice and the sums are right."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.projects.projects import Conditions
from attendance.record.shares import Share
from attendance.settlement.rules import Participation, Terms, decide
from credit.rules.awards import Award
from models.attendance import AttendanceMark
from models.ledger import EntryKind, LedgerEntry
from models.projects import ProjectStatus
from models.settlements import Settlement
from tests.api import Api
from tests.attendance.settlement.job_work import work
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

EVER = "/me/credits?from=2000-01-01&to=2099-12-31"
PEOPLE = 3


@dataclass
class Course:
    """One course of events on one project."""

    closing: Closing
    work: Callable[[bool], None]
    settlement_id: str = str(uuid.UUID(int=0))

    def confirm(self, _: int) -> None:
        self.settlement_id = self.closing.confirm().json.get("id", self.settlement_id)

    def approve(self, _: int) -> None:
        self.closing.review(self.settlement_id)

    def give_back(self, _: int) -> None:
        self.closing.review(self.settlement_id, "return", "请更正")

    def one_step(self, _: int) -> None:
        self.work(True)

    def to_the_end(self, _: int) -> None:
        self.work(False)

    def take_back(self, who: int) -> None:
        self.closing.reverse(self.settlement_id, f"learner {who % PEOPLE}")

    def reopen(self, _: int) -> None:
        self.closing.reopen(self.settlement_id)

    def reopen_with_other_credits(self, credits: int) -> None:
        path = f"/settlements/{self.settlement_id}/reopening"
        self.closing.unit.post(path, {"reason": "学分批错", "credits": f"{credits + 1}.00"})

    def archive(self, _: int) -> None:
        self.closing.staff.post(f"/projects/{self.closing.project.id}/transitions", {"to": "archived"})

    def find_one_forgotten(self, _: int) -> None:
        """Somebody who was there and was on no roster."""
        name = f"forgotten {len(self.closing.people)}"
        person = self.closing.people[name] = self.closing.make.person(unit=self.closing.make.province, name=name)
        project, whom = self.closing.project.id, {"cme_number": person.cme_number}
        named = {"cme_numbers": [*whom.values()], "names": [{**whom, "name": name}]}
        added = self.closing.staff.post(f"/projects/{project}/roster", named)
        if added.status_code != 200:  # it stands still
            return
        assert added.json["added"] == 1
        seen = {**whom, "mark": "present", "reason": "现场核对"}
        assert self.closing.staff.post(f"/sessions/{self.closing.session.id}/corrections", seen).status_code == 201

    def mark(self, who: int) -> None:
        if self.closing.status() is ProjectStatus.ENDED:  # it stands still otherwise
            marks = (AttendanceMark.ABSENT, AttendanceMark.PRESENT)
            self.closing.mark(self.closing.people[f"learner {who % PEOPLE}"], marks[who // PEOPLE % 2])


EVENTS = (
    Course.confirm, Course.approve, Course.give_back, Course.one_step, Course.to_the_end, Course.take_back,
    Course.reopen, Course.reopen_with_other_credits, Course.archive, Course.find_one_forgotten, Course.mark,
)  # fmt: skip
LIKELY = [
    Course.confirm, Course.approve, Course.one_step, Course.to_the_end, Course.take_back, Course.reopen,
]  # fmt: skip
COURSES = st.lists(
    st.tuples(st.sampled_from(EVENTS) | st.sampled_from(LIKELY), st.integers(0, 2 * PEOPLE - 1)), max_size=25
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(course=COURSES)
def test_no_order_of_events_grants_twice_and_the_totals_are_the_sum_of_what_is_live(
    app: APIFlask, api: Api, make: Factories, clock: FakeClock, db: Session,
    course: list[tuple[Callable[[Course, int], None], int]],
) -> None:  # fmt: skip
    work(app, clock, is_cut_short=False)  # what the last course of events left
    closing = close(api, make, clock, db)
    for who in range(PEOPLE):
        closing.expect(f"learner {who}")
    events = Course(closing, partial(work, app, clock))
    before: Sequence[tuple[object, ...]] = []
    for event, who in course:
        event(events, who)
        live = closing.live()
        assert all(len(grants) == 1 for grants in live.values())
        written = [(entry.id, entry.person_id, entry.kind, entry.counted) for entry in closing.entries()]
        assert written[: len(before)] == before  # whoever is corrected, the others' grants stay as they are
        if event is Course.take_back:
            touched = {person for _, person, *_ in written[len(before) :]}
            assert touched <= {closing.people[f"learner {who % PEOPLE}"].id}
        before = written
        assert sum((entry.counted for entry in closing.entries()), Decimal(0)) == sum(map(sum, live.values()))
    for person in closing.people.values():
        totals = api.as_(person).get(EVER).json["totals"]
        assert Decimal(totals["credits"]) == sum(live_of(closing, person.id))


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.sets(st.integers(0, PEOPLE - 1)))
def test_what_is_taken_back_is_as_if_it_had_never_been_and_settling_again_restores_it(
    app: APIFlask, api: Api, make: Factories, clock: FakeClock, db: Session, taken: set[int]
) -> None:
    closing = close(api, make, clock, db)
    for who in range(PEOPLE):
        closing.expect(f"learner {who}")
    events = Course(closing, partial(work, app, clock))
    for event in (events.confirm, events.approve, events.to_the_end):
        event(0)
    before = closing.live()
    if taken:
        closing.reverse(events.settlement_id, *(f"learner {who}" for who in taken))
    gone = {closing.people[f"learner {who}"].id for who in taken}
    assert closing.live() == {who: grants for who, grants in before.items() if who not in gone}
    for event in (events.reopen, events.confirm, events.approve, events.to_the_end):
        event(0)
    assert closing.live() == before
    assert db.scalar(select(func.count()).select_from(LedgerEntry).where(
        LedgerEntry.source_id == closing.project.id, LedgerEntry.kind == EntryKind.GRANT
    )) == PEOPLE + len(taken)  # fmt: skip
    assert db.get_one(Settlement, uuid.UUID(events.settlement_id)).granted == len(taken)


AWARDS = st.none() | st.integers(0, 1000).map(lambda n: Award("X", Decimal(n) / 100, Decimal(n) / 100, None))


@given(
    share=st.none() | st.builds(Share, st.integers(0, 8), st.just(8)),
    least=st.decimals(0, 1, places=2),
    wants=st.tuples(st.booleans(), st.booleans()),
    did=st.tuples(st.booleans(), st.booleans()),
    learner=AWARDS,
    speaker=AWARDS,
    taught=st.none() | st.just(Decimal("2.0")),
)
def test_who_gets_nothing_is_told_why_and_who_gets_something_gets_the_most_they_earned(
    share: Share | None, least: Decimal, wants: tuple[bool, bool], did: tuple[bool, bool],
    learner: Award | None, speaker: Award | None, taught: Decimal | None,
) -> None:  # fmt: skip
    terms = Terms(
        True, Conditions(least, evaluation=wants[0], exam=wants[1]), Decimal("15.0"), learner, lambda _: speaker
    )
    participation = Participation(share, *did, is_speaker=share is None or taught is not None, taught=taught)
    found = decide(participation, terms)
    met = share is not None and share.counted >= least * 8 and all(d or not w for w, d in zip(wants, did, strict=True))
    earned = [award.counted for award in ((learner if met else None), (speaker if taught else None)) if award]
    assert (found.award is None) == (not earned)
    assert (found.award is None) == (found.hours is None) == bool(found.reasons)
    if found.award is not None:
        assert found.award.counted == max(earned)
    granted = Participation(share, *did, is_speaker=participation.is_speaker, taught=taught, is_granted=True)
    assert decide(granted, terms).reasons == ("already_granted",)


def live_of(closing: Closing, person_id: uuid.UUID) -> list[Decimal]:
    return closing.live().get(person_id, [Decimal(0)])
