"""What a certificate says (M-10.3, M-10.4), as it was at the issue: nothing that changes later changes it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.rule_book import get_rule_sets
from models.certificates import CertificateKind
from models.claims import Claim
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


@dataclass(frozen=True)
class _Held:
    """What the source of a grant says beyond its entry: who held the activity, on which days, who approved it last."""

    starts_on: date
    ends_on: date
    organizer: str
    reviewing_unit: str


def take_snapshots(db: Session, entries: Sequence[LedgerEntry]) -> dict[uuid.UUID, Snapshot]:
    """Return what a certificate of each grant says today, by the id of the entry. Five statements at most."""
    ids = {entry.person_id for entry in entries}
    people, sexes = _people(db, ids), _sexes(db, ids)
    sources = _projects(db, entries) | _claims(db, entries)
    rule_sets = get_rule_sets(db, {(entry.rule_set, entry.rule_set_version) for entry in entries})
    found = {}
    for entry in entries:
        rule_set = rule_sets.get((entry.rule_set, entry.rule_set_version))
        category = rule_set.find_category(entry.category) if rule_set is not None else None
        person, held = people[entry.person_id], sources.get(entry.id) or _from_elsewhere(entry)
        found[entry.id] = Snapshot(
            name=person.name,
            sex=sexes.get(entry.person_id),
            cme_number=person.cme_number,
            project=entry.activity_name,
            project_number=entry.activity_number,
            starts_on=held.starts_on.isoformat(),
            ends_on=held.ends_on.isoformat(),
            organizer=held.organizer,
            level=category.name if category is not None else entry.category,
            activity_type=entry.activity_type,
            credit_class=entry.credit_class,
            credits=str(entry.credits),
            hours=str(entry.hours),
            reviewing_unit=held.reviewing_unit,
        )
    return found


def _people(db: Session, ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Person]:
    return {person.id: person for person in db.scalars(select(Person).where(Person.id.in_(ids)))}


def _sexes(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the sex of people in the word of the ID card, as far as their profiles have it."""
    wanted = select(PersonProfile.person_id, PersonProfile.sex)
    known = wanted.where(PersonProfile.person_id.in_(ids), PersonProfile.sex.is_not(None))
    return {person_id: ID_CARD_WORDS[sex] for person_id, sex in db.execute(known) if sex is not None}


def _from_elsewhere(entry: LedgerEntry) -> _Held:
    """Return what an imported credit says: the unit that recorded it stands for both."""
    return _Held(entry.activity_on, entry.activity_on, entry.recorded_by_unit, entry.recorded_by_unit)


def _projects(db: Session, entries: Sequence[LedgerEntry]) -> dict[uuid.UUID, _Held]:
    """Return the first day and the reviewing unit of the projects of grants."""
    of_source = {entry.source_id for entry in entries if entry.source_kind == SourceKind.PROJECT}
    if not of_source:
        return {}
    wanted = select(Project.id, Project.starts_on, Unit.name).join(Unit, Unit.id == Project.reviewing_unit_id)
    rows = {row.id: row for row in db.execute(wanted.where(Project.id.in_(of_source)))}
    return {
        entry.id: _Held(row.starts_on, entry.activity_on, entry.recorded_by_unit, row.name)
        for entry in entries
        if entry.source_kind == SourceKind.PROJECT and (row := rows.get(entry.source_id)) is not None
    }


def _claims(db: Session, entries: Sequence[LedgerEntry]) -> dict[uuid.UUID, _Held]:
    """Return who held the activity that a person claimed, on which days, and the unit that decided on it last."""
    of_source = {entry.source_id for entry in entries if entry.source_kind == SourceKind.CLAIM}
    if not of_source:
        return {}
    wanted = select(Claim.id, Claim.issuer, Claim.starts_on, Claim.ends_on, Unit.name)
    wanted = wanted.outerjoin(Unit, Unit.id == Claim.review_unit_id).where(Claim.id.in_(of_source))
    rows = {row.id: row for row in db.execute(wanted)}
    return {
        entry.id: _Held(
            row.starts_on or entry.activity_on,
            row.ends_on or entry.activity_on,
            row.issuer,
            row.name or entry.recorded_by_unit,
        )
        for entry in entries
        if entry.source_kind == SourceKind.CLAIM and (row := rows.get(entry.source_id)) is not None
    }
