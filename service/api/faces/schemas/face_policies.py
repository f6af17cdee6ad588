"""Bodies of the thresholds of face recognition: in force, computed, and checked."""

import uuid
from datetime import datetime
from typing import Any

from models.face_policies import CalibrationSource
from service.edge.bodies import Body, Out, Reason
from service.edge.briefs import PersonBrief, beside


class ThresholdsOut(Out):
    """Distances for templates of a number of photos: accept up to the first, review up to the second."""

    photos: int
    accept_at: float
    review_to: float


class PolicyOut(Out):
    """One policy. networks: the networks of its measure, joined by +.

    guard: plain thresholds of the engine's own network, which must hold too; empty where the policy has none.
    """

    version: str
    networks: str
    source: str
    thresholds: list[ThresholdsOut]
    guard: list[ThresholdsOut]


class LimitOut(Out):
    """The threshold for a wanted share of false accepts.

    low, high: its 95% interval. pairs: the number of pairs of different people. is_claimed: False if these are too few
    to claim the rate; then the distance is only an estimate.
    """

    photos: int
    wanted: float
    distance: float
    low: float
    high: float
    pairs: int
    is_claimed: bool


class CalibrationOut(Out):
    """The result of a calibration. people: how many it used; limits: of all networks together."""

    id: uuid.UUID
    version: str
    engine: str
    source: CalibrationSource
    people: int
    is_claimed: bool
    computed_at: datetime
    limits: list[LimitOut]


class CalibrationList(Out):
    """All calibrations of the current model, newest first."""

    items: list[CalibrationOut]


class WatchOut(Out):
    """The last regular check of the thresholds in force. warnings: each with a `code` and its figures."""

    version: str
    looked_at: datetime
    people: int
    figures: dict[str, Any]
    warnings: list[dict[str, Any]]


class PolicyInForce(Out):
    """The thresholds in force.

    policies: first the one for faces with embeddings of all networks. networks: the loaded ones; missing_networks: the
    networks of the settings that could not be loaded. set_at, set_by, author: None for the model's own thresholds.
    """

    engine: str
    policies: list[PolicyOut]
    calibration: uuid.UUID | None
    set_at: datetime | None
    set_by: uuid.UUID | None
    setter: PersonBrief | None = beside("set_by")
    author: str | None
    reason: str | None
    networks: list[str]
    missing_networks: list[str]
    watch: WatchOut | None


class PolicyChoice(Body):
    """The calibration to set in force, None for the model's own thresholds, and the reason."""

    calibration: uuid.UUID | None
    reason: Reason
