"""Bodies of the thresholds of face recognition: in force, computed, and checked."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from typing_extensions import TypeAliasType

from models.face_policies import CalibrationSource
from service.edge.answers.bodies import WHERE_KNOWN, Body, Out, Reason
from service.edge.answers.briefs import PersonBrief, beside


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


class StrangersOut(Out):
    """A rate of false accepts, with so many photos: `wanted`, and `seen` among the pairs of different people."""

    photos: int
    wanted: float
    seen: float
    pairs: int
    is_claimed: bool


class FalseRejectsOut(Out):
    """How often staff overrode a decision about a face. low, high: 95% interval of the share."""

    decisions: int
    overridden: int
    share: float
    low: float
    high: float


class WatchFiguresOut(Out):
    """What a check measured. population_moved: distance of the people's mean, in standard deviations of a person."""

    strangers: list[StrangersOut]
    false_rejects: FalseRejectsOut
    faces_alike: int
    population_moved: float


WatchCode = TypeAliasType(
    "WatchCode",
    Literal[
        "population_moved", "faces_alike", "false_rejects_high", "doubts_rising", "false_accepts_high",
        "thresholds_too_strict",
    ],
)  # fmt: skip


class WatchWarningOut(Out):
    """A warning with the figures of its kind. by, deviations: in standard deviations."""

    code: WatchCode
    by: Annotated[float | None, WHERE_KNOWN] = None
    pairs: Annotated[int | None, WHERE_KNOWN] = None
    share: Annotated[float | None, WHERE_KNOWN] = None
    deviations: Annotated[float | None, WHERE_KNOWN] = None
    photos: Annotated[int | None, WHERE_KNOWN] = None
    wanted: Annotated[float | None, WHERE_KNOWN] = None
    seen: Annotated[float | None, WHERE_KNOWN] = None


class WatchOut(Out):
    """The last regular check of the thresholds in force, and its warnings."""

    version: str
    looked_at: datetime
    people: int
    figures: WatchFiguresOut
    warnings: list[WatchWarningOut]


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
