"""Shows profiles and changes them: people their own contacts, admins all of it with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from accounts.enrolment import withdrawals
from accounts.errors import NumberTaken, OwnDetails
from accounts.notices import Notices
from accounts.people import edits, people
from accounts.people.edits import PersonEdit
from accounts.profiles import history
from accounts.profiles.fields import SEALED, Changes, ProfileField, checked_birth
from accounts.profiles.history import HistoryRow
from accounts.same_human import is_same_human
from foundation import audit
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.sealing import FieldSeal
from foundation.transactions import insert_new
from models.people import Person, Unit
from models.person_facts import PersonStatus, TransferStatus
from models.profiles import PersonProfile, ProfilePhoto

_OF_EDITS = frozenset({ProfileField.NAME, ProfileField.UNIT_ID})
_OF_PERSON = frozenset({ProfileField.ID_NUMBER, ProfileField.BIRTH_ON})


@dataclass(frozen=True)
class ProfileEdit:
    """What an admin changes. since_year: from when the new title, unit or status holds; None for this year."""

    changes: Changes
    reason: str
    since_year: int | None = None


@dataclass(frozen=True)
class ProfileView:
    """A profile as it is stored, opened. values: by field; phone: in E.164."""

    person: Person
    unit: Unit
    phone: str | None
    values: dict[ProfileField, Any]
    history: Sequence[HistoryRow]
    photo_at: datetime | None


class Profiles:
    """Reads and writes profiles, with the seal of their fields."""

    def __init__(self, seal: FieldSeal, notices: Notices) -> None:
        self._seal = seal
        self._notices = notices

    def show(self, db: Session, person: Person) -> ProfileView:
        """Return the profile of a person."""
        profile = db.get(PersonProfile, person.id)
        return ProfileView(
            person=person,
            unit=db.get_one(Unit, person.unit_id),
            phone=self._opened("phone", person.phone_sealed),
            values={field: self.value_of(field, person, profile) for field in ProfileField},
            history=history.list_history(db, person, profile),
            photo_at=db.scalar(select(ProfilePhoto.put_at).where(ProfilePhoto.person_id == person.id)),
        )

    def look_at(
        self, db: Session, *, person_id: uuid.UUID, is_full: bool, caller: Caller, now: datetime
    ) -> ProfileView:
        """Return the profile of a person for an admin, and write that look to the audit trail.

        Raises NotFound beyond the caller's reach, as for somebody who doesn't exist.
        """
        person = db.get(Person, person_id, options=[joinedload(Person.unit)])
        if person is None or not caller.may(people.PEOPLE_ADMINS, person.unit.path):
            raise NotFound
        audit.record(db, caller, now, "profile.look", person, after={"is_full": is_full})
        return self.show(db, person)

    def value_of(self, field: ProfileField, person: Person, profile: PersonProfile | None) -> Any:
        """Return the present value of a field; None where there is none."""
        if field is ProfileField.ID_NUMBER:
            return self._opened("id_number", person.id_number_sealed)
        if field in _OF_EDITS | _OF_PERSON:
            return getattr(person, field)
        if profile is None:
            return _DEFAULTS.get(field)
        if field in SEALED:
            return self._opened(field.value, getattr(profile, f"{field}_sealed"))
        return getattr(profile, field)

    def edit_own(self, db: Session, *, caller: Caller, changes: Changes, now: datetime) -> None:
        """Change fields of the caller's own profile, of those that people edit themselves."""
        people.lock_person(db, caller.person_id)
        person = db.get_one(Person, caller.person_id)
        changed = self._set(db, person, changes, now)
        if changed:
            after = {"changed": changed}
            audit.record(db, caller, now, "profile.edit_own", ("person", person.id), after=after)
            db.flush()

    def edit(self, db: Session, *, person: Person, edit: ProfileEdit, caller: Caller, now: datetime) -> None:
        """Change a profile, with a row of its history where unit, title or status change.

        person: locked, as `people.get_person` returns them. Somebody who is deregistered loses their face (L-6).
        Raises OwnDetails for oneself, also on another account; Forbidden for a unit that the caller does not
        administer; NumberTaken; ProfileValueInvalid.
        """
        refuse_own(db, person=person, caller=caller)
        profile = db.get(PersonProfile, person.id, populate_existing=True)
        before = history.state_of(db, person, profile)
        self._edit_person(db, person, edit, caller, now)
        changed = self._set(db, person, edit.changes, now)
        profile = db.get(PersonProfile, person.id)
        after = history.state_of(db, person, profile)
        history.note_change(db, person=person, before=before, after=after, since_year=edit.since_year, now=now)
        if after.person_status is PersonStatus.DEREGISTERED and before.person_status is not after.person_status:
            withdrawals.end_for_deregistered(db, person_id=person.id, now=now, notices=self._notices)
        if changed:
            facts = {"changed": changed}  # and not the values: the trail holds no personal data
            audit.record(db, caller, now, "profile.edit", person, reason=edit.reason, after=facts)
        db.flush()

    def fill_in(self, db: Session, *, person: Person, changes: Changes, now: datetime) -> None:
        """Set the first values of the profile of somebody who was just added."""
        self._set(db, person, changes, now)

    def _edit_person(self, db: Session, person: Person, edit: ProfileEdit, caller: Caller, now: datetime) -> None:
        unit_id: uuid.UUID | None = edit.changes.get(ProfileField.UNIT_ID)
        name: str | None = edit.changes.get(ProfileField.NAME)
        if unit_id is None and name is None:
            return
        unit = people.get_unit(db, unit_id) if unit_id is not None else None
        wanted = PersonEdit(name=name, unit=unit, reason=edit.reason)
        edits.edit_person(db, person=person, edit=wanted, caller=caller, now=now)

    def _set(self, db: Session, person: Person, changes: Changes, now: datetime) -> list[str]:
        """Set values of a person's row and of their profile; return the names of the fields that changed."""
        profile = db.get(PersonProfile, person.id, populate_existing=True)
        changed = [
            field
            for field, value in changes.items()
            if field not in _OF_EDITS and self.value_of(field, person, profile) != value
        ]
        for field in changed:
            if field in _OF_PERSON:
                self._set_of_person(db, person, field, changes[field], day_at_home(now))
        of_profile = [field for field in changed if field not in _OF_PERSON]
        if of_profile:
            insert_new(db, PersonProfile, person_id=person.id, **_NEW, changed_at=now)
            profile = db.get_one(PersonProfile, person.id, populate_existing=True)
            for field in of_profile:
                self._set_of_profile(profile, field, changes[field])
            profile.changed_at = now
            db.flush()
        return sorted(field.value for field in changed)

    def _set_of_person(self, db: Session, person: Person, field: ProfileField, value: Any, today: date) -> None:
        if field is ProfileField.BIRTH_ON:
            person.birth_on = checked_birth(value, today) if value is not None else None
            return
        try:
            with db.begin_nested():
                person.id_number_sealed = self._seal.seal("id_number", value) if value else None
                person.id_number_hash = self._seal.blind("id_number", value) if value else None
                db.flush()
        except IntegrityError:
            raise NumberTaken(field="id_number") from None

    def _set_of_profile(self, profile: PersonProfile, field: ProfileField, value: Any) -> None:
        if field in SEALED:
            setattr(profile, f"{field}_sealed", self._seal.seal(field.value, value) if value is not None else None)
        else:
            setattr(profile, field, value)

    def _opened(self, kind: str, sealed: bytes | None) -> str | None:
        return self._seal.open(kind, sealed) if sealed is not None else None


_NEW = {"person_status": PersonStatus.NORMAL, "transfer_status": TransferStatus.NONE}
_DEFAULTS: dict[ProfileField, Any] = {
    ProfileField.PERSON_STATUS: PersonStatus.NORMAL,
    ProfileField.TRANSFER_STATUS: TransferStatus.NONE,
}


def refuse_own(db: Session, *, person: Person, caller: Caller) -> None:
    """Raise OwnDetails if the person is the caller, also on another account."""
    if is_same_human(db, caller.person_id, person.id):
        raise OwnDetails
