"""The list of a settlement, drawn up from the record: a constant number of statements for any number of people."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from attendance.projects.projects import conditions_of
from attendance.record.facts import read_record
from attendance.record.shares import Share, attended_of, parallel_groups, share_of
from attendance.sessions.held import held_sessions
from attendance.settlement.cases import CASE, Case, select_parts
from attendance.settlement.rules import Participation, Terms, Verdict, decide
from credit.errors import NoRule
from credit.rules.awards import Award, credit_for
from credit.rules.rule_book import in_force
from credit.rules.rule_sets import RuleSet
from models.ledger import SourceRole
from models.people import Person
from models.projects import Project


@dataclass(frozen=True)
class Judged:
    """What a case comes to. share: Share(0, 0) for who was no learner."""

    share: Share
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """One person of the roster, and what they get."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    share: Share
    verdict: Verdict


@dataclass(frozen=True)
class DrawnUp:
    """A list by the rules in force on the project's last day; in order of 继教编号."""

    rule_set: RuleSet
    lines: tuple[Line, ...]

    @property
    def grants(self) -> list[Line]:
        """Who gets something."""
        return [line for line in self.lines if line.verdict.award is not None]

    @property
    def skipped(self) -> list[Line]:
        """Who doesn't."""
        return [line for line in self.lines if line.verdict.award is None]


class Judge:
    """Judges the cases of one project by what it asks and by the rules in force on its last day.

    parts: selects how everybody of the roster took part, as `select_parts` does.
    """

    def __init__(self, db: Session, project: Project) -> None:
        sessions = held_sessions(db, project)
        self.rule_set = in_force(db, project.ends_on)
        self.parts: Select[Any] = select_parts(project.id, [each.id for each in sessions])
        self._project, self._sessions = project, [each.id for each in sessions]
        self._share = cache(
            partial(share_of, parallel_groups(sessions))
        )  # late or not, many attended the same sessions
        self._terms = _terms(self.rule_set, project)

    def judge(self, case: Case) -> Judged:
        """Judge a case: everybody whose case it is gets the same."""
        share = None
        if case.is_learner:
            share = self._share(attended_of(read_record(case.record, self._sessions), self._project))
        participation = Participation(
            share, case.has_evaluated, case.has_passed, case.is_speaker, taught=case.taught, is_granted=case.is_granted
        )
        return Judged(share or Share(0, 0), decide(participation, self._terms))


def draw_up(db: Session, project: Project) -> DrawnUp:
    """Judge everybody on the roster by what is on record now."""
    judge = Judge(db, project)
    return DrawnUp(judge.rule_set, tuple(_lines(db, judge)))


def _lines(db: Session, judge: Judge) -> Iterator[Line]:
    parts = judge.parts.subquery("parts")
    judged = cache(judge.judge)
    people = select(Person.id, Person.cme_number, Person.name, *(parts.c[name] for name in CASE))
    people = people.join(parts, parts.c.person_id == Person.id).order_by(Person.cme_number, Person.id)
    for person_id, cme_number, name, *case in db.execute(people):
        found = judged(Case(*case))
        yield Line(person_id, cme_number, name, found.share, found.verdict)


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
