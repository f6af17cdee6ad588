"""Rules without a database: who gets which credits from a project, and why somebody gets none."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from attendance.projects.projects import Conditions
from attendance.record.open_duties import Duty
from attendance.record.shares import Share
from credit.records.activities import GRANTED_ELSEWHERE
from credit.rules.awards import Award
from models.ledger import SourceRole


class Unmet(enum.StrEnum):
    """A reason why a person gets no credits."""

    ATTENDANCE_TOO_LOW = "attendance_too_low"
    NOT_EVALUATED = "not_evaluated"
    EXAM_NOT_PASSED = "exam_not_passed"
    NO_TAUGHT_HOURS = "no_taught_hours"
    NO_RULE = "no_rule"
    NOT_HELD = "not_held"
    ALREADY_GRANTED = "already_granted"
    ALREADY_GRANTED_ELSEWHERE = GRANTED_ELSEWHERE
    REVERSED_FOR_MISCONDUCT = "reversed_for_misconduct"


class Note(enum.StrEnum):
    """A remark beside the reasons of a confirmed line: the person could still have met the conditions."""

    STILL_OPEN = "still_open"
    """They may go on, and a supplementary round follows."""
    CUT_OFF = "cut_off"
    """The organizer confirmed without waiting for them."""


@dataclass(frozen=True)
class Terms:
    """The conditions and awards of a project. learner, speaker: None where the rule set has no rule for the role.

    hours: of the whole project; speaker: the award for a number of taught hours. is_held: False where the project had
    sessions, and each was cancelled or closed before it began.
    """

    is_held: bool
    conditions: Conditions
    hours: Decimal
    learner: Award | None
    speaker: Callable[[Decimal], Award | None]


@dataclass(frozen=True)
class Participation:
    """How a person took part. share: None unless they are a learner.

    taught: hours; None unless they are a speaker whose hours were entered. is_granted: by this project;
    is_granted_elsewhere: for the same activity, by an import or another project.
    """

    share: Share | None = None
    has_evaluated: bool = False
    has_passed: bool = False
    is_speaker: bool = False
    taught: Decimal | None = None
    is_granted: bool = False
    is_barred: bool = False
    is_granted_elsewhere: bool = False


@dataclass(frozen=True)
class Verdict:
    """The award of a person, with the role and its hours; or no award, with the reasons."""

    role: SourceRole
    award: Award | None
    hours: Decimal | None
    reasons: tuple[str, ...]


def decide(participation: Participation, terms: Terms) -> Verdict:
    """Return the larger award of those as learner and as speaker, never both together."""
    verdicts = []
    if participation.share is not None:
        verdicts.append(_as_learner(participation, participation.share, terms))
    if participation.is_speaker:
        verdicts.append(_as_speaker(participation.taught, terms))
    if participation.is_granted:
        return Verdict(verdicts[0].role, None, None, (Unmet.ALREADY_GRANTED,))
    if participation.is_barred:
        return Verdict(verdicts[0].role, None, None, (Unmet.REVERSED_FOR_MISCONDUCT,))
    if participation.is_granted_elsewhere:
        return Verdict(verdicts[0].role, None, None, (Unmet.ALREADY_GRANTED_ELSEWHERE,))
    if not terms.is_held:
        return Verdict(verdicts[0].role, None, None, (Unmet.NOT_HELD,))
    earned = [verdict for verdict in verdicts if verdict.award is not None]
    if earned:
        return max(earned, key=lambda verdict: verdict.award.counted if verdict.award else Decimal(0))
    return Verdict(verdicts[0].role, None, None, tuple(reason for each in verdicts for reason in each.reasons))


def still_owed(
    participation: Participation, verdict: Verdict, terms: Terms, *, can_evaluate: bool, can_pass: bool
) -> tuple[Duty, ...]:
    """Return what a learner can still do to get the credits, or more than as a speaker; empty where nothing helps.

    verdict: of `decide`. can_evaluate, can_pass: whether the evaluation is open, and whether they can still pass the
    exam.
    """
    if not (can_evaluate or can_pass):
        return ()
    earned = verdict.award
    is_decided = participation.is_granted or participation.is_granted_elsewhere or participation.is_barred
    if participation.share is None or is_decided or not terms.is_held or terms.learner is None:
        return ()
    if earned is not None and earned.counted >= terms.learner.counted:  # such as a speaker's, who learned too
        return ()
    owed = {Unmet.NOT_EVALUATED: (Duty.EVALUATION, can_evaluate), Unmet.EXAM_NOT_PASSED: (Duty.EXAM, can_pass)}
    unmet = [Unmet(reason) for reason in _as_learner(participation, participation.share, terms).reasons]
    return tuple(owed[each][0] for each in unmet) if all(each in owed and owed[each][1] for each in unmet) else ()


def withheld(duties: Sequence[Duty]) -> Verdict:
    """Return the verdict on a speaker for whom the settlement waits, because they can still earn more as a learner."""
    reasons = {Duty.EVALUATION: Unmet.NOT_EVALUATED, Duty.EXAM: Unmet.EXAM_NOT_PASSED}
    return Verdict(SourceRole.LEARNER, None, None, tuple(reasons[each] for each in duties))


def _as_learner(participation: Participation, share: Share, terms: Terms) -> Verdict:
    wanted = terms.conditions
    unmet = [
        reason
        for reason, is_unmet in (
            (Unmet.ATTENDANCE_TOO_LOW, not share.meets(wanted.min_attendance)),
            (Unmet.NOT_EVALUATED, wanted.evaluation and not participation.has_evaluated),
            (Unmet.EXAM_NOT_PASSED, wanted.exam and not participation.has_passed),
            (Unmet.NO_RULE, terms.learner is None),
        )
        if is_unmet
    ]
    if unmet or terms.learner is None:
        return Verdict(SourceRole.LEARNER, None, None, tuple(unmet))
    return _earned(SourceRole.LEARNER, terms.learner, terms.hours)


def _as_speaker(taught: Decimal | None, terms: Terms) -> Verdict:
    if taught is None:
        return Verdict(SourceRole.SPEAKER, None, None, (Unmet.NO_TAUGHT_HOURS,))
    award = terms.speaker(taught)
    if award is None:
        return Verdict(SourceRole.SPEAKER, None, None, (Unmet.NO_RULE,))
    return _earned(SourceRole.SPEAKER, award, taught)


def _earned(role: SourceRole, award: Award, hours: Decimal) -> Verdict:
    return Verdict(role, award, hours, () if award.reason is None else (award.reason,))
