"""The list of a settlement, made from the attendance record, in the same number of statements for any roster."""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.evaluations.forms import find_form
from attendance.exams.chances import find_chances
from attendance.projects.projects import conditions_of
from attendance.record.facts import read_record
from attendance.record.last_moments import last_moment
from attendance.record.open_duties import Duty
from attendance.record.shares import Share
from attendance.record.sums import Sums
from attendance.sessions.held import is_counted, planned_sessions, was_held
from attendance.settlement.cases import CASE_COLUMNS, AttendanceCase, select_participation, select_roster
from attendance.settlement.rules import Participation, Terms, Verdict, decide, still_owed
from credit.errors import NoRule
from credit.ledger.causes import ReversedGrant, find_reversed
from credit.records.recorded import select_granted_elsewhere
from credit.rules.awards import Award, credit_for
from credit.rules.rule_book import in_force
from credit.rules.rule_sets import RuleSet
from foundation.listing import Order
from models.ledger import SourceKind, SourceRole
from models.people import Person
from models.projects import Project


@dataclass(frozen=True)
class CaseResult:
    """The result of a case. share: Share(0, 0) for a person who is no learner.

    still_may: what they can still do to get credits; empty where nothing helps.
    """

    share: Share
    verdict: Verdict
    still_may: tuple[Duty, ...]


@dataclass(frozen=True)
class Line:
    """The line of a person on the roster: share and verdict.

    still_may: what they can still do to get credits, until `until`. reversed: their last grant that was taken back.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    share: Share
    verdict: Verdict
    still_may: tuple[Duty, ...]
    until: datetime | None
    reversed: ReversedGrant | None


@dataclass(frozen=True)
class LinesSought:
    """Which lines of a list. text: a part of the name or 继教编号; None for all."""

    text: str | None = None


_ALL = LinesSought()
_ORDER = Order((func.coalesce(Person.cme_number, ""), Person.id))


class Judge:
    """The judge of the cases of one project at `now`, by its conditions and by the rules in force on its last day.

    participation: the statement of `select_participation` for this project.
    """

    def __init__(self, db: Session, project: Project, now: datetime) -> None:
        planned = planned_sessions(db, project)
        sessions = [each for each in planned if is_counted(each)]
        is_held = not planned or any(was_held(each) for each in planned)
        self.rule_set = in_force(db, project.ends_on)
        self.chances = find_chances(db, project=project, now=now)
        has_form = project.needs_evaluation and find_form(db, project.id) is not None
        self.evaluation_closes_at = last_moment(project) if has_form and now < last_moment(project) else None
        elsewhere = select_granted_elsewhere(db, project=project, people=select_roster(project.id))
        self.participation: Select[Any] = select_participation(
            project.id, [each.id for each in sessions], elsewhere, self.chances
        )
        self._sessions = [each.id for each in sessions]
        self._sums = Sums(project, sessions)
        self._terms = _terms(self.rule_set, project, is_held=is_held)

    def judge(self, case: AttendanceCase) -> CaseResult:
        """Return the result of a case; all people of the case get it."""
        share = None
        if case.is_learner:
            share = self._sums.share(read_record(case.record, self._sessions))
        participation = Participation(
            share,
            case.has_evaluated,
            case.has_passed,
            case.is_speaker,
            taught=case.taught,
            is_granted=case.is_granted,
            is_barred=case.is_barred,
            is_granted_elsewhere=case.is_granted_elsewhere,
        )
        can_evaluate = self.evaluation_closes_at is not None
        verdict = decide(participation, self._terms)
        still_may = still_owed(participation, verdict, self._terms, can_evaluate=can_evaluate, can_pass=case.can_pass)
        return CaseResult(share or Share(0, 0), verdict, still_may)

    def last_moments(self, db: Session) -> Callable[[uuid.UUID, Collection[Duty]], datetime | None]:
        """Return the function that tells until when a person can do what they still may."""
        own = self.chances.last_moments(db)

        def until(person_id: uuid.UUID, duties: Collection[Duty]) -> datetime | None:
            moments = [self.evaluation_closes_at] if Duty.EVALUATION in duties else []
            if Duty.EXAM in duties:
                moments += [self.chances.closes_at, own.get(person_id)]
            return max((each for each in moments if each is not None), default=None)

        return until


def read_lines(
    db: Session,
    judge: Judge,
    project: Project,
    *,
    sought: LinesSought = _ALL,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> Iterator[Line]:
    """Yield the lines of people on the roster by the present record, in order of 继教编号, after the keys `after`.

    limit: None for all. It takes the same number of statements for any of them.
    """
    reversed_grants = find_reversed(db, source_kind=SourceKind.PROJECT, source_id=project.id)
    until = judge.last_moments(db)
    participation = judge.participation.subquery("participation")
    judge_once = cache(judge.judge)
    people = select(Person.id, Person.cme_number, Person.name, *(participation.c[name] for name in CASE_COLUMNS))
    people = people.join(participation, participation.c.person_id == Person.id)
    people = people.where(holds_name(sought.text))
    for person_id, cme_number, name, *case in db.execute(_ORDER.page(people, after=after, limit=limit)):
        result = judge_once(AttendanceCase(*case))
        yield Line(
            person_id,
            cme_number,
            name,
            result.share,
            result.verdict,
            result.still_may,
            until(person_id, result.still_may),
            reversed_grants.get(person_id),
        )


def _terms(rule_set: RuleSet, project: Project, *, is_held: bool) -> Terms:
    def award(role: SourceRole, hours: Decimal) -> Award | None:
        try:
            return credit_for(rule_set, project.category, role, project.delivery_mode, hours, project.credits)
        except NoRule:
            return None

    return Terms(
        is_held=is_held,
        conditions=conditions_of(project),
        hours=project.hours,
        learner=award(SourceRole.LEARNER, project.hours),
        speaker=lambda hours: award(SourceRole.SPEAKER, hours),
    )
