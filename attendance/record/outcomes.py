"""The outcome of one person at one session: present, late, left early, absent or excused. Rules without a database."""

import enum

from models.attendance import AttendanceMark, CheckInStatus


class SessionOutcome(enum.StrEnum):
    """The outcome of a session for a person.

    `present` and `late` count as attended. `needs_review` counts once staff accept it. `excused` is shown apart from
    `absent`, and doesn't count either. `to_come`: the session hasn't begun, so nobody is absent from it.
    """

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    NEEDS_REVIEW = "needs_review"
    TO_COME = "to_come"

    @property
    def counts(self) -> bool:
        """Return whether the session counts as attended. A late arrival counts."""
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
    """Return the outcome of a check-in and check-out. The organizer's last mark replaces it.

    is_over: nobody can check out any more. Then a person without a needed check-out has left early (早退).
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


def before_it_begins(outcome: SessionOutcome, mark: AttendanceMark | None) -> SessionOutcome:
    """Return what an outcome is at a session that hasn't begun: without a check-in or a mark it is still to come."""
    is_marked = mark is not None and mark is not AttendanceMark.AS_RECORDED
    return SessionOutcome.TO_COME if outcome is SessionOutcome.ABSENT and not is_marked else outcome
