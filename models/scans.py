"""Scans that wait for their person, and what people agreed to about their location."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class PendingScan(Base):
    """A scan that belongs to one person, who gets tickets with it for a while. The primary key is the proof's id.

    So a proof belongs to the first person who uses it, whatever happens at the same moment.
    """

    __tablename__ = "pending_scan"
    __table_args__ = (Index("ix_pending_scan_person", "person_id", "until"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LocationConsent(Base):
    """Somebody sent their location for the first time, after the client had asked them (PRIVACY L-22).

    version: of the text. The row stays after the withdrawal.
    """

    __tablename__ = "location_consent"
    __table_args__ = (Index("ix_location_consent_person", "person_id", "withdrawn_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
