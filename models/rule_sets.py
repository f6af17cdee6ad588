"""Rule sets that the authority wrote, and which one is in force from when. Rows are only ever added."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class RuleSetVersion(Base):
    """A version of a rule set beyond those that come with the program."""

    __tablename__ = "rule_set_version"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As `credit.rules.rule_sets.RuleSet` reads it."""
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500))


class RuleSetChoice(Base):
    """From a day on, activities go by this version; of two choices for one day the later one holds."""

    __tablename__ = "rule_set_choice"

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    effective_on: Mapped[date] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500))
