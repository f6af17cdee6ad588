"""The fields of a claim, and whether they obey the rules. A draft obeys them all, like one that is submitted."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from credit.claims.names import check_name
from credit.claims.pricing import Price, price
from credit.claims.settings import Terms
from credit.errors import ClaimInvalid
from credit.rules.claim_catalogue import ClaimRule, catalogue_on
from credit.rules.claim_credits import Claimed
from credit.rules.rule_sets import RuleSet
from models.claims import Claim, ClaimMode

MOST_EVIDENCE = 9
"""O-17."""


@dataclass(frozen=True, kw_only=True)
class ClaimFields:
    """What the owner says, by the names of the API. issuer: None for their own unit; evidence: ids of their files."""

    mode: ClaimMode
    rule: str
    activity_name: str
    activity_date: date
    delivery_mode: str
    discipline_l2: str
    issuer: str | None
    evidence: tuple[uuid.UUID, ...]
    hours: Decimal
    rank: int | None = None
    credits: Decimal | None = None
    quantity: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    activity_no: str | None = None
    credit_level: str | None = None
    discipline_l3: str | None = None
    actual_count: int | None = None
    remark: str | None = None
    likeness_reason: str | None = None


_COLUMNS = {"rule": "rule_code", "activity_date": "activity_on", "activity_no": "activity_number",
            "credits": "stated_credits"}  # fmt: skip
_KEPT = (
    "mode", "rule", "activity_name", "activity_date", "delivery_mode", "discipline_l2", "issuer", "hours", "rank",
    "credits", "quantity", "starts_on", "ends_on", "activity_no", "credit_level", "discipline_l3", "actual_count",
    "remark", "likeness_reason",
)  # fmt: skip


def fields_of(claim: Claim, evidence: tuple[uuid.UUID, ...]) -> ClaimFields:
    """Return what stands in a claim."""
    return ClaimFields(evidence=evidence, **{name: getattr(claim, _COLUMNS.get(name, name)) for name in _KEPT})


@dataclass(frozen=True)
class Checked:
    """Fields that obey the rules, with the rule and what it gives."""

    fields: ClaimFields
    rule_set: RuleSet
    rule: ClaimRule
    price: Price

    def write(self, claim: Claim) -> None:
        """Write them into a claim."""
        for name in _KEPT:
            setattr(claim, _COLUMNS.get(name, name), getattr(self.fields, name))
        claim.rule_set, claim.rule_set_version = self.rule_set.code, self.rule_set.version
        claim.category, claim.credit_class = self.rule.category, self.rule.class_code
        claim.is_same_day_study = self.rule.daily_once
        claim.quantity, claim.actual_count = self.price.quantity, 1 if self.rule.daily_once else claim.actual_count
        claim.claimed_credits = claim.credits = self.price.credits


def check(db: Session, fields: ClaimFields, *, terms: Terms, today: date) -> Checked:
    """Return the fields with their rule and credits. Raises ClaimInvalid, TooManyCredits with the field at fault."""
    _check_day(fields.activity_date, terms, today)
    check_name(db, fields.activity_name)
    catalogue = catalogue_on(db, fields.activity_date)
    claimed = Claimed(fields.rank, fields.credits, fields.quantity, fields.hours)
    rule, found = price(catalogue, fields.rule, fields.mode, claimed)
    if fields.mode is ClaimMode.WIZARD and not fields.discipline_l3:
        raise ClaimInvalid(field="discipline_l3", facts={"why": "field_missing"})
    if rule.daily_once and fields.actual_count not in (None, 1):
        raise ClaimInvalid(field="actual_count", facts={"why": "once_a_day"})
    _check_leave(fields, today, is_needed=rule.has_period)
    if not 1 <= len(fields.evidence) <= MOST_EVIDENCE or len(set(fields.evidence)) < len(fields.evidence):
        raise ClaimInvalid(field="evidence", facts={"why": "how_many", "most": MOST_EVIDENCE})
    return Checked(fields, catalogue.rule_set, rule, found)


def warnings_of(claim: Claim) -> list[tuple[str, str]]:
    """Return the field and code of what is allowed and probably forgotten. Hours of zero are (O-9)."""
    return [("hours", "hours_zero")] if claim.hours == 0 else []


def _check_day(day: date, terms: Terms, today: date) -> None:
    if day > today:
        raise ClaimInvalid(field="activity_date", facts={"why": "in_future"})
    first = date(today.year + 1 - terms.open_years, 1, 1)
    if day < first:
        raise ClaimInvalid(field="activity_date", facts={"why": "year_closed", "earliest": first.isoformat()})


def _check_leave(fields: ClaimFields, today: date, *, is_needed: bool) -> None:
    """Check the days of a leave. It may still be under way: then it has no end yet."""
    begins, ends = fields.starts_on, fields.ends_on
    if is_needed and begins is None:
        raise ClaimInvalid(field="starts_on", facts={"why": "field_missing"})
    if ends is not None and (begins is None or ends < begins):
        raise ClaimInvalid(field="ends_on", facts={"why": "days_reversed"})
    for name, day in (("starts_on", begins), ("ends_on", ends)):
        if day is not None and day > today:
            raise ClaimInvalid(field=name, facts={"why": "in_future"})
