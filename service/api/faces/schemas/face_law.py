"""What the law wants before faces are used: impact assessments and consent texts."""

import uuid
from datetime import date, datetime

from pydantic import Field

from service.edge.answers.bodies import Body, Out


class AssessmentNew(Body):
    """An impact assessment (个人信息保护影响评估). approved_by: the name of the responsible person."""

    title: str = Field("人脸识别个人信息保护影响评估", min_length=1, max_length=200)
    approved_by: str = Field(min_length=1, max_length=100)
    assessed_on: date
    valid_until: date


class AssessmentOut(Out):
    """A registered impact assessment."""

    id: uuid.UUID
    title: str
    approved_by: str
    assessed_on: date
    valid_until: date
    registered_at: datetime | None


class ConsentTextNew(Body):
    """A new version of the notice and consent text, in both languages."""

    version: str = Field(min_length=1, max_length=40)
    text_zh: str = Field(min_length=1, max_length=20_000)
    text_en: str = Field(min_length=1, max_length=20_000)


class ConsentTextOut(Out):
    """A published text. sha256: of both texts, as consents refer to it."""

    version: str
    text_zh: str
    text_en: str
    sha256: str
    published_at: datetime


class FaceLawOut(Out):
    """Whether faces can be enrolled. until: the last day with a valid assessment; null without one.

    days_left: until the last assessment ends, negative after that. warning: `assessment_ends` from 90 days before,
    `assessment_ended` after it, `no_assessment` or `no_text` where one is missing; else null.
    """

    is_offered: bool
    until: date | None
    days_left: int | None
    warning: str | None
    assessments: list[AssessmentOut]
    texts: list[ConsentTextOut]
