"""Bodies of what staff do about attendance: by hand for one or many, walk-ins, and the undo of one's last step."""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.attempts.observations import counted_status
from attendance.door.by_hand import StaffStatement
from attendance.door.staff_desk import ManyByHand, OneOfMany, WalkedIn
from attendance.room.act_lists import ListedAct
from models.attendance import CheckInStatus, Direction
from models.attendance_acts import ActKind
from models.projects import Session as VenueSession
from service.api.check_in.schemas.check_ins import CheckInOut
from service.api.projects.schemas.person_refs import NamedRefIn, PersonRefIn
from service.api.projects.schemas.sessions import SaneInstant
from service.edge.answers.bodies import Body, Out, Page, Reason
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import words_of_refusal


class ByHand(PersonRefIn):
    """A person of the roster whom staff have seen, and the reason for a check-in by hand.

    at: when the person came or left, if that was not now: present or late is judged by it.
    """

    direction: Direction
    reason: Reason
    at: SaneInstant | None = None

    def statement(self) -> StaffStatement:
        """Return what staff saw."""
        return StaffStatement(self.direction, self.reason, self.at)


class NamedPerson(PersonRefIn):
    """One of many people."""


class ManyByHandIn(Body):
    """People of the roster whom staff have seen, with one reason for all, and one time if that was not now."""

    people: Annotated[list[NamedPerson], Field(min_length=1, max_length=200)]
    direction: Direction
    reason: Reason
    at: SaneInstant | None = None

    def statement(self) -> StaffStatement:
        """Return what staff saw."""
        return StaffStatement(self.direction, self.reason, self.at)


class WalkIn(NamedRefIn):
    """Somebody who came without being expected, and why they are let in. at: when they came, if that was not now.

    name: of somebody of another hospital, whom a number alone doesn't find.
    """

    reason: Reason
    at: SaneInstant | None = None

    def statement(self) -> StaffStatement:
        """Return what staff saw."""
        return StaffStatement(Direction.IN, self.reason, self.at)


class HandResult(enum.StrEnum):
    """What came of one of many people: checked in, checked in before, or refused."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"


class OneByHandOut(Out):
    """What came of one of many people. cme_number, person_id: as the request named them, or as they are on the roster.

    code, title, hint: why the person was refused, and what to do; null for the others.
    """

    cme_number: str | None
    person_id: uuid.UUID | None
    person: PersonBrief | None = beside("person_id")
    result: HandResult
    check_in_id: uuid.UUID | None
    checked_in_at: datetime | None
    status: CheckInStatus | None
    code: str | None
    title: str | None
    hint: str | None

    @classmethod
    def of(cls, one: OneOfMany) -> "OneByHandOut":
        """Return what came of a person, in the caller's language."""
        row, refusal = one.check_in, one.refusal
        title, hint = words_of_refusal(refusal) if refusal else (None, None)
        result = HandResult.DONE if one.is_new else HandResult.ALREADY
        return cls(
            cme_number=one.person.cme_number,
            person_id=one.person_id,
            result=result if row else HandResult.REFUSED,
            check_in_id=row.id if row else None,
            checked_in_at=row.checked_in_at if row else None,
            status=counted_status(row) if row else None,
            code=refusal.code if refusal else None,
            title=title,
            hint=hint,
        )


class ManyByHandOut(Out):
    """What came of each, in the order of the request, and how many of each. act_id: to undo it; null if nothing is new.

    Of the people who were refused nothing is left behind.
    """

    items: list[OneByHandOut]
    done: int
    already: int
    refused: int
    act_id: uuid.UUID | None

    @classmethod
    def of(cls, many: ManyByHand) -> "ManyByHandOut":
        """Return what came of many people as a body."""
        items = [OneByHandOut.of(each) for each in many.people]
        counts = {result: sum(each.result is result for each in items) for result in HandResult}
        return cls(
            items=items,
            done=counts[HandResult.DONE],
            already=counts[HandResult.ALREADY],
            refused=counts[HandResult.REFUSED],
            act_id=many.act_id,
        )


class WalkInOut(CheckInOut):
    """The check-in of somebody who came. was_added: they were put on the roster; took_place: they got a place."""

    was_added: bool
    took_place: bool

    @classmethod
    def of_walked_in(cls, walked_in: WalkedIn) -> "WalkInOut":
        """Return what came of a walk-in as a body."""
        shown = CheckInOut.of(walked_in.checked_in, None)
        facts = {name: getattr(shown, name) for name in CheckInOut.model_fields}
        return cls(**facts, was_added=walked_in.was_added, took_place=walked_in.took_place)


class ActSession(Out):
    """The session of an act."""

    id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime

    @classmethod
    def of(cls, session: VenueSession) -> "ActSession":
        """Return the session of an act as a body."""
        return cls(
            id=session.id, title=session.title, venue=session.venue, zone=session.zone, starts_at=session.starts_at
        )


class ActPersonOut(Out):
    """A person whom an act concerns."""

    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")


class UndoOut(Out):
    """That an act was undone: by whom, when and why."""

    undone_by: uuid.UUID
    undoer: PersonBrief = beside("undone_by")
    undone_at: datetime
    reason: str


class ActOut(Out):
    """A step of staff about attendance. people: the first few, of `count`. undo: null unless it was undone.

    undo_until: until when I can undo it; null if I can't: only the last step of my own, for a quarter of an hour.
    """

    id: uuid.UUID
    kind: ActKind
    session: ActSession
    direction: Direction | None
    reason: str
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime
    people: list[ActPersonOut]
    count: int
    undo: UndoOut | None
    undo_until: datetime | None

    @classmethod
    def of(cls, listed: ListedAct) -> "ActOut":
        """Return an act as a body."""
        act, undo = listed.act, listed.undo
        return cls(
            id=act.id,
            kind=act.kind,
            session=ActSession.of(listed.session),
            direction=act.direction,
            reason=act.reason,
            made_by=act.made_by,
            made_at=act.made_at,
            people=_people(listed.people),
            count=listed.count,
            undo=UndoOut(undone_by=undo.undone_by, undone_at=undo.undone_at, reason=undo.reason) if undo else None,
            undo_until=listed.undo_until,
        )


class ActsPage(Page):
    """Which acts. session_id: those at one session."""

    session_id: uuid.UUID | None = None


class ActList(ListOut):
    """A page of what staff did about attendance, newest first."""

    items: list[ActOut]
    next_cursor: str | None


class UndoIn(Body):
    """Why an act is undone. The people whom it concerned are told."""

    reason: Reason


def _people(ids: Sequence[uuid.UUID]) -> list[ActPersonOut]:
    return [ActPersonOut(person_id=each) for each in ids]
