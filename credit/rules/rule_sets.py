"""Rule sets as versioned data: the credits of each activity and the standard of a year, each number with its source."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypeAliasType

from models.ledger import SourceRole
from models.people import UnitGrade

Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Z0-9][A-Z0-9-]*$")]
Credits = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
Text = Annotated[str, Field(min_length=1, max_length=300)]
RuleEntry = TypeAliasType("RuleEntry", Literal["project", "free", "wizard"])
ExemptionEffect = TypeAliasType("ExemptionEffect", Literal["exempt", "complete", "prorate"])
ExemptionBelow = TypeAliasType("ExemptionBelow", Literal["prorate", "none"])


class _Data(BaseModel):
    """Immutable data that refuses unknown fields, because an unknown field is a spelling error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ByHours(_Data):
    """Credits in proportion to hours (学时)."""

    by: Literal["hours"]
    hours: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
    credits: Credits


class ByPiece(_Data):
    """Credits for each meeting, session, month or amount of text. most: the limit for one record."""

    by: Literal["piece"]
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    credits: Credits
    most: Credits | None = None


class ByRank(_Data):
    """Credits by rank among the authors. beyond: how much less each further rank gives, at least one; 0 for none."""

    by: Literal["rank"]
    credits: Annotated[tuple[Credits, ...], Field(min_length=1)]
    beyond: Credits = Decimal(0)


class Fixed(_Data):
    """The same credits for everyone."""

    by: Literal["fixed"]
    credits: Credits


class ByCertificate(_Data):
    """The credits on the certificate or in the project's record. most: the limit for one certificate."""

    by: Literal["certificate"]
    most: Credits | None = None


Amount = Annotated[ByHours | ByPiece | ByRank | Fixed | ByCertificate, Field(discriminator="by")]


class Rule(_Data):
    """The credits of one kind of activity. entry: through a project, or claimed by the learner, freely or step by step.

    cap_project, cap_year: the limit for one project, or one year, of this rule; cap_group: a limit shared by rules.
    completes_year: one line of this rule meets the year's standard, even without credits in the classes.
    """

    code: Code
    category: Code
    name: str | None = None
    role: SourceRole = SourceRole.LEARNER
    delivery_mode: str | None = None
    entry: RuleEntry = "project"
    amount: Amount
    cap_project: Credits | None = None
    cap_year: Credits | None = None
    cap_group: Code | None = None
    daily_once: bool = False
    completes_year: bool = False
    evidence: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    source: Text

    @property
    def most_at_once(self) -> Decimal | None:
        """Return the most that one project or certificate counts: its cap, or the limit of the amount."""
        most = self.amount.most if isinstance(self.amount, ByPiece | ByCertificate) else None
        caps = [cap for cap in (self.cap_project, most) if cap is not None]
        return min(caps, default=None)


class CreditClass(_Data):
    """A class (类) of credits with a standard of its own."""

    code: Code
    name: Text


class Category(_Data):
    """A row of the tree (figure 9). credit_class: None if the rule set has no classes."""

    code: Code
    name: Text
    credit_class: Code | None = Field(alias="class")


class Standard(_Data):
    """The standard of a year, inclusive (M-X.3). None for a measure that it does not require."""

    credits: Credits | None
    hours: Annotated[Decimal, Field(ge=0, le=10000, decimal_places=1)] | None
    classes: dict[Code, Credits]
    source: Text


class RollingStandard(_Data):
    """A number of credits of one category in a number of years up to and with the judged one; inclusive.

    unit_grades: it applies to people whose unit, or a unit above it, has one of these grades; empty for everyone.
    is_on: False if the rule set only describes the standard and does not require it.
    """

    code: Code
    name: Text
    category: Code
    years: Annotated[int, Field(ge=2, le=10)]
    credits: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
    unit_grades: Annotated[tuple[UnitGrade, ...], Field(max_length=10)] = ()
    is_on: bool = False
    source: Text


class CapGroup(_Data):
    """A group of rules that share a yearly cap."""

    code: Code
    cap_year: Credits
    source: Text


class ExemptionKind(_Data):
    """The effect of an absence on the year's standard, from a number of months on, and below it."""

    code: Code
    name: Text
    from_months: Annotated[int, Field(ge=1, le=12)]
    effect: ExemptionEffect
    below: ExemptionBelow
    source: Text


