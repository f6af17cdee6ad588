"""Moving a session that has check-ins to another day: they are kept, or declared void with the reason."""

import enum
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from attendance.attempts.receipts import Receipts
from attendance.errors import ReasonNeeded, SessionHasCheckIns
from foundation import audit
from foundation.callers import Caller
from models.attendance import (
    AttendanceCorrection,
    AttendanceMark,
    CheckIn,
    CheckInStatus,
    MachineObservation,
    VoidedCheckIn,
)
from models.base import new_id
from models.projects import Session as VenueSession

_STANDING = (CheckInStatus.PRESENT, CheckInStatus.LATE, CheckInStatus.NEEDS_REVIEW)


class EarlierCheckIns(enum.StrEnum):
    """What becomes of the check-ins of a session that moves to another day."""

    KEEP = "keep"
    VOID = "void"


@dataclass(frozen=True)
class Mover:
    """Decides about the check-ins of a session that moves. choice: None where the organizer didn't say."""

    choice: EarlierCheckIns | None
    reason: str | None
    caller: Caller
    now: datetime
    receipts: Receipts

    def on_another_day(self, db: Session) -> Callable[[VenueSession], None]:
        """Return what an edit of a session calls once the session has moved to another day."""
        return lambda session: self._settle(db, session)

    def _settle(self, db: Session, session: VenueSession) -> None:
        """Keep or void what is on record of the session. Raises SessionHasCheckIns, ReasonNeeded."""
        check_ins, marks = lock_check_ins(db, session.id), list_last_marks(db, session.id)
        if not check_ins and not marks:
            return
        if self.choice is None:
            facts = {"check_ins": len(check_ins), "corrections": len(marks)}
            raise SessionHasCheckIns(field="earlier_check_ins", facts=facts)
        if self.choice is EarlierCheckIns.KEEP:
            return
        if not self.reason:
            raise ReasonNeeded(field="reason")
        self._void(db, check_ins, self.reason)
        db.execute(delete(MachineObservation).where(MachineObservation.session_id == session.id))
        self._take_back(db, marks, self.reason)
        after = {"check_ins": len(check_ins), "corrections": len(marks)}
        audit.record(db, self.caller, self.now, "session.void", session, reason=self.reason, after=after)

    def _void(self, db: Session, check_ins: Sequence[CheckIn], reason: str) -> None:
        """Keep each check-in as it was in `voided_check_in`, and free its place for a check-in on the new day.

        What machines observed on the earlier day is deleted, so that it decides nothing on the new one.
        """
        for row in check_ins:
            kept = VoidedCheckIn(
                id=new_id(),
                check_in_id=row.id,
                session_id=row.session_id,
                person_id=row.person_id,
                direction=row.direction,
                status=row.status,
                method=row.method,
                checked_in_at=row.checked_in_at,
                reason=reason,
                voided_by=self.caller.person_id,
                voided_at=self.now,
            )
            db.add(kept)
            row.status, row.machine_at, row.machine_status = CheckInStatus.VOID, None, None
            row.receipt = self.receipts.sign(row, self.now)
        db.flush()

    def _take_back(self, db: Session, marks: Sequence[AttendanceCorrection], reason: str) -> None:
        """Take back what the organizer said of people on the earlier day."""
        db.add_all(
            AttendanceCorrection(
                id=new_id(),
                session_id=mark.session_id,
                person_id=mark.person_id,
                mark=AttendanceMark.AS_RECORDED,
                reason=reason,
                made_by=self.caller.person_id,
                made_at=self.now,
            )
            for mark in marks
        )
        db.flush()


def lock_check_ins(db: Session, session_id: uuid.UUID) -> Sequence[CheckIn]:
    """Lock and return the check-ins that count, or may yet."""
    wanted = select(CheckIn).where(CheckIn.session_id == session_id, CheckIn.status.in_(_STANDING))
    return db.scalars(wanted.order_by(CheckIn.id).with_for_update().execution_options(populate_existing=True)).all()


def list_last_marks(db: Session, session_id: uuid.UUID) -> Sequence[AttendanceCorrection]:
    """Return the organizer's last mark of each person, without those that were taken back."""
    made = AttendanceCorrection
    age = func.row_number().over(partition_by=made.person_id, order_by=made.id.desc()).label("age")
    last = select(made.id, age).where(made.session_id == session_id).subquery("last")
    wanted = select(made).join(last, last.c.id == made.id)
    return db.scalars(wanted.where(last.c.age == 1, made.mark != AttendanceMark.AS_RECORDED)).all()
