"""The thresholds of face recognition: what is in force, what was computed, what was seen of it."""

import uuid
from datetime import datetime
from typing import Any

from models.face_policies import CalibrationSource
from service.edge.bodies import Body, Out, Reason


class ThresholdsOut(Out):
    """Distances for templates of so many photos: accept up to the first, review up to the second."""

    photos: int
    accept_at: float
    review_to: float


class PolicyOut(Out):
    """One policy. networks: those it measures with, joined by +."""

    version: str
    networks: str
    source: str
    thresholds: list[ThresholdsOut]


class LimitOut(Out):
    """The threshold for a wanted share of false accepts.

    low, high: its 95% interval. pairs: of different people that it rests on. is_claimed: whether these are enough to
    claim the rate; if not, the distance is an estimate and no more.
    """

    photos: int
    wanted: float
    distance: float
    low: float
    high: float
    pairs: int
    is_claimed: bool


class CalibrationOut(Out):
    """What was computed from so many people; limits: of all networks together."""

    id: uuid.UUID
    version: str
    engine: str
    source: CalibrationSource
    people: int
    is_claimed: bool
    computed_at: datetime
    limits: list[LimitOut]


class CalibrationList(Out):
    """All calibrations of the model in use, the newest first."""

    items: list[CalibrationOut]


class WatchOut(Out):
    """The last regular look at the thresholds in force; warnings: each with a `code` and its figures."""

    version: str
    looked_at: datetime
    people: int
    figures: dict[str, Any]
    warnings: list[dict[str, Any]]


class PolicyInForce(Out):
    """What decisions about faces go by now.

    policies: for faces with the numbers of all networks first. networks: those that look now; missing_networks: those
    that the settings want and that can't be had. set_at, set_by, author: None for what comes with the model.
    """

    engine: str
    policies: list[PolicyOut]
    calibration: uuid.UUID | None
    set_at: datetime | None
    set_by: uuid.UUID | None
    author: str | None
    reason: str | None
    networks: list[str]
    missing_networks: list[str]
    watch: WatchOut | None


class PolicyChoice(Body):
    """Which calibration to go by from now on, None for what comes with the model; and why."""

    calibration: uuid.UUID | None
    reason: Reason