class RuleSet(_Data):
    """One version of one rule set. aliases: codes of other rule sets, by the code that replaces them here."""

    code: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9-]*$")]
    version: Annotated[int, Field(ge=1, le=100_000)]
    name: Text
    source: Text
    effective_on: date
    sources: Annotated[dict[Annotated[str, Field(max_length=20)], Text], Field(max_length=50)]
    classes: Annotated[tuple[CreditClass, ...], Field(max_length=10)]
    standard: Standard
    rolling: Annotated[tuple[RollingStandard, ...], Field(max_length=10)] = ()
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=200)]
    aliases: Annotated[dict[Code, Code], Field(max_length=500)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=500)]
    cap_groups: Annotated[tuple[CapGroup, ...], Field(max_length=50)] = ()
    exemptions: Annotated[tuple[ExemptionKind, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Raise ValueError if a code is used twice, or refers to nothing."""
        for what, codes in (
            ("class", [each.code for each in self.classes]),
            ("category", [each.code for each in self.categories]),
            ("rule", [each.code for each in self.rules]),
            ("cap group", [each.code for each in self.cap_groups]),
            ("exemption", [each.code for each in self.exemptions]),
            ("rolling standard", [each.code for each in self.rolling]),
        ):
            if len(set(codes)) < len(codes):
                raise ValueError(f"a {what} is there twice")
        classes = {each.code for each in self.classes}
        categories = {each.code for each in self.categories}
        _all_known("class", classes, [each.credit_class for each in self.categories])
        _all_known("class", classes, self.standard.classes)
        _all_known("category", categories, [rule.category for rule in self.rules])
        _all_known("category", categories, self.aliases.values())
        _all_known("category", categories, [each.category for each in self.rolling])
        _all_known("cap group", {each.code for each in self.cap_groups}, [rule.cap_group for rule in self.rules])
        if categories & set(self.aliases):
            raise ValueError("a category of this set is an alias too")
        return self

    @property
    def known_categories(self) -> tuple[str, ...]:
        """Return all codes of categories: the rule set's own first, then aliases."""
        return (*(each.code for each in self.categories), *self.aliases)

    def rolling_for(self, grades: Collection[UnitGrade]) -> tuple[RollingStandard, ...]:
        """Return the rolling standards that are on for a person whose unit, and those above it, have these grades."""
        on = (each for each in self.rolling if each.is_on)
        return tuple(each for each in on if not each.unit_grades or set(each.unit_grades) & set(grades))

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {each.code: each for each in self.categories}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {each.code: each for each in self.every_rule}

    @cached_property
    def _plain(self) -> dict[str, Rule]:
        """Return the plain rules by category, for the categories that need one."""
        taken = {rule.code for rule in self.rules}
        found = {}
        for category in self.categories:
            own = [rule for rule in self.rules if (rule.category, rule.role) == (category.code, SourceRole.LEARNER)]
            usual = [rule for rule in own if not rule.completes_year]
            if own and len(usual) != 1 and all(rule.name or rule.delivery_mode for rule in usual):
                code = f"{category.code[:16]}-ANY" if category.code in taken else category.code
                found[category.code] = _plain_rule(code, category.code, usual)
        return found

    @property
    def every_rule(self) -> tuple[Rule, ...]:
        """Return the rules as they were written, and the plain ones that follow from them."""
        return (*self.rules, *self._plain.values())

    def find_category(self, code: str) -> Category | None:
        """Return the category of a code or of an alias, or None."""
        return self._categories.get(self.aliases.get(code, code))

    def find_rule(self, code: str) -> Rule | None:
        """Return the rule of this code, or None."""
        return self._rules.get(code)

    def plain_rule(self, category: str) -> Rule | None:
        """Return the rule that claims no more than a category and the credits of a certificate.

        Only a category whose rules all have a name, and which has not just one of them, has such a rule. None for the
        others.
        """
        found = self.find_category(category)
        return None if found is None else self._plain.get(found.code)


def _plain_rule(code: str, category: str, rules: Sequence[Rule]) -> Rule:
    """Return the plain rule of a category. It keeps every limit that all of the category's rules share."""
    groups, caps = {rule.cap_group for rule in rules}, [rule.cap_year for rule in rules]
    limits = [rule.most_at_once for rule in rules]
    return Rule(
        code=code,
        category=category,
        entry="free",
        amount=ByCertificate(by="certificate", most=_largest(limits)),
        cap_year=_largest(caps),
        cap_group=groups.pop() if len(groups) == 1 else None,
        daily_once=bool(rules) and all(rule.daily_once for rule in rules),
        source="A: nothing beyond the category is known",
    )


def _largest(limits: Sequence[Decimal | None]) -> Decimal | None:
    """Return the largest limit; None where there is none, or one of them is missing."""
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None


def _all_known(what: str, known: set[str], used: Iterable[str | None]) -> None:
    for code in used:
        if code is not None and code not in known:
            raise ValueError(f"there is no {what} {code}")
