"""What came of one person at one session: present, late, left early, absent, excused. Rules without a database."""

import enum

from models.attendance import AttendanceMark, CheckInStatus


class SessionOutcome(enum.StrEnum):
    """`needs_review` counts only once accepted; `excused` is told apart from absent, and counts no more than it."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    NEEDS_REVIEW = "needs_review"

    @property
    def counts(self) -> bool:
        """Whether the session counts as attended: who came late did come."""
        return self in (SessionOutcome.PRESENT, SessionOutcome.LATE)


_ARRIVED = {
    CheckInStatus.PRESENT: SessionOutcome.PRESENT,
    CheckInStatus.LATE: SessionOutcome.LATE,
    CheckInStatus.NEEDS_REVIEW: SessionOutcome.NEEDS_REVIEW,
}


def judge(
    arrival: CheckInStatus | None,
    departure: CheckInStatus | None,
    mark: AttendanceMark | None,
    *,
    needs_check_out: bool,
    is_over: bool,
) -> SessionOutcome:
    """Return what the check-ins in and out come to, unless the organizer's last mark says otherwise.

    Who isn't checked out where that is needed has left early (早退), once nobody can check out any more: is_over.
    """
    if mark is not None and mark is not AttendanceMark.AS_RECORDED:
        return SessionOutcome(mark.value)
    outcome = _ARRIVED.get(arrival, SessionOutcome.ABSENT) if arrival is not None else SessionOutcome.ABSENT
    if not (outcome.counts and needs_check_out):
        return outcome
    if departure is CheckInStatus.NEEDS_REVIEW:
        return SessionOutcome.NEEDS_REVIEW
    is_out = departure in (CheckInStatus.PRESENT, CheckInStatus.LATE)
    return SessionOutcome.LEFT_EARLY if is_over and not is_out else outcome
