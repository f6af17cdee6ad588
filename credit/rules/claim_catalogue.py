"""What people may claim on a day, by the rule set in force: labels, rules, ranks, quantities (M-3, O-5, O-6)."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session
from typing_extensions import TypeAliasType

from credit.rules import rule_book
from credit.rules.claim_labels import (
    CLAIMED_THOUGH_FOR_PROJECTS,
    EVIDENCE,
    FREE_THOUGH_FOR_PROJECTS,
    LABELS,
    OF_STUDIES,
    OPEN_BY_PIECE,
    PERIOD_RULES,
    UNIT_OF_PIECE,
    ClaimLabel,
)
from credit.rules.rule_sets import ByCertificate, ByHours, ByPiece, ByRank, Fixed, Rule, RuleSet
from models.claim_catalogue import ClaimLabelSwitch

ClaimEntry = TypeAliasType("ClaimEntry", Literal["wizard", "free", "both"])
ClaimNeed = TypeAliasType("ClaimNeed", Literal["rank", "quantity", "credits", "hours"])
QuantityUnit = TypeAliasType("QuantityUnit", Literal["characters", "months", "sessions", "meetings", "materials"])

_UNITS: dict[str, QuantityUnit] = {
    "chars": "characters",
    "hanzi": "characters",
    "month": "months",
    "session": "sessions",
    "meeting": "meetings",
    "material": "materials",
}
_PIECE = re.compile(r"(?:(\d{1,6})_)?([a-z]+)")
_MONTHS_BELOW_SIX = Decimal("5.9")
_MOST: dict[QuantityUnit, Decimal] = {
    "characters": Decimal(10_000_000),
    "months": Decimal(60),
    "sessions": Decimal(1),  # 实际完成 is 1 (M-3.0.7): another session is another claim
    "meetings": Decimal(1),
    "materials": Decimal(100),
}
_MOST_RANKS = 30


@dataclass(frozen=True)
class Rank:
    """A row of the table of ranks (M-3.2.13)."""

    rank: int
    name: str
    credits: Decimal


@dataclass(frozen=True)
class Quantity:
    """What is counted: `credits` for each `per` of the unit. credits: None where they are typed, as they stand on it.

    most: the largest quantity of one claim; is_whole: no part of one counts; default: None where it must be sent.
    """

    unit: QuantityUnit
    per: Decimal
    credits: Decimal | None
    most: Decimal
    is_whole: bool
    default: Decimal | None


@dataclass(frozen=True)
class Limits:
    """How much counts. at_once: for one claim; year: of this rule; group_year: of all rules of the group together."""

    at_once: Decimal | None
    year: Decimal | None
    group: str | None
    group_year: Decimal | None


@dataclass(frozen=True)
class ClaimRule:
    """A rule as a form shows it. credit_class -> name -> clause is the cascade of the wizard (M-3.2.1)."""

    code: str
    category: str
    credit_class: str | None
    class_code: str | None
    name: str
    clause: str
    entry: ClaimEntry
    needs: tuple[ClaimNeed, ...]
    ranks: tuple[Rank, ...]
    credits: Decimal | None
    """What everybody gets; None where it depends on what is entered."""
    quantity: Quantity | None
    hours_per_credit: Decimal | None
    limits: Limits
    evidence: tuple[str, ...]
    daily_once: bool
    has_period: bool
    """Whether it is leave, aid or training, which has a first and a last day."""
    completes_year: bool
    source: str
    rule: Rule = field(repr=False)


@dataclass(frozen=True)
class Catalogue:
    """What may be claimed for activities of a day. labels: those that are on, each with the rules that it opens."""

    rule_set: RuleSet
    labels: tuple[ClaimLabel, ...]
    rules: tuple[ClaimRule, ...]

    def find(self, code: str) -> ClaimRule | None:
        """Return the rule of a code, or None for one that nobody may claim."""
        return next((each for each in self.rules if each.code == code), None)

    def rules_of(self, label: ClaimLabel) -> tuple[str, ...]:
        """Return the codes of the rules that a label opens here."""
        here = {each.code for each in self.rules}
        return tuple(code for code in label.rules if code in here)


def catalogue_on(db: Session, day: date) -> Catalogue:
    """Return what may be claimed for activities of a day. Two statements at most."""
    off = set(db.scalars(select(ClaimLabelSwitch.label).where(ClaimLabelSwitch.is_on.is_(False))))
    return catalogue_of(rule_book.in_force(db, day), off=off)


def catalogue_of(rule_set: RuleSet, *, off: set[str] | frozenset[str] = frozenset()) -> Catalogue:
    """Return what may be claimed by a rule set. off: codes of labels that are switched off. Pure."""
    rules = tuple(_shown(rule_set, rule) for rule in rule_set.rules if _entry(rule) is not None)
    return Catalogue(rule_set, tuple(each for each in LABELS if each.code not in off), rules)


def _entry(rule: Rule) -> ClaimEntry | None:
    """Return how a rule is entered (O-5): leave, aid and projects elsewhere freely, all others both ways."""
    if rule.entry == "free" or rule.code in FREE_THOUGH_FOR_PROJECTS:
        return "free"
    is_study = rule.daily_once or rule.code in CLAIMED_THOUGH_FOR_PROJECTS
    return "both" if rule.entry == "wizard" or is_study else None


def _shown(rule_set: RuleSet, rule: Rule) -> ClaimRule:
    category = rule_set.find_category(rule.category)
    assert category is not None  # noqa: S101 - the rule set was checked when it was read
    by_code = {each.code: each.name for each in rule_set.classes}
    quantity, ranks = quantity_of(rule), _ranks(rule)
    groups = {each.code: each.cap_year for each in rule_set.cap_groups}
    needs: list[ClaimNeed] = []
    if ranks:
        needs.append("rank")
    if quantity is not None:
        needs.append("quantity")
    if isinstance(rule.amount, ByCertificate):
        needs.append("credits")
    if isinstance(rule.amount, ByHours):
        needs.append("hours")
    return ClaimRule(
        code=rule.code,
        category=category.code,
        credit_class=by_code.get(category.credit_class or ""),
        class_code=category.credit_class,
        name=category.name,
        clause=_clause(rule, category.name),
        entry=_entry(rule) or "both",
        needs=tuple(needs),
        ranks=ranks,
        credits=rule.amount.credits if isinstance(rule.amount, Fixed) else None,
        quantity=quantity,
        hours_per_credit=rule.amount.hours / rule.amount.credits if isinstance(rule.amount, ByHours) else None,
        limits=Limits(rule.most_at_once, rule.cap_year, rule.cap_group, groups.get(rule.cap_group or "")),
        evidence=rule.evidence or tuple(each for each in EVIDENCE if rule.daily_once or each not in OF_STUDIES),
        daily_once=rule.daily_once,
        has_period=rule.code in PERIOD_RULES,
        completes_year=rule.completes_year,
        source=rule.source,
        rule=rule,
    )


_ROLES = {"UNIT-L": "听课人员", "UNIT-S": "主讲人员"}


def _clause(rule: Rule, category: str) -> str:
    """Return 具体规定: the rule's own name, or the category's where it has none."""
    if rule.code in _ROLES:
        return f"{category}（{_ROLES[rule.code]}）"
    return rule.name or category


def _ranks(rule: Rule) -> tuple[Rank, ...]:
    """Return the table of ranks. Where further ranks get less, it goes on until one gets 1 credit (K, S)."""
    if not isinstance(rule.amount, ByRank):
        return ()
    credits, least = list(rule.amount.credits), Decimal(1)
    while rule.amount.beyond and credits[-1] > least and len(credits) < _MOST_RANKS:
        credits.append(max(least, credits[-1] - rule.amount.beyond))
    return tuple(Rank(k, f"第{k}成员", each) for k, each in enumerate(credits, 1))


def quantity_of(rule: Rule) -> Quantity | None:
    """Return what a rule counts, or None for one that counts nothing."""
    if rule.code in OPEN_BY_PIECE:
        piece, credits = UNIT_OF_PIECE, None
    elif isinstance(rule.amount, ByPiece):
        piece, credits = rule.amount.unit, rule.amount.credits
    else:
        return None
    found = _PIECE.fullmatch(piece)
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        return None  # a unit of the province's own set that the program doesn't know: the credits of one piece
    most = _MONTHS_BELOW_SIX if unit == "months" and rule.code.endswith("LT6") else _MOST[unit]
    return Quantity(
        unit=unit,
        per=Decimal(found[1] or 1),
        credits=credits,
        most=most,
        is_whole=unit != "months",
        default=Decimal(1) if unit == "sessions" else None,
    )
