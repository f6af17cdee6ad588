"""The list of a settlement, made from the attendance record, in the same number of statements for any roster."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from attendance.exams.exceptions import kinds_by_person
from attendance.projects.access import ReadableProject
from attendance.projects.projects import conditions_of
from attendance.record.facts import read_record
from attendance.record.shares import Share, attended_of, parallel_groups, share_of
from attendance.sessions.held import held_sessions
from attendance.settlement.cases import CASE_COLUMNS, AttendanceCase, select_participation
from attendance.settlement.rules import Participation, Terms, Verdict, decide
from credit.errors import NoRule
from credit.rules.awards import Award, credit_for
from credit.rules.rule_book import in_force
from credit.rules.rule_sets import RuleSet
from models.ledger import SourceRole
from models.people import Person
from models.projects import Project


@dataclass(frozen=True)
class CaseResult:
    """The result of a case. share: Share(0, 0) for a person who is no learner."""

    share: Share
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """The line of a person on the roster: share and verdict."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    share: Share
    verdict: Verdict


@dataclass(frozen=True)
class DraftList:
    """The list of a settlement before its confirmation, in order of 继教编号.

    rule_set: the rules in force on the project's last day. exceptions: kinds of exceptions in the exam, by person.
    """

    rule_set: RuleSet
    lines: tuple[Line, ...]
    exceptions: Mapping[uuid.UUID, Sequence[str]]

    @property
    def grants(self) -> list[Line]:
        """Return the lines with credits."""
        return [line for line in self.lines if line.verdict.award is not None]

    @property
    def skipped(self) -> list[Line]:
        """Return the lines without credits."""
        return [line for line in self.lines if line.verdict.award is None]


class Judge:
    """The judge of the cases of one project, by its conditions and by the rules in force on its last day.

    participation: the statement of `select_participation` for this project.
    """

    def __init__(self, db: Session, project: Project) -> None:
        sessions = held_sessions(db, project)
        self.rule_set = in_force(db, project.ends_on)
        self.participation: Select[Any] = select_participation(project.id, [each.id for each in sessions])
        self._project, self._sessions = project, [each.id for each in sessions]
        # many cases have the same attended sessions, so each share is computed once
        self._share = cache(partial(share_of, parallel_groups(sessions)))
        self._terms = _terms(self.rule_set, project)

    def judge(self, case: AttendanceCase) -> CaseResult:
        """Return the result of a case; all people of the case get it."""
        share = None
        if case.is_learner:
            share = self._share(attended_of(read_record(case.record, self._sessions), self._project))
        participation = Participation(
            share, case.has_evaluated, case.has_passed, case.is_speaker, taught=case.taught, is_granted=case.is_granted
        )
        return CaseResult(share or Share(0, 0), decide(participation, self._terms))


def draw_up(db: Session, project: ReadableProject) -> DraftList:
    """Return the list for all people on the roster, by the present attendance record."""
    judge = Judge(db, project)
    return DraftList(judge.rule_set, tuple(_lines(db, judge)), kinds_by_person(db, project=project))


def _lines(db: Session, judge: Judge) -> Iterator[Line]:
    participation = judge.participation.subquery("participation")
    judge_once = cache(judge.judge)
    people = select(Person.id, Person.cme_number, Person.name, *(participation.c[name] for name in CASE_COLUMNS))
    people = people.join(participation, participation.c.person_id == Person.id).order_by(Person.cme_number, Person.id)
    for person_id, cme_number, name, *case in db.execute(people):
        result = judge_once(AttendanceCase(*case))
        yield Line(person_id, cme_number, name, result.share, result.verdict)


def _terms(rule_set: RuleSet, project: Project) -> Terms:
    def award(role: SourceRole, hours: Decimal) -> Award | None:
        try:
            return credit_for(rule_set, project.category, role, project.delivery_mode, hours, project.credits)
        except NoRule:
            return None

    return Terms(
        conditions=conditions_of(project),
        hours=project.hours,
        learner=award(SourceRole.LEARNER, project.hours),
        speaker=lambda hours: award(SourceRole.SPEAKER, hours),
    )
