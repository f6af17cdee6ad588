"""Enrolled faces: a key for each person, what it seals (template, kept photos), and the cases an admin must look at."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class FaceKey(Base):
    """The key of one person's face, wrapped by a master key. Deleting this row deletes the face, in backups too."""

    __tablename__ = "face_key"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    master_id: Mapped[str] = mapped_column(String(40), index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TemplateStatus(enum.StrEnum):
    """A held template waits for an admin, and opens nothing until then."""

    ACTIVE = "active"
    HELD = "held"


class FaceTemplate(Base):
    """One person's enrolled face, sealed with their key."""

    __tablename__ = "face_template"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    position: Mapped[int] = mapped_column(unique=True)
    """From `FaceCounter`, in order of commit: where the search for duplicates goes on from."""
    status: Mapped[TemplateStatus] = mapped_column(words(TemplateStatus))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    engine: Mapped[str] = mapped_column(String(120))
    networks: Mapped[str] = mapped_column(String(250), server_default="")
    """All networks whose numbers are in it, the engine's own first, joined by +; empty in rows of before: that one."""
    photos: Mapped[int]
    quality: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_shown_on: Mapped[date] = mapped_column(index=True)
    """The last day (UTC) on which it brought a check-in, or was enrolled: unused faces are deleted (PRIVACY L-6)."""
    device: Mapped[str] = mapped_column(String(60), server_default="")
    """The kind of device that sent the photos, in plain words; empty in rows of before."""
    question_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the owner is asked whether this face is theirs; None where no question is open."""
    channel: Mapped[str] = mapped_column(String(20), server_default="app")
    """How it was enrolled: `app` by its owner, `in_person` on an admin's device, `batch` from a file of photos."""
    enrolled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """The admin who enrolled it; None where its owner did."""


class FacePhoto(Base):
    """An enrolment photo that its owner let us keep, made small and sealed with the key of their face.

    There is none without that key, and none without a consent of its own.
    """

    __tablename__ = "face_photo"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("face_key.person_id"))
    place: Mapped[int]
    """Its place among the photos of the enrolment, from 0."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failed_with: Mapped[str] = mapped_column(String(250), server_default="")
    """The networks, joined by +, that last could make no template of this person's photos: they aren't asked again."""


class UsedPicture(Base):
    """A picture that brought its owner a check-in: hashes keyed by the secret of their face, nothing to see in them.

    They are deleted with that key, by the database itself: also what a check-in writes during a withdrawal.
    """

    __tablename__ = "used_picture"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("face_key.person_id", ondelete="CASCADE"), primary_key=True)
    pixels: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """Of the decoded pixels. Unique for a person: of two check-ins at once with one picture, one is refused."""
    file: Mapped[bytes] = mapped_column(LargeBinary)
    band_0: Mapped[int]
    band_1: Mapped[int]
    band_2: Mapped[int]
    band_3: Mapped[int]
    check_in_id: Mapped[uuid.UUID]
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FaceCounter(Base):
    """How many templates were ever stored and deleted; one row. Its lock puts them in a row, one after the other."""

    __tablename__ = "face_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class FaceDeletion(Base):
    """A template that was deleted, so that processes that hold it for the search drop it too."""

    __tablename__ = "face_deletion"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    template_id: Mapped[uuid.UUID]


class FaceDamage(Base):
    """A template that could not be opened: it, or its person's key, was changed. The row of a deleted one stays."""

    __tablename__ = "face_damage"

    template_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FaceCaseKind(enum.StrEnum):
    """Why an admin must look.

    The duplicates: the face is certainly, or likely, on another account too; refused or held when it was enrolled, or
    found among all faces later. `enrolled_after_withdrawal`: a face is held, because the last one was withdrawn.
    `not_mine`: the owner said that the enrolled face was not theirs. `two_people`: photos of two people were sent again
    and again.
    """

    DUPLICATE_REFUSED = "duplicate_refused"
    DUPLICATE_HELD = "duplicate_held"
    DUPLICATE_FOUND = "duplicate_found"
    ENROLLED_AFTER_WITHDRAWAL = "enrolled_after_withdrawal"
    NOT_MINE = "not_mine"
    TWO_PEOPLE = "two_people"


class FaceCaseStatus(enum.StrEnum):
    """Open until an admin has decided. `closed`: nothing was left to decide, because the face or the hold is gone."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CLOSED = "closed"


class FaceCase(Base):
    """Something about a person's face that an admin must decide.

    other_person_id, distance, threshold: of the face on another account; None where no other account is meant.
    """

    __tablename__ = "face_case"
    __table_args__ = (Index("ix_face_case_open", "status", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[FaceCaseKind] = mapped_column(words(FaceCaseKind))
    status: Mapped[FaceCaseStatus] = mapped_column(words(FaceCaseStatus), default=FaceCaseStatus.OPEN)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    template_id: Mapped[uuid.UUID | None]
    """The held face that the decision activates or deletes; it may be gone. None where no face is held."""
    other_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    distance: Mapped[float | None]
    threshold: Mapped[float | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the admin needs to know beside it, such as the withdrawal; see `accounts.enrolment.holds`."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(500))


class FaceHold(Base):
    """What holds a person's next enrolment for an admin; one row a person, which has no face and outlasts it.

    Whoever changes a person's face locks this row first, so that enrolments, withdrawals, answers and decisions of one
    person come one after the other.
    """

    __tablename__ = "face_hold"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    interruptions: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a withdrawal or a password reset ended the enrolments under way."""
    faces_withdrawn: Mapped[int] = mapped_column(default=0)
    """How many faces of the person ended by their own will."""
    is_after_withdrawal: Mapped[bool] = mapped_column(default=False)
    """Whether the next face is held, because no admin has decided since the last one was withdrawn."""
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first face was enrolled that was withdrawn since an admin last decided."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last one was withdrawn."""
    two_people_at: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """When photos of two people were sent within the last day, as ISO instants."""
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("face_case.id"))
    """The case that keeps the person from enrolling at all; None where they may."""


class FaceResetStatus(enum.StrEnum):
    """Open until a second admin has approved or refused the request."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class FaceReset(Base):
    """An admin asks that a person may enrol anew; a second admin approves (O-18)."""

    __tablename__ = "face_reset"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of the face that the request is about; None where there was none."""
    faces_withdrawn: Mapped[int | None]
    """As `FaceHold.faces_withdrawn` then: a request is about that face and that hold, and no later ones."""
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal_reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def status(self) -> FaceResetStatus:
        """Where the request stands."""
        if self.approved_at is not None:
            return FaceResetStatus.APPROVED
        return FaceResetStatus.OPEN if self.refused_at is None else FaceResetStatus.REFUSED
