"""The fields of a profile: which of them people edit themselves, and which only their admins do (M-5.5, O-28)."""

import enum
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from accounts.errors import ProfileFieldReadOnly, ProfileValueInvalid
from accounts.id_numbers import normal_id_number
from foundation.errors import Refusal
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


class ProfileField(enum.StrEnum):
    """A field of a profile."""

    NAME = "name"
    UNIT_ID = "unit_id"
    ID_NUMBER = "id_number"
    BIRTH_ON = "birth_on"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    POLITICAL_STATUS = "political_status"
    EDUCATION = "education"
    DEGREE = "degree"
    POST = "post"
    TITLE = "title"
    PERSON_STATUS = "person_status"
    TRANSFER_STATUS = "transfer_status"
    CONTACT_PHONE = "contact_phone"
    EMAIL = "email"
    OLD_IC_CARD_NO = "old_ic_card_no"


Changes = Mapping[ProfileField, Any]
"""The new values of some fields, each of its own type; None clears a field that may be empty."""

EDITABLE = frozenset(
    {ProfileField.CONTACT_PHONE, ProfileField.EMAIL, ProfileField.OLD_IC_CARD_NO, ProfileField.ETHNICITY}
)
"""What people edit themselves. The phone to sign in with has a call of its own, and so has the photo."""
CORRECTABLE = frozenset(ProfileField) - EDITABLE
SEALED = EDITABLE | {ProfileField.POLITICAL_STATUS}
"""What is stored encrypted, beside the ID number and the phone."""
ENUMS: dict[ProfileField, type[enum.StrEnum]] = {
    ProfileField.SEX: Sex,
    ProfileField.ETHNICITY: Ethnicity,
    ProfileField.POLITICAL_STATUS: PoliticalStatus,
    ProfileField.EDUCATION: Education,
    ProfileField.DEGREE: Degree,
    ProfileField.TITLE: Title,
    ProfileField.PERSON_STATUS: PersonStatus,
    ProfileField.TRANSFER_STATUS: TransferStatus,
}
"""The words that a field chooses from."""
_NAMED_OTHERWISE = {"phone": "phone", "mobile": "phone", "photo": "photo"}
_ALSO_READ_ONLY = frozenset({"cme_number", "unit", "history", "birth_date", "id_no"})
_EARLIEST_BIRTH = 1900


def refuse_read_only(names: frozenset[str]) -> None:
    """Raise ProfileFieldReadOnly if people may not edit one of these fields themselves. Unknown names pass."""
    for name in sorted(names):
        if name in _NAMED_OTHERWISE:
            raise ProfileFieldReadOnly(field=name, facts={"why": _NAMED_OTHERWISE[name]})
        if name in CORRECTABLE or name in _ALSO_READ_ONLY:
            raise ProfileFieldReadOnly(field=name, facts={"why": "correction"})


def read_value(field: ProfileField, text: str, *, today: date) -> Any:
    """Return the value of a field that only admins change, from its text. Raises ProfileValueInvalid."""
    text = unicodedata.normalize("NFC", text).strip()
    try:
        if field in ENUMS:
            return ENUMS[field](text)
        return _READERS[field](text, today)
    except (ValueError, KeyError, Refusal):
        raise ProfileValueInvalid(field="wanted") from None


def as_text(value: Any) -> str | None:
    """Return a value as the text that `read_value` reads."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def checked_birth(born: date, today: date) -> date:
    """Return the date of birth. Raises ProfileValueInvalid for one to come, or of more than a long life ago."""
    if born.year < _EARLIEST_BIRTH or born > today:
        raise ProfileValueInvalid(field="birth_on")
    return born


def _name(text: str, _: date) -> str:
    return _short_text(text, most=100)


def _short_text(text: str, most: int) -> str:
    text = re.sub(r"\s+", " ", text)
    if not 1 <= len(text) <= most or not text.isprintable():
        raise ValueError(text)
    return text


_READERS: dict[ProfileField, Callable[[str, date], Any]] = {
    ProfileField.NAME: _name,
    ProfileField.POST: _name,
    ProfileField.UNIT_ID: lambda text, _: uuid.UUID(text),
    ProfileField.ID_NUMBER: lambda text, _: normal_id_number(unicodedata.normalize("NFKC", text)),
    ProfileField.BIRTH_ON: lambda text, today: checked_birth(date.fromisoformat(text), today),
}
