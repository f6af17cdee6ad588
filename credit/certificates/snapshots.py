"""What a certificate says (M-10.3, M-10.4), as it was at the issue: nothing that changes later changes it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from credit.rules.rule_book import get_rule_sets
from models.certificates import CertificateKind
from models.ledger import LedgerEntry, SourceKind, SourceRole
from models.people import Person, Unit
from models.person_facts import ID_CARD_WORDS
from models.profiles import PersonProfile
from models.projects import Project

SELF_CLAIMED = "个人活动"
"""The 活动类型 of what people claimed themselves (O-25)."""


@dataclass(frozen=True)
class Snapshot:
    """The facts of a certificate. Dates are ISO 8601; credits have two places, hours one.

    sex: a word of the ID card, None where it is not known. level: the name of the category (学分类型). reviewing_unit:
    the unit that approved it last (最终审核单位). cme_number: None for people of other provinces.
    """

    name: str
    sex: str | None
    cme_number: str | None
    project: str
    project_number: str | None
    starts_on: str
    ends_on: str
    organizer: str
    level: str
    activity_type: str
    credit_class: str | None
    credits: str
    hours: str
    reviewing_unit: str

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Return the snapshot of stored facts."""
        return cls(**facts)

    def stored(self) -> dict[str, Any]:
        """Return the facts as plain JSON values."""
        return asdict(self)

    @property
    def is_self_claimed(self) -> bool:
        """Return whether the person claimed the activity, so that the certificate is marked 个人申报 (O-25)."""
        return self.activity_type == SELF_CLAIMED


def kind_of(entry: LedgerEntry) -> CertificateKind:
    """Return the kind of certificate that a grant gets: speakers get one of teaching."""
    return CertificateKind.TEACHING if entry.source_role is SourceRole.SPEAKER else CertificateKind.CREDIT


def take_snapshots(db: Session, entries: Sequence[LedgerEntry]) -> dict[uuid.UUID, Snapshot]:
    """Return what a certificate of each grant says today, by the id of the entry. Four statements at most."""
    ids = {entry.person_id for entry in entries}
    people, sexes = _people(db, ids), _sexes(db, ids)
    projects = _projects(db, {entry.source_id for entry in entries if entry.source_kind == SourceKind.PROJECT})
    rule_sets = get_rule_sets(db, {(entry.rule_set, entry.rule_set_version) for entry in entries})
    found = {}
    for entry in entries:
        rule_set = rule_sets.get((entry.rule_set, entry.rule_set_version))
        category = rule_set.find_category(entry.category) if rule_set is not None else None
        person, held = people[entry.person_id], projects.get(entry.source_id)
        found[entry.id] = Snapshot(
            name=person.name,
            sex=sexes.get(entry.person_id),
            cme_number=person.cme_number,
            project=entry.activity_name,
            project_number=entry.activity_number,
            starts_on=(held.starts_on if held else entry.activity_on).isoformat(),
            ends_on=entry.activity_on.isoformat(),
            organizer=entry.recorded_by_unit,
            level=category.name if category is not None else entry.category,
            activity_type=entry.activity_type,
            credit_class=entry.credit_class,
            credits=str(entry.credits),
            hours=str(entry.hours),
            reviewing_unit=held.reviewing_unit if held else entry.recorded_by_unit,
        )
    return found


def _people(db: Session, ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Person]:
    return {person.id: person for person in db.scalars(select(Person).where(Person.id.in_(ids)))}


def _sexes(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the sex of people in the word of the ID card, as far as their profiles have it."""
    wanted = select(PersonProfile.person_id, PersonProfile.sex)
    known = wanted.where(PersonProfile.person_id.in_(ids), PersonProfile.sex.is_not(None))
    return {person_id: ID_CARD_WORDS[sex] for person_id, sex in db.execute(known) if sex is not None}


def _projects(db: Session, ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Any]:
    """Return the first day and the reviewing unit of projects."""
    if not ids:
        return {}
    reviewing = aliased(Unit)
    wanted = select(Project.id, Project.starts_on, reviewing.name.label("reviewing_unit"))
    rows = db.execute(wanted.join(reviewing, reviewing.id == Project.reviewing_unit_id).where(Project.id.in_(ids)))
    return {row.id: row for row in rows}
