"""Bodies of one's own claims (学分填报). Amounts are strings, such as `6.00` credits and `6.0` hours."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from credit.claims.claims import OwnClaimsSought
from credit.claims.stages import ClaimStage, OwnAction
from credit.rules.claim_labels import rules_of_label
from models.claims import ClaimMode, ClaimStatus, ReviewLevel
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import NOT_SENT, Body, ClaimHours, Credits, Out, Page, PartialBody, Quantity, Query
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.paging import ListOut


def _nothing_for_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


OptionalNumber = Annotated[Annotated[str, Field(max_length=60)] | None, BeforeValidator(_nothing_for_blank)]
OptionalLevel = Annotated[Annotated[str, Field(max_length=40)] | None, BeforeValidator(_nothing_for_blank)]
OptionalName = Annotated[Annotated[str, Field(max_length=100)] | None, BeforeValidator(_nothing_for_blank)]
OptionalText = Annotated[Annotated[str, Field(max_length=500)] | None, BeforeValidator(_nothing_for_blank)]
RuleCode = Annotated[str, Field(min_length=1, max_length=40)]
ActivityName = Annotated[str, Field(min_length=1, max_length=200)]
DeliveryMode = Annotated[str, Field(min_length=1, max_length=40)]
Discipline = Annotated[str, Field(min_length=1, max_length=100)]
Issuer = Annotated[str, Field(min_length=1, max_length=100)]
Rank = Annotated[int, Field(ge=1, le=1000)]
Count = Annotated[int, Field(ge=1, le=999)]
Files = Annotated[list[uuid.UUID], Field(max_length=50)]


class ClaimNew(Body):
    """A claim. rank: the row of the rank table; credits: as the certificate says, for rules that don't give them.

    quantity: characters, months or sessions; starts_on, ends_on: the days of a leave; actual_count: 实际完成, 1 for an
    in-house study; issuer: my own unit, if it is left out (M-3.2.9); likeness_reason: why it is another activity than
    the one that it resembles; submit: submit it too.
    """

    mode: ClaimMode
    rule: RuleCode
    rank: Rank | None = None
    credits: Credits | None = None
    quantity: Quantity | None = None
    starts_on: SaneDate | None = None
    ends_on: SaneDate | None = None
    activity_name: ActivityName
    activity_no: OptionalNumber = None
    activity_date: SaneDate
    delivery_mode: DeliveryMode
    credit_level: OptionalLevel = None
    discipline_l2: Discipline
    discipline_l3: OptionalName = None
    issuer: Issuer | None = None
    evidence: Files
    actual_count: Count | None = None
    hours: ClaimHours = Decimal("0.0")
    remark: OptionalText = None
    likeness_reason: OptionalText = None
    submit: bool = False


class ClaimChange(PartialBody):
    """What to change of a draft or of a returned claim; what isn't sent stays."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {
            "rank", "credits", "quantity", "starts_on", "ends_on", "activity_no", "credit_level", "discipline_l3",
            "actual_count", "remark", "likeness_reason",
        }
    )  # fmt: skip

    mode: ClaimMode = NOT_SENT
    rule: RuleCode = NOT_SENT
    rank: Rank | None = None
    credits: Credits | None = None
    quantity: Quantity | None = None
    starts_on: SaneDate | None = None
    ends_on: SaneDate | None = None
    activity_name: ActivityName = NOT_SENT
    activity_no: OptionalNumber = None
    activity_date: SaneDate = NOT_SENT
    delivery_mode: DeliveryMode = NOT_SENT
    credit_level: OptionalLevel = None
    discipline_l2: Discipline = NOT_SENT
    discipline_l3: OptionalName = None
    issuer: Issuer = NOT_SENT
    evidence: Files = NOT_SENT
    actual_count: Count | None = None
    hours: ClaimHours = NOT_SENT
    remark: OptionalText = None
    likeness_reason: OptionalText = None


class ClaimSought(Query):
    """Which of my claims: of some days, of a status, by the rules of one of the 18 labels (its words or its code)."""

    first: SaneDate = Field(date(2000, 1, 1), alias="from")
    last: SaneDate = Field(date(2099, 12, 31), alias="to")
    status: ClaimStatus | None = None
    label: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("period", "`to` comes before `from`")
        return self

    def sought(self) -> OwnClaimsSought:
        """Return the same as what the claims are looked up by."""
        rules = None if self.label is None else rules_of_label(self.label)
        return OwnClaimsSought(self.first, self.last, self.status, rules)


class ClaimsAsked(ClaimSought, Page):
    """Which of my claims to list."""


class ClaimWarning(Out):
    """Something of a claim that is allowed, and probably forgotten."""

    field: str
    code: str
    text: str


class ClaimOut(Out):
    """A claim with the columns of M-3.3.2. content: 内容, the activity's name; review: 审核意见, the last one.

    status_text: 当前状态 in the manual's words. claimed_credits: as claimed; credits: as claimed, or as a reviewer
    corrected them. review_unit: 审核部门, whose reviewers have it or decided on it last; null while nobody can.
    """

    id: uuid.UUID
    status: ClaimStatus
    stage: ClaimStage
    status_text: str
    actions: list[OwnAction]
    mode: ClaimMode
    rule: str
    rank: int | None
    quantity: str | None
    starts_on: date | None
    ends_on: date | None
    activity_name: str
    content: str
    activity_no: str | None
    activity_date: date
    delivery_mode: str
    credit_level: str | None
    discipline_l2: str
    discipline_l3: str | None
    discipline: str
    issuer: str
    evidence: list[uuid.UUID]
    actual_count: int | None
    category: str
    credit_class: str | None
    class_code: str | None
    credit_subclass: str
    claimed_credits: str
    credits: str
    hours: str
    remark: str | None
    likeness_reason: str | None
    waits_for: ReviewLevel | None
    review_unit_id: uuid.UUID | None
    review_unit: UnitBrief | None = beside("review_unit_id")
    submitted_on: date | None
    department_reviewed_on: date | None
    unit_reviewed_on: date | None
    decided_on: date | None
    review: str | None
    warnings: list[ClaimWarning]


class ClaimList(ListOut):
    """A page of my claims, newest day first."""

    items: list[ClaimOut]
    next_cursor: str | None


class SubmissionsNew(Body):
    """Which claims to submit (批量上报)."""

    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=200)]


class NotSubmittedOut(Out):
    """A claim that was not submitted: the code of the refusal, its words, and the field at fault."""

    id: uuid.UUID
    code: str
    title: str
    hint: str
    field: str | None


class SubmissionsOut(Out):
    """Which claims were submitted, and which were not."""

    submitted: list[uuid.UUID]
    refused: list[NotSubmittedOut]
