"""The values of a profile, as people and admins send them."""

import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from accounts.profiles.fields import ProfileField
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
from service.edge.answers.bodies import NOT_SENT, PartialBody


def _plain(value: Any) -> Any:
    """Return a text with full-width letters and digits as plain ones, without the blanks around it."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


ContactPhone = Annotated[
    str,
    BeforeValidator(_plain),
    Field(max_length=30, pattern=r"^\+?[0-9][0-9 ()#*-]{2,28}$", description="Any phone, also with an extension."),
]
Email = Annotated[
    str,
    BeforeValidator(_plain),
    Field(max_length=254, pattern=r"^[^\s@<>,;:\"'()\\]{1,64}@[^\s@<>,;:\"'()\\.]+(\.[^\s@<>,;:\"'()\\.]+)+$"),
]
IcCardNumber = Annotated[str, BeforeValidator(_plain), Field(max_length=30, pattern=r"^[0-9A-Za-z-]{1,30}$")]
PostText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


class ProfileValues(PartialBody):
    """The values of a profile; what is left out stays as it is, or is not known."""

    sex: Sex | None = None
    ethnicity: Ethnicity | None = None
    political_status: PoliticalStatus | None = None
    education: Education | None = None
    degree: Degree | None = None
    post: PostText | None = None
    title: Title | None = None
    person_status: PersonStatus = NOT_SENT
    transfer_status: TransferStatus = NOT_SENT
    contact_phone: ContactPhone | None = None
    email: Email | None = None
    old_ic_card_no: IcCardNumber | None = None

    def profile_values(self) -> dict[ProfileField, Any]:
        """Return the values of a profile that were sent, without those of the person beside it."""
        return {ProfileField(name): getattr(self, name) for name in ProfileValues.model_fields if name in self.sent()}


OPTIONAL_VALUES = frozenset(ProfileValues.model_fields) - {"person_status", "transfer_status"}
"""The fields that may be null."""
