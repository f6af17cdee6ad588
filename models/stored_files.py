"""Files that lie in the file store, apart from the database."""

import uuid
from datetime import datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class StoredFile(Base):
    """A file in the store. Other tables refer to it by its id. A file without such a row is an orphan of a rollback."""

    __tablename__ = "stored_file"
    __table_args__ = (
        Index(
            "ix_stored_file_discarded",
            "discarded_at",
            sqlite_where=text("discarded_at IS NOT NULL"),
            postgresql_where=text("discarded_at IS NOT NULL"),
        ),
        Index("ix_stored_file_key", "key_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the sealed bytes."""
    key_id: Mapped[str] = mapped_column(String(32))
    """The key of FILE_KEYS that sealed it."""
    size: Mapped[int] = mapped_column(Integer)
    """Bytes of the plain content."""
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When nobody wanted it any more: the sweep deletes the file, then the row."""
