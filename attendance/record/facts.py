"""What is on record of somebody at the sessions of a project, as one text a person that the database puts together.

A text says what was recorded and judges nothing: people with equal texts are judged alike, and so only once. Each of
its words names a place (a session's number), a kind, and what was recorded there: `0inlate,1inpresent,0markpresent`.
"""

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, cast, func, literal, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, CheckInStatus, Direction
from models.projects import Session as VenueSession

NOTHING = ""
"""The record of who has none."""
_MARK = "mark"
_WORD = re.compile(rf"([0-9]+)({Direction.IN}|{Direction.OUT}|{_MARK})([a-z_]+)")


@dataclass(frozen=True)
class Facts:
    """What is on record for one person at one session."""

    arrival: CheckInStatus | None = None
    departure: CheckInStatus | None = None
    mark: AttendanceMark | None = None


def select_check_ins(
    session_ids: Sequence[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> Select[uuid.UUID, str]:
    """Return the check-ins at these sessions: a row a person, with a `record`. people: None for all."""
    places = _places(session_ids)
    word = places.c.place + _text(CheckIn.direction) + _text(CheckIn.status)
    wanted = select(CheckIn.person_id, _joined(word)).join(places, places.c.id == CheckIn.session_id)
    if people is not None:
        wanted = wanted.where(CheckIn.person_id.in_(people))
    return wanted.group_by(CheckIn.person_id)


def select_marks(
    session_ids: Sequence[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> Select[uuid.UUID, str]:
    """Return the organizer's last marks, likewise."""
    places, made = _places(session_ids), AttendanceCorrection
    age = func.row_number().over(partition_by=(made.session_id, made.person_id), order_by=made.id.desc())
    word = places.c.place + literal(_MARK) + _text(made.mark)
    marks = select(made.person_id, word.label("word"), age.label("age"))
    marks = marks.join(places, places.c.id == made.session_id)
    if people is not None:
        marks = marks.where(made.person_id.in_(people))
    last = marks.subquery("last")
    return select(last.c.person_id, _joined(last.c.word)).where(last.c.age == 1).group_by(last.c.person_id)


def join_records(check_ins: ColumnElement[str], marks: ColumnElement[str]) -> ColumnElement[str]:
    """Return the whole record of a person; both are NULL where there is nothing."""
    return func.coalesce(check_ins, NOTHING) + "," + func.coalesce(marks, NOTHING)


def read_record(record: str, session_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Facts]:
    """Return what a record says, by session; in whatever order. session_ids: those that it was selected for."""
    places = sorted(session_ids)
    words: dict[uuid.UUID, dict[str, str]] = {}
    for place, kind, word in _WORD.findall(record):
        words.setdefault(places[int(place)], {})[kind] = word
    kinds = (Direction.IN.value, Direction.OUT.value, _MARK)
    return {session_id: _read(*map(found.get, kinds)) for session_id, found in words.items()}


def facts_of(
    db: Session, session_ids: Sequence[uuid.UUID], people: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, Facts]]:
    """Return what is on record of these people at these sessions, by person and session."""
    found: dict[uuid.UUID, str] = {}
    for wanted in (select_check_ins(session_ids, people), select_marks(session_ids, people)):
        for who, record in db.execute(wanted):
            found[who] = f"{found.get(who, NOTHING)},{record}"
    return {who: read_record(record, session_ids) for who, record in found.items()}


@cache  # there are few of them, and they are read again and again
def _read(came: str | None, left: str | None, mark: str | None) -> Facts:
    return Facts(
        CheckInStatus(came) if came else None,
        CheckInStatus(left) if left else None,
        AttendanceMark(mark) if mark else None,
    )


def _places(session_ids: Sequence[uuid.UUID]) -> Subquery:
    """Return the sessions with their places: from 0 on, in the order of their ids."""
    number = func.row_number().over(order_by=VenueSession.id) - 1
    wanted = select(VenueSession.id, cast(number, String).label("place"))
    return wanted.where(VenueSession.id.in_(session_ids)).subquery("places")


def _text(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return type_coerce(column, String)


def _joined(words: ColumnElement[str]) -> ColumnElement[str]:
    """In any order, which needs no sorting; the database reads session by session, so it is mostly the same one."""
    return func.aggregate_strings(words, ",").label("record")
