"""What may be claimed: labels, rules with their ranks and quantities, and issuers to choose from."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from credit.rules.claim_catalogue import Catalogue, ClaimEntry, ClaimNeed, ClaimRule, Quantity, QuantityUnit
from credit.rules.claim_labels import CREDIT_LEVELS, DELIVERY_MODES, LABELS
from credit.rules.issuers import Issuer
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import Body, Credits, Out, Query, Reason, SearchText


class CatalogueAsked(Query):
    """The query of the catalogue. on: the day of the activity, today by default: each day has its own rules."""

    on: SaneDate | None = None


class ClaimLabelOut(Out):
    """A label of the operation manual. alias_of: the label that means the same; rules: what it opens on that day.

    is_out_of_province: its issuer is no unit of ours, so it is typed or chosen from names typed before.
    """

    code: str
    label: str
    alias_of: str | None
    is_on: bool
    rules: list[str]
    is_out_of_province: bool


class RankOut(Out):
    """A row of the table of ranks. rank: what a claim sends."""

    rank: int
    name: str
    credits: Credits


class QuantityOut(Out):
    """What the rule counts: a claim earns `credits` for each `per` of the unit, rounded once.

    credits: null where they stand on each piece and are typed. default: what counts if none is sent, null where it
    must be sent. most: the largest quantity of one claim.
    """

    unit: QuantityUnit
    per: str
    credits: Credits | None
    most: str
    is_whole: bool
    default: str | None

    @classmethod
    def of(cls, quantity: Quantity) -> "QuantityOut":
        """Return the body of a quantity."""
        return cls(
            unit=quantity.unit,
            per=f"{quantity.per:f}",
            credits=quantity.credits,
            most=f"{quantity.most:f}",
            is_whole=quantity.is_whole,
            default=None if quantity.default is None else f"{quantity.default:f}",
        )


class ClaimLimitsOut(Out):
    """How much counts: for one claim, in a year by this rule, and in a year by all rules of its group together."""

    at_once: Credits | None
    year: Credits | None
    group: str | None
    group_year: Credits | None


class ClaimRuleOut(Out):
    """A rule that may be claimed. class -> name -> clause is the cascade of the wizard; class is null without classes.

    needs: what a claim must say beside the activity. credits: what everybody gets, null where it depends. evidence: the
    kinds that are taken. default_entry: the way that the manual recommends; both ways are open where entry is `both`.
    has_period: a claim may tell starts_on and ends_on.
    """

    code: str
    category: str
    credit_class: str | None = Field(serialization_alias="class")
    class_code: str | None
    name: str
    clause: str
    entry: ClaimEntry
    default_entry: ClaimEntry
    needs: list[ClaimNeed]
    ranks: list[RankOut]
    credits: Credits | None
    quantity: QuantityOut | None
    hours_per_credit: str | None
    limits: ClaimLimitsOut
    evidence: list[str]
    is_daily_once: bool
    has_period: bool
    completes_year: bool
    source: str

    @classmethod
    def of(cls, rule: ClaimRule) -> "ClaimRuleOut":
        """Return the body of a rule."""
        return cls(
            code=rule.code,
            category=rule.category,
            credit_class=rule.credit_class,
            class_code=rule.class_code,
            name=rule.name,
            clause=rule.clause,
            entry=rule.entry,
            default_entry="free" if rule.entry == "free" else "wizard",
            needs=list(rule.needs),
            ranks=[RankOut.model_validate(each) for each in rule.ranks],
            credits=rule.credits,
            quantity=None if rule.quantity is None else QuantityOut.of(rule.quantity),
            hours_per_credit=None if rule.hours_per_credit is None else f"{rule.hours_per_credit.normalize():f}",
            limits=ClaimLimitsOut.model_validate(rule.limits),
            evidence=list(rule.evidence),
            is_daily_once=rule.daily_once,
            has_period=rule.has_period,
            completes_year=rule.completes_year,
            source=rule.source,
        )


class CatalogueOut(Out):
    """What may be claimed for an activity of a day. labels: those that are offered, in the manual's order.

    delivery_modes, credit_levels: those to choose from; others may be typed.
    """

    on: date
    rule_set: str
    rule_set_version: int
    labels: list[str]
    label_details: list[ClaimLabelOut]
    rules: list[ClaimRuleOut]
    delivery_modes: list[str]
    credit_levels: list[str]

    @classmethod
    def of(cls, catalogue: Catalogue, on: date) -> "CatalogueOut":
        """Return the body of a catalogue."""
        offered = {each.code for each in catalogue.labels}
        details = [
            ClaimLabelOut(
                code=each.code,
                label=each.label,
                alias_of=each.alias_of,
                is_on=each.code in offered,
                rules=list(catalogue.rules_of(each)),
                is_out_of_province=each.out_of_province,
            )
            for each in LABELS
        ]
        return cls(
            on=on,
            rule_set=catalogue.rule_set.code,
            rule_set_version=catalogue.rule_set.version,
            labels=[each.label for each in catalogue.labels],
            label_details=details,
            rules=[ClaimRuleOut.of(each) for each in catalogue.rules],
            delivery_modes=list(DELIVERY_MODES),
            credit_levels=list(CREDIT_LEVELS),
        )


class ClaimLabelIn(Body):
    """Whether a label is offered."""

    is_on: bool
    reason: Reason


class ClaimLabelState(Out):
    """A label and whether it is offered."""

    code: str
    label: str
    is_on: bool


class IssuersAsked(Query):
    """The query of issuers. q: a part of the name; without it only one's own unit is shown."""

    q: SearchText | None = None


class IssuerOut(Out):
    """An issuer. id: of the unit, null for a name that is none of ours. is_own: one's own unit, the default."""

    name: Annotated[str, Field(max_length=100)]
    id: uuid.UUID | None
    is_own: bool


class IssuerList(Out):
    """Up to 20 issuers: one's own unit, units by name, names typed before."""

    items: list[IssuerOut]

    @classmethod
    def of(cls, found: Sequence[Issuer]) -> "IssuerList":
        """Return the body of some issuers."""
        return cls(items=[IssuerOut.model_validate(each) for each in found])
