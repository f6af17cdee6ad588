"""Who took part in a project: the one place that knows. Nobody who took part is removed from the roster."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, select, union
from sqlalchemy.orm import Session

from models.applications import ProjectApplication, RosterRemoval
from models.attendance import AttendanceCorrection, CheckIn, CheckInAttempt, MachineObservation, VoidedCheckIn
from models.evaluations import EvaluationRespondent
from models.exams import ExamAttempt, ExamException, ExamExtraTime
from models.imports import ImportRow
from models.notices import CorrectionRequest, Notice
from models.project_staff import ProjectStaff
from models.projects import RosterEntry, SessionPlace, WaitingEntry
from models.projects import Session as VenueSession
from models.scans import PendingScan
from models.settlements import SettlementLine, TaughtHours

AT_SESSIONS: tuple[type[Any], ...] = (CheckIn, AttendanceCorrection)
"""Tables whose rows say that a person took part in a session."""
IN_PROJECT: tuple[type[Any], ...] = (EvaluationRespondent, ExamAttempt, TaughtHours)
"""Tables whose rows say that a person took part in a project."""
NO_PART: Mapping[type[Any], str] = {
    RosterEntry: "expected, which is not taking part",
    ProjectApplication: "wants to take part",
    RosterRemoval: "was taken off the roster",
    ProjectStaff: "works there; who also attends has rows of their own",
    WaitingEntry: "waits for a place on the roster",
    SessionPlace: "chose a session; the place is given back",
    VoidedCheckIn: "a check-in on a day from which the session moved; its row in `check_in` is void",
    MachineObservation: "a machine saw the person; the check-in that follows has a row of its own",
    CheckInAttempt: "also holds scans that were refused; a check-in has a row of its own",
    PendingScan: "scanned the code of the venue; a check-in has a row of its own",
    ImportRow: "a row of a file, before it has an effect",
    ExamException: "may sit more often or later; who counts as passed is on the roster by other reasons",
    ExamExtraTime: "may sit longer; an attempt has a row of its own",
    Notice: "was told something",
    CorrectionRequest: "says that they came; a correction has a row of its own",
    SettlementLine: "a list that was confirmed; who is granted something took part by another table",
}
"""Tables that name a person within a project though the person need not have taken part, each with the reason."""


def who_took_part(
    db: Session, *, project_id: uuid.UUID, people: Collection[uuid.UUID], beside: Collection[uuid.UUID] = ()
) -> set[uuid.UUID]:
    """Return those of the people who took part in the project.

    They checked in or wait for a review, were corrected, evaluated, sat the exam or taught. beside: ids of check-ins
    that are left out.
    """
    of_project = select(VenueSession.id).where(VenueSession.project_id == project_id)
    places = [(table, table.session_id.in_(of_project)) for table in AT_SESSIONS]
    if beside:
        others = CheckIn.id.not_in(beside)
        places = [(table, and_(there, others) if table is CheckIn else there) for table, there in places]
    places += [(table, table.project_id == project_id) for table in IN_PROJECT]
    parts = (select(table.person_id).where(there, table.person_id.in_(people)) for table, there in places)
    return set(db.scalars(union(*parts)))
