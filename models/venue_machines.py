"""The machines of a hall: screens that show the code, and kiosks that read people's personal codes."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class Screen(Base):
    """A screen of a session. Its address holds a secret, of which only the hash is kept. It ends with the session."""

    __tablename__ = "screen"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_staff.id"))
    """The assignment by which its maker could make it: it ends with that. None for one of an organizer."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Kiosk(Base):
    """A kiosk of a session: first a code to pair it, then a credential. Of both only the hashes are kept."""

    __tablename__ = "kiosk"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"), index=True)
    is_attended: Mapped[bool]
    """Whether staff stand beside it and look at each person; without them its check-ins wait for review."""
    pairing_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    pairing_until: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project_staff.id"))
    """As of a screen."""
    name: Mapped[str | None] = mapped_column(String(60))
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """None until it is paired."""
    paired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KioskScan(Base):
    """A personal code that a kiosk read, and the check-in that followed. The same nonce is the same scan."""

    __tablename__ = "kiosk_scan"
    __table_args__ = (UniqueConstraint("kiosk_id", "nonce"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kiosk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("kiosk.id"))
    nonce: Mapped[str] = mapped_column(String(64))
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Of the personal code: organizers see where one code was read twice."""
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
