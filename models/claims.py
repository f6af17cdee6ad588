"""Claims (学分填报): credits that people enter themselves, who may, through which review, and each decision on them."""

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.amounts import CreditAmount, HourAmount
from models.base import Base, UtcDateTime, new_id, words


class ClaimMode(enum.StrEnum):
    """How a claim was entered: freely (非向导录入) or step by step (向导录入)."""

    FREE = "free"
    WIZARD = "wizard"


class ClaimStatus(enum.StrEnum):
    """How far a claim is. Its owner may change a draft and a returned one; an approved one is in the ledger."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVERSED = "reversed"


class ReviewLevel(enum.StrEnum):
    """The levels of a review, in their order: 科室, 单位, 上级主管部门."""

    DEPARTMENT = "department"
    UNIT = "unit"
    AUTHORITY = "authority"


class ClaimAct(enum.StrEnum):
    """What was done with a claim. `passed_on`: its reviewers are gone, and the next level has it."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    PASSED_ON = "passed_on"


EDITABLE = (ClaimStatus.DRAFT, ClaimStatus.RETURNED)
"""The statuses in which the owner may change or delete a claim."""
_STUDY = text("is_same_day_study AND status NOT IN ('rejected', 'reversed')")
_WAITING = text("status = 'submitted'")


class ClaimSetting(Base):
    """What a unit says of claims, for its people and for all units below it that say nothing themselves."""

    __tablename__ = "claim_setting"

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    is_open: Mapped[bool | None]
    """Whether its people may claim credits; None: as the unit above says."""
    levels: Mapped[list[str] | None] = mapped_column(JSON)
    """The levels of the review, in order; None: as the unit above says."""
    open_years: Mapped[int | None]
    """For how many years, this one and those before, activities may be claimed; None: as the unit above says."""
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimPermission(Base):
    """Whether one person may claim credits, whatever their unit says (O-4)."""

    __tablename__ = "claim_permission"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    is_open: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimNameWord(Base):
    """A word that names a kind of learning and no content: alone it is no activity's name (M-3.0.8)."""

    __tablename__ = "claim_name_word"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    word: Mapped[str] = mapped_column(String(40), unique=True)
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Base):
    """One activity for which a person claims credits (M-3). Once submitted, a credit record stands for it."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_person", "person_id", "activity_on", "id"),
        # the queue of a reviewer: what waits at a unit, oldest first, however many wait elsewhere
        Index(
            "ix_claim_queue",
            "review_unit_id",
            "waits_for",
            "waiting_since",
            "id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        # M-3.0.7: 同一天业务学习只能填报1次
        Index(
            "uq_claim_same_day_study",
            "person_id",
            "activity_on",
            unique=True,
            postgresql_where=_STUDY,
            sqlite_where=_STUDY,
        ),
        CheckConstraint("credits > 0 AND hours >= 0", name="amounts"),
        CheckConstraint("(status = 'submitted') = (waits_for IS NOT NULL)", name="waits"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    status: Mapped[ClaimStatus] = mapped_column(words(ClaimStatus))
    mode: Mapped[ClaimMode] = mapped_column(words(ClaimMode))
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_set: Mapped[str] = mapped_column(String(40))
    rule_set_version: Mapped[int]
    """The rules that were in force on the activity's day when it was saved."""
    category: Mapped[str] = mapped_column(String(20))
    credit_class: Mapped[str | None] = mapped_column(String(20))
    rank: Mapped[int | None]
    """The place among the authors or members, from 1 on (M-3.2.13)."""
    stated_credits: Mapped[Decimal | None] = mapped_column(CreditAmount)
    """As the owner typed them; None where the rule gives them."""
    quantity: Mapped[Decimal | None] = mapped_column(HourAmount)
    """How many characters, months or sessions, in the rule's unit."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """The days of a leave."""
    activity_name: Mapped[str] = mapped_column(String(200))
    activity_number: Mapped[str | None] = mapped_column(String(60))
    activity_on: Mapped[date]
    delivery_mode: Mapped[str] = mapped_column(String(40))
    credit_level: Mapped[str | None] = mapped_column(String(40))
    discipline_l2: Mapped[str] = mapped_column(String(100))
    discipline_l3: Mapped[str | None] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(100))
    actual_count: Mapped[int | None]
    """实际完成 (M-3.0.7)."""
    hours: Mapped[Decimal] = mapped_column(HourAmount)
    remark: Mapped[str | None] = mapped_column(String(500))
    is_same_day_study: Mapped[bool]
    claimed_credits: Mapped[Decimal] = mapped_column(CreditAmount)
    """As the owner claims them, by the rule."""
    credits: Mapped[Decimal] = mapped_column(CreditAmount)
    """As claimed, or as a reviewer corrected them."""
    likeness_reason: Mapped[str | None] = mapped_column(String(500))
    """Why it is another activity than the one that it probably is."""
    likeness: Mapped[dict[str, object] | None] = mapped_column(JSON)
    """What it probably is, when it was submitted: the code, and what is recorded."""
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The levels of its review, as its unit had them when it was submitted."""
    waits_for: Mapped[ReviewLevel | None] = mapped_column(words(ReviewLevel))
    review_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    """The unit whose reviewers have it, or decided on it last; None while it has none."""
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at_level: Mapped[ReviewLevel | None] = mapped_column(words(ReviewLevel))
    """The highest level that approved it in this round of its review."""
    comment: Mapped[str | None] = mapped_column(String(500))
    """The opinion of the last review (审核意见)."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    department_reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unit_reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was approved for good, returned or rejected."""


class ClaimStep(Base):
    """One act on a claim: who did it, at which level, with which opinion, and the credits before and after."""

    __tablename__ = "claim_step"
    __table_args__ = (Index("ix_claim_step_claim", "claim_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("claim.id"))
    act: Mapped[ClaimAct] = mapped_column(words(ClaimAct))
    level: Mapped[ReviewLevel | None] = mapped_column(words(ReviewLevel))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """None for the service itself."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str | None] = mapped_column(String(500))
    credits_before: Mapped[Decimal] = mapped_column(CreditAmount)
    credits_after: Mapped[Decimal] = mapped_column(CreditAmount)


class ClaimEvidence(Base):
    """A file of evidence at a claim. One file may be at several claims of its owner."""

    __tablename__ = "claim_evidence"
    __table_args__ = (Index("ix_claim_evidence_evidence", "evidence_id"),)

    claim_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"))
