"""What staff do at check-in: they check people in by hand, and decide on check-ins that wait for review.

By hand is the way without a face, of equal worth (PRIVACY L-8), with who, when and why, which the person is told.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts import observations
from attendance.attempts.receipts import Receipts
from attendance.check_in.check_in import CheckedIn
from attendance.door import acts, by_hand
from attendance.door.acts import Effect, Prior, Step
from attendance.door.by_hand import ByHand, StaffStatement
from attendance.door.staff_news import tell
from attendance.errors import NotWaitingForReview, OwnAttendance, PersonNotOnRoster
from attendance.projects.access import DOOR, OrganizedSession, get_open_project, get_session_under_way
from attendance.projects.staff import refuse_own
from attendance.roster.person_refs import NamedRef, PersonRef, find_all, find_other_on_roster, find_people
from attendance.roster.strangers import find_known
from attendance.roster.walk_ins import admit
from attendance.sessions.held import check_not_cancelled, check_not_on_a_later_day
from attendance.sessions.windows import status_of
from attendance.staff_errors import TimeOutsideSession
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound, Refusal
from models.attendance import CheckIn, CheckInReview, CheckInStatus, ReviewDecision
from models.attendance_acts import ActKind
from models.notices import NoticeTopic
from models.projects import Project
from models.projects import Session as VenueSession

_OUTCOMES = {
    ReviewDecision.ACCEPT: (CheckInStatus.PRESENT, CheckInStatus.LATE),
    ReviewDecision.REJECT: (CheckInStatus.REJECTED,),
}


@dataclass(frozen=True)
class OneOfMany:
    """What came of one person of many. check_in: None where the person was refused."""

    person: PersonRef
    person_id: uuid.UUID | None
    check_in: CheckIn | None
    is_new: bool
    refusal: Refusal | None = None


@dataclass(frozen=True)
class ManyByHand:
    """What came of many people, in the order in which they were named. act_id: None where nothing was new."""

    session: VenueSession
    people: Sequence[OneOfMany]
    act_id: uuid.UUID | None


@dataclass(frozen=True)
class WalkedIn:
    """A person who came without being expected. was_added: they were put on the roster by this."""

    checked_in: CheckedIn
    was_added: bool
    took_place: bool


class StaffDesk:
    """Does what staff decide about check-ins. receipts: signs every check-in that it changes."""

    def __init__(self, *, receipts: Receipts) -> None:
        self._receipts = receipts

    def check_in_by_hand(
        self,
        db: Session,
        *,
        session_id: uuid.UUID,
        person: PersonRef,
        statement: StaffStatement,
        caller: Caller,
        now: datetime,
    ) -> CheckedIn:
        """Check in a person of the roster; return the check-in and whether this call made it. An earlier one stays.

        One that waits for review, was rejected or is void is replaced. The windows are not checked unless the time has
        passed, because the organizer saw the person, but nobody is seen at a session of a later day. Raises NotFound,
        Forbidden, PersonNotOnRoster, OwnAttendance, ProjectClosed, ProjectNotAnnounced, SessionCancelled,
        SessionNotOpen, TimeOutsideSession.
        """
        session = _session(db, session_id, statement, caller, now)
        person_id = find_other_on_roster(db, project_id=session.project_id, person=person, caller=caller)
        done = by_hand.make(db, session, person_id, statement, receipts=self._receipts, caller=caller, now=now)
        if done.effect is not None:
            step = Step(ActKind.BY_HAND, statement.reason, statement.direction)
            acts.write(db, session, step, [done.effect], caller=caller, now=now)
            if done.effect.prior is None:  # a replaced one has its audit entry already
                _audit(db, "check_in.by_hand", done, statement, caller, now)
            tell(db, session, [person_id], NoticeTopic.CHECKED_IN_BY_HAND, statement, caller=caller, now=now)
        return CheckedIn(done.check_in, session, is_new=done.effect is not None)

    def check_in_many(
        self, db: Session, *, session_id: uuid.UUID, people: Sequence[PersonRef], statement: StaffStatement,
        caller: Caller, now: datetime,
    ) -> ManyByHand:  # fmt: skip
        """Check in people of the roster by hand, each as `check_in_by_hand` would, with one reason.

        A refusal of one person is part of the answer. Raises the refusals that concern all: NotFound, Forbidden,
        ProjectClosed, ProjectNotAnnounced, SessionCancelled, SessionNotOpen, TimeOutsideSession.
        """
        session = _session(db, session_id, statement, caller, now)
        found = find_all(db, project_id=session.project_id, people=people)
        others = find_people(db, [each for each in people if each not in found])
        effects: list[Effect] = []

        def one(person: PersonRef) -> OneOfMany:
            person_id = found.get(person)
            try:
                refuse_own(caller, [person_id, others.get(person)])
                if person_id is None:
                    raise PersonNotOnRoster
                done = by_hand.make(db, session, person_id, statement, receipts=self._receipts, caller=caller, now=now)
            except (PersonNotOnRoster, OwnAttendance, TimeOutsideSession) as refusal:
                return OneOfMany(person, person_id, None, False, refusal)
            if done.effect is not None:
                effects.append(done.effect)
            return OneOfMany(person, person_id, done.check_in, done.effect is not None)

        results = _in_order_of_ids(people, found, one)
        act_id = self._write_many(db, session, effects, statement, caller, now) if effects else None
        return ManyByHand(session, results, act_id)

    def walk_in(
        self,
        db: Session,
        *,
        session_id: uuid.UUID,
        named: NamedRef,
        statement: StaffStatement,
        caller: Caller,
        now: datetime,
    ) -> WalkedIn:
        """Put somebody who came onto the roster, give them a place where places are limited, and check them in.

        All of it or nothing. Who is expected and has a place is checked in as `check_in_by_hand` does. Raises as that,
        but PersonUnknown in place of PersonNotOnRoster, also for a stranger who is not named rightly; ProjectFull,
        SessionFull.
        """
        session = _session(db, session_id, statement, caller, now)
        project = db.get_one(Project, session.project_id)
        person_id = find_known(db, project=project, named=named, actor_id=caller.person_id)
        refuse_own(caller, [person_id])
        admitted = admit(db, session=session, person_id=person_id, actor_id=caller.person_id, now=now)
        done = by_hand.make(db, session, person_id, statement, receipts=self._receipts, caller=caller, now=now)
        was_added = admitted.entry_id is not None
        if done.effect is not None or was_added or admitted.took_place:
            step = Step(ActKind.WALK_IN if was_added else ActKind.BY_HAND, statement.reason, statement.direction)
            made = done.effect or Effect(person_id)
            effect = Effect(person_id, made.check_in, made.prior, None, admitted.entry_id, admitted.took_place)
            acts.write(db, session, step, [effect], caller=caller, now=now)
            after = {"was_added": was_added, "took_place": admitted.took_place}
            _audit(db, "check_in.walk_in", done, statement, caller, now, **after)
            topic = NoticeTopic.WALKED_IN if was_added else NoticeTopic.CHECKED_IN_BY_HAND
            tell(db, session, [person_id], topic, statement, caller=caller, now=now)
        checked_in = CheckedIn(done.check_in, session, is_new=done.effect is not None)
        return WalkedIn(checked_in, was_added, admitted.took_place)

    def decide(
        self,
        db: Session,
        *,
        check_in_id: uuid.UUID,
        decision: ReviewDecision,
        reason: str,
        caller: Caller,
        now: datetime,
    ) -> tuple[CheckIn, VenueSession]:
        """Accept a check-in that needs review, as present or late by the instant of its scan, or reject it.

        The same decision again changes nothing. Raises NotFound, Forbidden, ProjectClosed, OwnAttendance,
        NotWaitingForReview.
        """
        of_it = select(VenueSession).join(CheckIn, CheckIn.session_id == VenueSession.id)
        session = db.scalars(of_it.where(CheckIn.id == check_in_id)).first()
        if session is None:
            raise NotFound
        get_open_project(  # locked first, as by a correction
            db, project_id=session.project_id, caller=caller, tasks=DOOR, session_id=session.id
        )
        row = db.scalars(
            select(CheckIn).where(CheckIn.id == check_in_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        refuse_own(caller, [row.person_id])
        if row.status is not CheckInStatus.NEEDS_REVIEW:
            if _last_decision(db, row) is decision and row.status in _OUTCOMES[decision]:
                return row, session
            raise NotWaitingForReview
        prior = Prior.of(row)
        accepted = status_of(session, row.direction, row.scanned_at)
        row.status = accepted if decision is ReviewDecision.ACCEPT else CheckInStatus.REJECTED
        row.receipt = self._receipts.sign(row, now)
        observations.follow(db, {session.id: session}, [(session.id, row.person_id)], receipts=self._receipts, now=now)
        db.add(
            CheckInReview(
                check_in_id=row.id, decision=decision, reason=reason, decided_by=caller.person_id, decided_at=now
            )
        )
        step = Step(ActKind.REVIEW, reason, row.direction)
        acts.write(db, session, step, [Effect(row.person_id, row, prior)], caller=caller, now=now)
        before = {"status": CheckInStatus.NEEDS_REVIEW.value}
        after = {"status": row.status.value}
        audit.record(db, caller, now, "check_in.review", row, reason=reason, before=before, after=after)
        topic = NoticeTopic.CHECK_IN_ACCEPTED if decision is ReviewDecision.ACCEPT else NoticeTopic.CHECK_IN_REJECTED
        tell(db, session, [row.person_id], topic, StaffStatement(row.direction, reason), caller=caller, now=now)
        return row, session

    def _write_many(
        self,
        db: Session,
        session: VenueSession,
        effects: Sequence[Effect],
        statement: StaffStatement,
        caller: Caller,
        now: datetime,
    ) -> uuid.UUID:
        step = Step(ActKind.BY_HAND, statement.reason, statement.direction)
        act = acts.write(db, session, step, effects, caller=caller, now=now)
        people = [each.person_id for each in effects]
        after = {"people": [str(each) for each in people], "direction": statement.direction.value, "act": str(act.id)}
        audit.record(db, caller, now, "check_in.many_by_hand", session, reason=statement.reason, after=after)
        tell(db, session, people, NoticeTopic.CHECKED_IN_BY_HAND, statement, caller=caller, now=now)
        return act.id


def _session(
    db: Session, session_id: uuid.UUID, statement: StaffStatement, caller: Caller, now: datetime
) -> OrganizedSession:
    """Return the session at which staff check in by hand, with its project locked."""
    session = get_session_under_way(db, session_id=session_id, caller=caller, tasks=DOOR)
    check_not_cancelled(session)
    check_not_on_a_later_day(session, now)
    by_hand.check_time(session, statement, now)
    return session


def _in_order_of_ids(
    people: Sequence[PersonRef], found: Mapping[PersonRef, uuid.UUID], make: Callable[[PersonRef], OneOfMany]
) -> list[OneOfMany]:
    """Make the check-ins in the order of the people's ids, so that two calls never wait for each other."""
    places = sorted(range(len(people)), key=lambda place: str(found.get(people[place], "")))
    made = {place: make(people[place]) for place in places}
    return [made[place] for place in range(len(people))]


def _audit(
    db: Session, action: str, done: ByHand, statement: StaffStatement, caller: Caller, now: datetime, **more: bool
) -> None:
    row = done.check_in
    after = {"person": str(row.person_id), "direction": row.direction.value, "status": row.status.value, **more}
    audit.record(db, caller, now, action, row, reason=statement.reason, after=after)


def _last_decision(db: Session, row: CheckIn) -> ReviewDecision | None:
    return db.scalars(
        select(CheckInReview.decision)
        .where(CheckInReview.check_in_id == row.id)
        .order_by(CheckInReview.id.desc())
        .limit(1)
    ).first()
