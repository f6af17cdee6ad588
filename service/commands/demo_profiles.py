"""The profiles of the demo's people: invented, and in accord with their invented ID numbers."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from accounts.notices import Notices
from accounts.profiles import history
from accounts.profiles.fields import ProfileField
from accounts.profiles.history import State
from accounts.profiles.profiles import Profiles
from foundation.sealing import FieldSeal
from models.people import Person, Unit
from models.person_facts import (
    Degree,
    Education,
    Ethnicity,
    PersonStatus,
    PoliticalStatus,
    Sex,
    Title,
    TransferStatus,
)

_TITLES = (
    *(Title.ATTENDING_PHYSICIAN, Title.NURSE_IN_CHARGE, Title.PHYSICIAN, Title.SENIOR_NURSE),
    *(Title.ASSOCIATE_CHIEF_PHYSICIAN, Title.NURSE, Title.CHIEF_PHYSICIAN, Title.PHARMACIST_IN_CHARGE),
)
_ETHNICITIES = (Ethnicity.HAN, Ethnicity.HAN, Ethnicity.HAN, Ethnicity.SHE, Ethnicity.HAN, Ethnicity.HUI)
_EARLIER = {
    Title.ATTENDING_PHYSICIAN: Title.PHYSICIAN,
    Title.ASSOCIATE_CHIEF_PHYSICIAN: Title.ATTENDING_PHYSICIAN,
    Title.CHIEF_PHYSICIAN: Title.ASSOCIATE_CHIEF_PHYSICIAN,
    Title.NURSE_IN_CHARGE: Title.SENIOR_NURSE,
}


def fill_in(db: Session, seal: FieldSeal, *, person: Person, unit: Unit, id_number: str, now: datetime) -> None:
    """Give a person of the demo a profile, and a history where the title has an earlier one."""
    place = int(id_number[14:17])
    title = _TITLES[place % len(_TITLES)]
    changes = {
        ProfileField.BIRTH_ON: date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14])),
        ProfileField.SEX: Sex.MALE if place % 2 else Sex.FEMALE,
        ProfileField.ETHNICITY: _ETHNICITIES[place % len(_ETHNICITIES)],
        ProfileField.POLITICAL_STATUS: PoliticalStatus.CITIZEN,
        ProfileField.EDUCATION: Education.UNDERGRADUATE,
        ProfileField.DEGREE: Degree.BACHELOR,
        ProfileField.TITLE: title,
        ProfileField.TRANSFER_STATUS: TransferStatus.TRANSFERRED_IN,
        ProfileField.CONTACT_PHONE: f"0571-8700{place:04d}",
        ProfileField.EMAIL: f"demo{place}@example.org",
    }
    Profiles(seal, Notices({})).fill_in(db, person=person, changes=changes, now=now)
    earlier = _EARLIER.get(title)
    if earlier is not None:
        before, after = (State(unit.name, each, PersonStatus.NORMAL) for each in (earlier, title))
        nothing = State(unit.name, None, PersonStatus.NORMAL)
        history.note_change(db, person=person, before=nothing, after=before, since_year=2012, now=now)
        history.note_change(db, person=person, before=before, after=after, since_year=2019, now=now)
