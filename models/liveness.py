"""Calibrations of the challenge: what was measured on volunteers, and whether sessions may ask for it."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class LivenessSource(enum.StrEnum):
    """A folder of volunteers' frames, or the demo, which asks without a measurement."""

    FOLDER = "folder"
    DEMO = "demo"


class LivenessCalibration(Base):
    """One measurement of the challenge. The newest row of a rule's version holds; rows are only ever added."""

    __tablename__ = "liveness_calibration"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rule: Mapped[str] = mapped_column(String(40))
    """The version of the limits that was measured."""
    source: Mapped[LivenessSource] = mapped_column(words(LivenessSource))
    people: Mapped[int]
    """How many volunteers did steps."""
    results: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Counts alone: of honest tries by step, and of attacks, each with how many passed."""
    steps: Mapped[list[str]] = mapped_column(JSON)
    """The steps that enough people showed, which challenges are drawn from; empty where none may be asked for."""
    may_ask: Mapped[bool]
    """Whether sessions may ask for a challenge."""
    author: Mapped[str] = mapped_column(String(100))
    """Who measured, at the machine."""
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime)
