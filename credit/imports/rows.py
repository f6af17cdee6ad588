"""Reads the rows of a credit import strictly. Each error names the row and the field."""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from credit.errors import NoRule
from credit.records.activities import Activity
from credit.rules.record_rules import agrees_with, codes_of, named_rule, rule_of_record
from credit.rules.rule_sets import Rule, RuleSet
from models.ledger import SourceRole
from sheets.meanings import amount_of

ACTIVITY_TYPES = ("个人活动", "集体活动")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # Python also reads weeks and dates without hyphens
_AMOUNT = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")  # full-width digits are allowed in a sheet, not in JSON
_SOURCES = uuid.UUID("0199f0aa-3c1e-7b52-9d44-5a1f0c6e2b77")
REQUIRED = (
    "cme_number", "date", "name", "category", "activity_type", "delivery_mode", "hours", "credits", "recorded_by",
    "status",
)  # fmt: skip
OPTIONAL = ("number", "discipline", "rule", "person_name")
_MOST_NAME, _MOST_TEXT, _MOST_NUMBER = 40, 500, 2**53
_LONGEST = {
    "name": 200, "number": 60, "discipline": 100, "delivery_mode": 40, "recorded_by": 200, "cme_number": 20,
    "rule": 40, "person_name": 100,
}  # fmt: skip


@dataclass(frozen=True)
class GoodRow:
    """A row that can be recorded. category: its code; rule_code: the rule of the set in force on that day.

    person_name: whose the number is, if the row says so.

    role: of the rule; is_daily_once: whether the rule allows one record a day.
    """

    cme_number: str
    person_name: str | None
    activity_on: date
    name: str
    number: str | None
    category: str
    credit_class: str | None
    rule_set: str
    rule_set_version: int
    rule_code: str
    role: SourceRole
    is_daily_once: bool
    activity_type: str
    discipline: str | None
    delivery_mode: str
    hours: Decimal
    credits: Decimal
    recorded_by: str
    is_approved: bool

    @property
    def activity(self) -> Activity:
        """Return the activity that the row is about."""
        return Activity(self.name, self.category, self.number, self.activity_on, self.activity_on)

    def source_id(self, person_id: uuid.UUID) -> uuid.UUID:
        """Return an id that is the same for the same activity of a person, so that two imports can't grant it twice.

        It does not depend on the amounts: other credits for the same activity are a correction, which needs an undo.
        """
        told = [str(person_id), self.activity_on.isoformat(), self.number or "", self.name, self.recorded_by]
        return uuid.uuid5(_SOURCES, json.dumps([*told, self.category], ensure_ascii=False))


@dataclass
class _RowReader:
    """Reads one row and collects its errors."""

    content: Mapping[str, Any]
    errors: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, name: str, code: str, **more: Any) -> None:
        self.errors.append({"field": name, "code": code, **more})

    def has_error(self, name: str) -> bool:
        return any(each["field"] == name for each in self.errors)

    def text(self, name: str) -> str:
        value = self.content.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.wrong(name, "invalid")
            return ""
        value = value.strip()
        if len(value) > _LONGEST.get(name, 40):
            self.wrong(name, "too_long")
        elif not value and name in REQUIRED:
            self.wrong(name, "missing")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and value not in choices:
            self.wrong(name, "invalid")
        return value

    def amount(self, name: str, places: int) -> Decimal:
        value = self.text(name)
        exact = amount_of(value, places) if _AMOUNT.fullmatch(value) else None
        if exact is not None:
            return Decimal(exact)
        if value:
            self.wrong(name, "invalid")
        return Decimal(0)

    def day(self, name: str, today: date) -> date | None:
        value = self.text(name)
        try:
            found = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None or not date(2000, 1, 1) <= found:
            if value:
                self.wrong(name, "invalid")
            return None
        if found > today:
            self.wrong(name, "in_future")
            return None
        return found


def read_row(
    content: Mapping[str, Any], *, today: date, rules_on: Callable[[date], RuleSet]
) -> tuple[GoodRow | None, list[dict[str, Any]]]:
    """Return the row that was read and no errors, or None and its errors. The person is not checked here.

    content: JSON values as sent; credits and hours are strings. rules_on: the rule set in force on a day.
    """
    reading = _RowReader(content)
    for name in sorted(set(content) - set(REQUIRED) - set(OPTIONAL)):
        reading.wrong(name[:_MOST_NAME], "unknown_field")
    texts = {name: reading.text(name) for name in ("cme_number", "name", "number", "category", "discipline", "rule")}
    texts |= {name: reading.text(name) for name in ("delivery_mode", "recorded_by", "person_name")}
    activity_type = reading.one_of("activity_type", ACTIVITY_TYPES)
    status = reading.one_of("status", ("approved", "pending"))
    hours, credits = reading.amount("hours", 1), reading.amount("credits", 2)
    day = reading.day("date", today)
    rule_set = rules_on(day) if day is not None and texts["category"] else None
    traced = None if rule_set is None else _trace(reading, rule_set, texts, credits)
    if reading.errors or day is None or rule_set is None or traced is None:
        return None, reading.errors
    category, credit_class, rule = traced
    good = GoodRow(
        cme_number=texts["cme_number"],
        person_name=texts["person_name"] or None,
        activity_on=day,
        name=texts["name"],
        number=texts["number"] or None,
        category=category,
        credit_class=credit_class,
        rule_set=rule_set.code,
        rule_set_version=rule_set.version,
        rule_code=rule.code,
        role=rule.role,
        is_daily_once=rule.daily_once,
        activity_type=activity_type,
        discipline=texts["discipline"] or None,
        delivery_mode=texts["delivery_mode"],
        hours=hours,
        credits=credits,
        recorded_by=texts["recorded_by"],
        is_approved=status == "approved",
    )
    return good, []


def to_stored_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored of a row that was sent: values are cut, but so that reading gives the same result."""
    return {name[:_MOST_NAME]: _stored_value(value) for name, value in content.items()}


def _stored_value(value: Any) -> Any:
    """Return a value to store. Lists, objects and NaN become False: any value that is not a text is an error anyway."""
    if isinstance(value, str):
        return value.strip()[:_MOST_TEXT]
    is_plain = value is None or (isinstance(value, int | float) and abs(value) < _MOST_NUMBER)
    return value if is_plain else False


def _trace(
    reading: _RowReader, rule_set: RuleSet, texts: Mapping[str, str], credits: Decimal
) -> tuple[str, str | None, Rule] | None:
    """Return the category, found by its code or name, with its class, and the rule; None with the error otherwise."""
    given, mode = texts["category"], texts["delivery_mode"]
    code = next((each.code for each in rule_set.categories if each.name == given), given)
    category = rule_set.find_category(code)
    try:
        if texts["rule"] and category is not None:
            rule = named_rule(rule_set, code, texts["rule"].upper())
        else:
            rule = rule_of_record(rule_set, code, name=texts["name"], credits=credits, delivery_mode=mode)
    except NoRule:
        if category is not None and texts["rule"]:
            reading.wrong("rule", "unknown_rule", known=codes_of(rule_set, code))
        else:
            reading.wrong("category", "unknown_category", known=list(rule_set.known_categories))
        return None
    assert category is not None  # noqa: S101 - a rule was found in it
    if not agrees_with(rule, credits) and not reading.has_error("credits"):
        reading.wrong("credits", "not_of_rule")
        return None
    return code, category.credit_class, rule
