"""What the authority switched in the catalogue of claims, and the issuers that were typed and approved."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id


class ClaimLabelSwitch(Base):
    """Whether a label of figure 2 is offered. Without a row it is (O-6)."""

    __tablename__ = "claim_label_switch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    label: Mapped[str] = mapped_column(String(40), unique=True)
    """Its code."""
    is_on: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnownIssuer(Base):
    """An issuer (发证机构) that is no unit of ours, on a claim that was approved: others may choose it (M-3.1.3)."""

    __tablename__ = "known_issuer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
