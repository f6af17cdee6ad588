"""Bodies of attempts to check in: the refused ones, the card of one, and signals."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from attendance.attempts.check_in_rows import NOT_REFUSED
from attendance.door.attempt_cards import AttemptCard, CheckOf, NextStep, OwnAttempt
from attendance.door.signals import Signal, SignalKind
from attendance.room.refused_attempts import RefusedAttempt
from models.attendance import CheckResult, Direction
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.answers.bodies import Body, Out, Page, Reason
from service.edge.answers.briefs import without_names
from service.edge.answers.paging import ListOut
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.answers.problems import in_callers_language


class RefusedPerson(Out):
    """Who was refused. unit: its name."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class RefusedAttemptOut(Out):
    """A refused attempt. code: of the refusal; title, hint: what it means and what the person was told to do.

    place: where the phone was, coarsely, at a session with a geofence. A location is never kept.
    """

    id: uuid.UUID
    person: RefusedPerson
    direction: Direction | None
    attempted_at: datetime
    code: str
    title: str
    hint: str
    place: str | None

    @classmethod
    def of_refused(cls, refused: RefusedAttempt) -> "RefusedAttemptOut":
        """Return what an attempt looks like to staff, in the caller's language."""
        attempt, person, kind = refused.attempt, refused.person, PROBLEMS.get(refused.attempt.result)
        return cls(
            id=attempt.id,
            person=RefusedPerson(id=person.id, name=person.name, cme_number=person.cme_number, unit=refused.unit),
            direction=attempt.direction,
            attempted_at=attempt.attempted_at,
            code=attempt.result,
            title=in_callers_language((kind.title_zh, kind.title_en)) if kind else attempt.result,
            hint=in_callers_language((kind.hint_zh, kind.hint_en)) if kind else "",
            place=attempt.place,
        )


class RefusedAttemptList(ListOut):
    """A page of refused attempts, newest first."""

    items: list[RefusedAttemptOut]
    next_cursor: str | None


def words_of(result: str) -> tuple[str | None, str | None]:
    """Return title and hint of a result, in the caller's language; None for what is no refusal."""
    kind = None if result in NOT_REFUSED else PROBLEMS.get(result)
    if kind is None:
        return None, None
    return in_callers_language((kind.title_zh, kind.title_en)), in_callers_language((kind.hint_zh, kind.hint_en))


class CheckOut(Out):
    """One check of an attempt and its result. `unverified`: nothing speaks against it, and nothing proves it."""

    of: CheckOf
    result: CheckResult


class OverrideOut(Out):
    """Staff checked the person in against the refusal. made_by, unit: the names of who did it and of their unit."""

    made_by: str
    unit: str
    made_at: datetime
    reason: str


class AttemptCardOut(Out):
    """An attempt to check in, as its person and the staff see it. There is no photo, and no number of a face.

    result: a status, or the code of the refusal; title, hint: what the refusal means, null for what is none.
    tries_left: how many more photos its ticket takes, null for a scan. override: what staff did against the refusal.
    """

    id: uuid.UUID
    person: RefusedPerson
    session: SessionBrief
    direction: Direction | None
    attempted_at: datetime
    result: str
    title: str | None
    hint: str | None
    checks: list[CheckOut]
    tries_left: int | None
    next: NextStep
    override: OverrideOut | None

    @classmethod
    def of(cls, card: AttemptCard) -> "AttemptCardOut":
        """Return a card as a body, in the caller's language."""
        attempt, person = card.attempt, card.person
        title, hint = words_of(attempt.result)
        return cls(
            id=attempt.id,
            person=RefusedPerson(id=person.id, name=person.name, cme_number=person.cme_number, unit=card.unit),
            session=without_names(SessionBrief, card.session),
            direction=attempt.direction,
            attempted_at=attempt.attempted_at,
            result=attempt.result,
            title=title,
            hint=hint,
            checks=[CheckOut(of=of, result=result) for of, result in card.checks.items()],
            tries_left=card.tries_left,
            next=card.next,
            override=OverrideOut.model_validate(card.override) if card.override is not None else None,
        )


class MyAttemptsPage(Page):
    """Which of my attempts to list: all, or those at one session."""

    session_id: uuid.UUID | None = None


class MyAttemptOut(Out):
    """One of my attempts. result: a status, or the code of the refusal; title, hint: what a refusal means."""

    id: uuid.UUID
    session: SessionBrief
    direction: Direction | None
    attempted_at: datetime
    result: str
    title: str | None
    hint: str | None

    @classmethod
    def of_own(cls, own: OwnAttempt) -> "MyAttemptOut":
        """Return an attempt as a body, in the caller's language."""
        attempt = own.attempt
        title, hint = words_of(attempt.result)
        return cls(
            id=attempt.id,
            session=without_names(SessionBrief, own.session),
            direction=attempt.direction,
            attempted_at=attempt.attempted_at,
            result=attempt.result,
            title=title,
            hint=hint,
        )


class MyAttemptList(ListOut):
    """A page of my attempts, newest first."""

    items: list[MyAttemptOut]
    next_cursor: str | None


class OverrideIn(Body):
    """Why the staff check the person in against the refusal. The person reads it."""

    reason: Reason


class AttemptQrOut(Out):
    """The address in the case QR code of an attempt."""

    url: str


class SignalOut(Out):
    """Something that was noticed, with its people (200 at most; count: all of them).

    at: when a burst began, null for others. elsewhere: the other session of somebody who is at two venues.
    """

    kind: SignalKind
    count: int
    people: list[RefusedPerson]
    at: datetime | None
    elsewhere: SessionBrief | None


class SignalsOut(Out):
    """What was noticed at a session."""

    items: list[SignalOut]

    @classmethod
    def of(cls, found: Sequence[Signal]) -> "SignalsOut":
        """Return signals as a body."""
        return cls(
            items=[
                SignalOut(
                    kind=each.kind,
                    count=each.count,
                    people=[
                        RefusedPerson(id=one.id, name=one.name, cme_number=one.cme_number, unit=one.unit)
                        for one in each.people
                    ],
                    at=each.at,
                    elsewhere=without_names(SessionBrief, each.elsewhere) if each.elsewhere is not None else None,
                )
                for each in found
            ]
        )
