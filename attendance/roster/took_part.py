"""Who took part in a project: the one place that knows. Nobody who took part is removed from the roster."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models.attendance import AttendanceCorrection, CheckIn, CheckInAttempt
from models.evaluations import EvaluationRespondent
from models.exams import ExamAttempt, ExamExtraTime
from models.imports import ImportRow
from models.projects import RosterEntry, SessionPlace, WaitingEntry
from models.projects import Session as VenueSession
from models.settlements import SettlementLine, TaughtHours

AT_SESSIONS: tuple[type[Any], ...] = (CheckIn, AttendanceCorrection)
"""Tables whose rows say that a person took part in a session."""
IN_PROJECT: tuple[type[Any], ...] = (EvaluationRespondent, ExamAttempt, TaughtHours)
"""Tables whose rows say that a person took part in a project."""
NO_PART: Mapping[type[Any], str] = {
    RosterEntry: "expected, which is not taking part",
    WaitingEntry: "waits for a place on the roster",
    SessionPlace: "chose a session; the place is given back",
    CheckInAttempt: "also holds scans that were refused; a check-in has a row of its own",
    ImportRow: "a row of a file, before it has an effect",
    ExamExtraTime: "may sit longer; an attempt has a row of its own",
    SettlementLine: "a list that was confirmed; who is granted something took part by another table",
}
"""Tables that name a person within a project though the person need not have taken part, each with the reason."""


def who_took_part(db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the people who took part in the project.

    They checked in or wait for a review, were corrected, evaluated, sat the exam or taught.
    """
    of_project = select(VenueSession.id).where(VenueSession.project_id == project_id)
    places = [(table, table.session_id.in_(of_project)) for table in AT_SESSIONS]
    places += [(table, table.project_id == project_id) for table in IN_PROJECT]
    parts = (select(table.person_id).where(there, table.person_id.in_(people)) for table, there in places)
    return set(db.scalars(union(*parts)))
