"""What people agreed to, and what the operator must have done before asking (PRIVACY L-2, L-3, L-5, L-7)."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class ConsentPurpose(enum.StrEnum):
    """The separate consents of one text.

    Nobody enrols without the first two: the face itself, and sending it over the network (L-5). The third, keeping the
    enrolment photos, is given only by who asks for it, and can be withdrawn by itself.
    """

    FACE_RECOGNITION = "face_recognition"
    FACE_NETWORK = "face_network"
    FACE_PHOTOS = "face_photos"


NEEDED_TO_ENROL = (ConsentPurpose.FACE_RECOGNITION, ConsentPurpose.FACE_NETWORK)


class ConsentText(Base):
    """One version of the notice and consent text; published ones never change."""

    __tablename__ = "consent_text"

    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """One person's consent for one purpose, given to one version of the text; kept after withdrawal."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "person_id", "purpose"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(ForeignKey("consent_text.version"))
    purpose: Mapped[ConsentPurpose] = mapped_column(words(ConsentPurpose))
    channel: Mapped[str] = mapped_column(String(20))
    """Where it was given: `app` on the person's own phone, `in_person` on an admin's device."""
    witness_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The admin who was there, if it was given on an admin's device."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImpactAssessment(Base):
    """A personal information protection impact assessment; without a valid one nobody can enrol a face (L-7)."""

    __tablename__ = "impact_assessment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    approved_by: Mapped[str] = mapped_column(String(100))
    assessed_on: Mapped[date]
    valid_until: Mapped[date]
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None for one of before this was stored."""
    warned_at_days: Mapped[int | None]
    """How many days before its end the operator was last warned: 90, 30 or -1; None before the first warning."""
