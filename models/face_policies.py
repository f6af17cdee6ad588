"""Thresholds computed from people's faces, which of them are in force, and what was seen of them since."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class CalibrationSource(enum.StrEnum):
    """The faces enrolled here, or a folder of photos that the operator gave."""

    GALLERY = "gallery"
    FOLDER = "folder"


class FaceCalibration(Base):
    """One version of the normalisation and the thresholds that belong to it. Rows are only ever added."""

    __tablename__ = "face_calibration"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[str] = mapped_column(String(40), unique=True)
    engine: Mapped[str] = mapped_column(String(120), index=True)
    source: Mapped[CalibrationSource] = mapped_column(words(CalibrationSource))
    people: Mapped[int]
    """How many different people it rests on."""
    policies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As `faces.matching.policy_json.write_policy` writes them, most networks first: means of many people only."""
    limits: Mapped[list[list[dict[str, Any]]]] = mapped_column(JSON)
    """For each policy the table of wanted rates, thresholds, intervals, and what can be claimed."""
    is_claimed: Mapped[bool]
    """Whether there were pairs of people enough for every rate wanted."""
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FacePolicySetting(Base):
    """Which calibration an engine's decisions go by from then on; the last row of an engine holds. Only ever added."""

    __tablename__ = "face_policy_setting"
    __table_args__ = (Index("ix_face_policy_setting_engine", "engine", "position"),)

    position: Mapped[int] = mapped_column(primary_key=True)
    engine: Mapped[str] = mapped_column(String(120))
    calibration_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("face_calibration.id"))
    """None for the thresholds that come with the engine."""
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where the system itself did, as the gallery grew, or somebody at the machine: then `author` says who."""
    author: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(500))


class FaceWatch(Base):
    """What the regular look at the thresholds in force found: what was seen, and what should worry somebody."""

    __tablename__ = "face_watch"
    __table_args__ = (Index("ix_face_watch_engine", "engine", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    engine: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(40))
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
