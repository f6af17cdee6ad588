"""The list of a settlement, drawn up from the record: a constant number of statements for any number of people."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance import attended, evaluations, exams
from attendance.attended import Share
from attendance.conditions import conditions_of
from attendance.settlement_rules import Part, Terms, Verdict, decide
from credit import ledger
from credit.errors import NoRule
from credit.rule_book import in_force
from credit.rule_sets import RuleSet
from credit.rules import Award, credit_for
from models.ledger import SourceRole
from models.people import Person
from models.projects import Project, RosterEntry, RosterRole
from models.settlements import TaughtHours

SOURCE = "project"
"""The kind of source that grants of settlements carry in the ledger."""


@dataclass(frozen=True)
class Line:
    """One person of the roster, and what they get. generation: of their grant, above 1 after one was taken back."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    share: Share
    verdict: Verdict
    generation: int


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


def draw_up(db: Session, project: Project) -> DrawnUp:
    """Judge everybody on the roster by what is on record now."""
    rule_set = in_force(db, project.ends_on)
    terms = _terms(rule_set, project)
    parts = _parts(db, project)
    generations = ledger.last_generations(db, source_kind=SOURCE, source_ids=[project.id])
    people = db.execute(
        select(Person.id, Person.cme_number, Person.name)
        .where(Person.id.in_(select(RosterEntry.person_id).where(RosterEntry.project_id == project.id)))
        .order_by(Person.cme_number, Person.id)
    )
    lines = (
        Line(
            person_id=who,
            cme_number=number,
            name=name,
            share=parts[who].share or Share(0, 0),
            verdict=decide(parts[who], terms),
            generation=generations.get((project.id, who), 0) + 1,
        )
        for who, number, name in people
    )
    return DrawnUp(rule_set, tuple(lines))


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


def _parts(db: Session, project: Project) -> Mapping[uuid.UUID, Part]:
    shares = attended.shares(db, project)
    evaluated = evaluations.has_evaluated(db, project.id)
    passed = exams.passed(db, project.id)
    granted = {grant.person_id for grant in ledger.live_grants(db, source_kind=SOURCE, source_ids=[project.id])}
    taught = dict(
        db.execute(select(TaughtHours.person_id, TaughtHours.hours).where(TaughtHours.project_id == project.id)).all()
    )
    roles: defaultdict[uuid.UUID, set[RosterRole]] = defaultdict(set)
    for who, role in db.execute(
        select(RosterEntry.person_id, RosterEntry.role).where(RosterEntry.project_id == project.id)
    ):
        roles[who].add(role)
    return {
        who: Part(
            share=shares.get(who) if RosterRole.LEARNER in held else None,
            has_evaluated=who in evaluated,
            has_passed=who in passed,
            is_speaker=RosterRole.SPEAKER in held,
            taught=taught.get(who),
            is_granted=who in granted,
        )
        for who, held in roles.items()
    }
