"""The record of a person: the facts about their attendance at the sessions of a project, as one text.

The database builds the text, one a person. It only lists facts, so people with equal records get the same result, and
settlement judges each record once. A word of it has a session's number, the kind of fact, and its value:
`0inlate,1inpresent,0markpresent`.
"""

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from attendance.attempts.observations import COUNTED_STATUS
from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, CheckInStatus, Direction
from models.projects import Session as VenueSession

NO_RECORD = ""
"""The record of a person without any fact."""
_MARK, _WAIVED = "mark", "waived"
_WORD = re.compile(rf"([0-9]+)({Direction.IN}|{Direction.OUT}|{_MARK}|{_WAIVED})([a-z_]+)")


@dataclass(frozen=True)
class Facts:
    """The facts about one person at one session: status of check-in and check-out, and the organizer's last mark.

    is_check_out_waived: the session was closed, alone or with its project, before the person could check out.
    """

    arrival: CheckInStatus | None = None
    departure: CheckInStatus | None = None
    mark: AttendanceMark | None = None
    is_check_out_waived: bool = False


def select_check_ins(
    session_ids: Sequence[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> Select[uuid.UUID, str]:
    """Select the check-ins at these sessions: a row a person, with a `record`. people: None for all."""
    numbered = _numbered_sessions(session_ids)
    waived = case((numbered.c.is_check_out_waived, "," + numbered.c.number + literal(f"{_WAIVED}yes")), else_="")
    word = numbered.c.number + _text(CheckIn.direction) + _text(COUNTED_STATUS) + waived
    wanted = select(CheckIn.person_id, _joined(word)).join(numbered, numbered.c.id == CheckIn.session_id)
    if people is not None:
        wanted = wanted.where(CheckIn.person_id.in_(people))
    return wanted.group_by(CheckIn.person_id)


def select_marks(
    session_ids: Sequence[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> Select[uuid.UUID, str]:
    """Select the organizer's last marks at these sessions: a row a person, with a `record`."""
    numbered, made = _numbered_sessions(session_ids), AttendanceCorrection
    age = func.row_number().over(partition_by=(made.session_id, made.person_id), order_by=made.id.desc())
    word = numbered.c.number + literal(_MARK) + _text(made.mark)
    marks = select(made.person_id, word.label("word"), age.label("age"))
    marks = marks.join(numbered, numbered.c.id == made.session_id)
    if people is not None:
        marks = marks.where(made.person_id.in_(people))
    last = marks.subquery("last")
    return select(last.c.person_id, _joined(last.c.word)).where(last.c.age == 1).group_by(last.c.person_id)


def join_record(check_ins: ColumnElement[str], marks: ColumnElement[str]) -> ColumnElement[str]:
    """Return the whole record of a person. Either part is NULL where there is no fact."""
    return func.coalesce(check_ins, NO_RECORD) + "," + func.coalesce(marks, NO_RECORD)


def read_record(record: str, session_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Facts]:
    """Return the facts of a record by session. session_ids: the same as in its selection, in any order."""
    ordered_ids = sorted(session_ids)
    words: dict[uuid.UUID, dict[str, str]] = {}
    for number, kind, word in _WORD.findall(record):
        words.setdefault(ordered_ids[int(number)], {})[kind] = word
    kinds = (Direction.IN.value, Direction.OUT.value, _MARK, _WAIVED)
    return {session_id: _read(*map(found.get, kinds)) for session_id, found in words.items()}


def facts_of(
    db: Session, session_ids: Sequence[uuid.UUID], people: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, Facts]]:
    """Return the facts about these people at these sessions, by person and session."""
    found: dict[uuid.UUID, str] = {}
    for wanted in (select_check_ins(session_ids, people), select_marks(session_ids, people)):
        for person_id, record in db.execute(wanted):
            found[person_id] = f"{found.get(person_id, NO_RECORD)},{record}"
    return {person_id: read_record(record, session_ids) for person_id, record in found.items()}


@cache  # few combinations exist, and each is read many times
def _read(arrival: str | None, departure: str | None, mark: str | None, waived: str | None) -> Facts:
    return Facts(
        CheckInStatus(arrival) if arrival else None,
        CheckInStatus(departure) if departure else None,
        AttendanceMark(mark) if mark else None,
        waived is not None,
    )


def _numbered_sessions(session_ids: Sequence[uuid.UUID]) -> Subquery:
    """Select the sessions with their numbers: from 0, in the order of their ids."""
    number = func.row_number().over(order_by=VenueSession.id) - 1
    wanted = select(VenueSession.id, VenueSession.is_check_out_waived, cast(number, String).label("number"))
    return wanted.where(VenueSession.id.in_(session_ids)).subquery("numbered")


def _text(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return type_coerce(column, String)


def _joined(words: ColumnElement[str]) -> ColumnElement[str]:
    """Join the words in any order, so that the database needs no sorting."""
    return func.aggregate_strings(words, ",").label("record")
