"""Signals of a session for its organizers: what looks as if somebody was checked in who isn't there.

They are evidence for people and no decision: nobody is refused, marked or reported by them.
"""

import enum
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from attendance.attempts.check_in_rows import COUNTING
from attendance.attempts.devices import list_shared
from attendance.projects.access import OrganizedSession
from attendance.sessions.venue_codes import STEP_SECONDS
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus, ReviewReason
from models.people import Person, Unit
from models.projects import QrMode, SharedDevices
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, KioskScan

BURST_OF = 20
"""So many people with one code of fifteen seconds are a burst, if they are also four times as many as usual."""
_TIMES_USUAL = 4
_MOST = 200  # of each kind, and of the people of one: a person reads this


class SignalKind(enum.StrEnum):
    """What was noticed."""

    CODE_BURST = "code_burst"
    SHARED_DEVICE = "shared_device"
    SAME_PICTURE = "same_picture"
    TWO_VENUES = "two_venues"
    CODE_READ_TWICE = "code_read_twice"


@dataclass(frozen=True)
class SignalPerson:
    """A person of a signal. unit: the name of their unit."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


@dataclass(frozen=True)
class Signal:
    """Something that was noticed, with its people. at: when a burst began; elsewhere: the other session and venue."""

    kind: SignalKind
    people: Sequence[SignalPerson]
    count: int
    at: datetime | None = None
    elsewhere: VenueSession | None = None


def list_signals(db: Session, *, session: OrganizedSession) -> list[Signal]:
    """Return what was noticed at a session: bursts first, then phones, pictures, venues and personal codes."""
    found = [
        *_bursts(db, session),
        *_shared_devices(db, session),
        *_same_pictures(db, session),
        *_two_venues(db, session),
        *_codes_read_twice(db, session),
    ]
    people = _people(db, {each for _, ids, _, _ in found for each in ids[:_MOST]})
    return [
        Signal(kind, [people[each] for each in ids[:_MOST] if each in people], len(ids), at, elsewhere)
        for kind, ids, at, elsewhere in found
    ]


_Found = tuple[SignalKind, list[uuid.UUID], datetime | None, VenueSession | None]


def _bursts(db: Session, session: VenueSession) -> Iterator[_Found]:
    """Yield the steps of a rotating code that brought far more people than the others."""
    if session.qr_mode is not QrMode.ROTATING:
        return
    wanted = select(CheckIn.person_id, CheckIn.scanned_at).where(
        CheckIn.session_id == session.id,
        CheckIn.ticket_id.is_not(None),
        CheckIn.status.in_((*COUNTING, CheckInStatus.NEEDS_REVIEW)),
    )
    by_step: dict[int, list[uuid.UUID]] = defaultdict(list)
    for person_id, scanned_at in db.execute(wanted.order_by(CheckIn.scanned_at, CheckIn.id)):
        by_step[int(scanned_at.timestamp()) // STEP_SECONDS].append(person_id)
    usual = median(map(len, by_step.values())) if len(by_step) > 1 else 0
    for step, people in sorted(by_step.items()):
        if len(people) >= max(BURST_OF, _TIMES_USUAL * usual):
            yield SignalKind.CODE_BURST, people, datetime.fromtimestamp(step * STEP_SECONDS, UTC), None


def _shared_devices(db: Session, session: VenueSession) -> Iterator[_Found]:
    if session.shared_devices is SharedDevices.ALLOWED:
        return
    for people in list(list_shared(db, session.id).values())[:_MOST]:
        yield SignalKind.SHARED_DEVICE, list(people), None, None


def _same_pictures(db: Session, session: VenueSession) -> Iterator[_Found]:
    """Yield one signal for each person who sent a picture that was used before, or one like it."""
    wanted = select(CheckInAttempt.person_id).where(
        CheckInAttempt.session_id == session.id,
        or_(
            CheckInAttempt.result == "photo_used_before",
            CheckInAttempt.review_reason == ReviewReason.LIKE_A_USED_PICTURE,
        ),
    )
    for person_id in db.scalars(wanted.distinct().order_by(CheckInAttempt.person_id).limit(_MOST)):
        yield SignalKind.SAME_PICTURE, [person_id], None, None


def _two_venues(db: Session, session: VenueSession) -> Iterator[_Found]:
    """Yield who is also checked in at another venue at the same time."""
    here, there = CheckIn, aliased(CheckIn)
    both = (
        select(here.person_id, VenueSession)
        .join(there, there.person_id == here.person_id)
        .join(VenueSession, VenueSession.id == there.session_id)
        .where(
            here.session_id == session.id,
            here.status.in_(COUNTING),
            there.status.in_(COUNTING),
            VenueSession.id != session.id,
            VenueSession.venue != session.venue,
            VenueSession.cancelled_at.is_(None),
            VenueSession.starts_at < session.ends_at,
            VenueSession.ends_at > session.starts_at,
        )
        .distinct()
        .order_by(here.person_id, VenueSession.id)
        .limit(_MOST)
    )
    for person_id, elsewhere in db.execute(both):
        yield SignalKind.TWO_VENUES, [person_id], None, elsewhere


def _codes_read_twice(db: Session, session: VenueSession) -> Iterator[_Found]:
    """Yield whose personal code was read by two kiosks, one of them of this session: it may have been passed on."""
    here, there = KioskScan, aliased(KioskScan)
    wanted = (
        select(CheckIn.person_id)
        .join(here, here.check_in_id == CheckIn.id)
        .join(Kiosk, Kiosk.id == here.kiosk_id)
        .join(there, (there.code_hash == here.code_hash) & (there.kiosk_id != here.kiosk_id))
        .where(Kiosk.session_id == session.id)
    )
    for person_id in db.scalars(wanted.distinct().order_by(CheckIn.person_id).limit(_MOST)):
        yield SignalKind.CODE_READ_TWICE, [person_id], None, None


def _people(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, SignalPerson]:
    wanted = select(Person.id, Person.name, Person.cme_number, Unit.name).join(Unit, Unit.id == Person.unit_id)
    return {row[0]: SignalPerson(*row) for row in db.execute(wanted.where(Person.id.in_(ids)))}
