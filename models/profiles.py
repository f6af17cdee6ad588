"""What a profile (个人资料, M-5) has beside a person's name, number and unit, and its history."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words
from models.person_facts import Degree, Education, PersonStatus, Sex, Title, TransferStatus


class PersonProfile(Base):
    """The profile of a person. What is sensitive, or reaches them, is sealed (PRIVACY L-19)."""

    __tablename__ = "person_profile"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sex: Mapped[Sex | None] = mapped_column(words(Sex))
    ethnicity_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    political_status_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    education: Mapped[Education | None] = mapped_column(words(Education))
    degree: Mapped[Degree | None] = mapped_column(words(Degree))
    post: Mapped[str | None] = mapped_column(String(100))
    """院内职务, in the words of the unit."""
    title: Mapped[Title | None] = mapped_column(words(Title))
    person_status: Mapped[PersonStatus] = mapped_column(words(PersonStatus), default=PersonStatus.NORMAL)
    transfer_status: Mapped[TransferStatus] = mapped_column(words(TransferStatus), default=TransferStatus.NONE)
    contact_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_ic_card_no_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProfilePhoto(Base):
    """The photo of a profile. It is never a face to check in by."""

    __tablename__ = "profile_photo"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_file.id"))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProfileChange(Base):
    """A row of 状态/职称变动情况 (M-5.4): where somebody worked, with which title and status, from a year on."""

    __tablename__ = "profile_change"
    __table_args__ = (Index("ix_profile_change_person", "person_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    unit_name: Mapped[str] = mapped_column(String(200))
    """As it was called then: a unit that is renamed later changes no history."""
    title: Mapped[Title | None] = mapped_column(words(Title))
    person_status: Mapped[PersonStatus] = mapped_column(words(PersonStatus))
    year: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProfileRequestStatus(enum.StrEnum):
    """What came of a request for a correction of a profile."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_OPEN = text("status = 'open'")


class ProfileRequest(Base):
    """Somebody asks the admins of their unit to correct a field of their profile that they only read (O-28)."""

    __tablename__ = "profile_request"
    __table_args__ = (
        Index("ix_profile_request_status", "status", "id"),
        Index("ix_profile_request_person", "person_id", "id"),
        Index("uq_profile_request_open", "person_id", "field", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str] = mapped_column(String(40))
    wanted_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The value that an accepted request replaced: the audit trail holds no personal data."""
    reason: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(String(500))
    """What could show it, such as a certificate: words, no file."""
    status: Mapped[ProfileRequestStatus] = mapped_column(words(ProfileRequestStatus))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str | None] = mapped_column(String(500))
