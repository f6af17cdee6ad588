"""Finds versions of rule sets: those packaged with the program, and those that the authority added."""

import json
from collections.abc import Collection
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from credit.errors import NoRuleSet, UnknownCategory
from credit.rules.rule_sets import RuleSet
from models.rule_sets import RuleSetChoice, RuleSetVersion

DEFAULT = ("ZJ-LEGACY", 1)


@cache
def packaged() -> dict[tuple[str, int], RuleSet]:
    """Return the rule sets that come with the program, by code and version."""
    folder = resources.files("credit.rules") / "packaged"
    found = [
        RuleSet.model_validate_json(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".json")
    ]
    return {(each.code, each.version): each for each in found}


def get_rule_set(db: Session, code: str, version: int) -> RuleSet:
    """Return one version of a rule set. Raises NoRuleSet."""
    found = packaged().get((code, version))
    if found is not None:
        return found
    row = db.get(RuleSetVersion, (code, version))
    if row is None:
        raise NoRuleSet(field="rule_set")
    return _read(json.dumps(row.content, sort_keys=True))


def get_rule_sets(db: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], RuleSet]:
    """Return some versions by code and version, with one statement at most. Missing versions are left out."""
    found = {key: rule_set for key, rule_set in packaged().items() if key in keys}
    others = sorted(set(keys) - set(found))
    if others:
        wanted = tuple_(RuleSetVersion.code, RuleSetVersion.version).in_(others)
        for row in db.scalars(select(RuleSetVersion).where(wanted)):
            found[row.code, row.version] = _read(json.dumps(row.content, sort_keys=True))
    return found


def in_force(db: Session, on: date) -> RuleSet:
    """Return the rule set for activities of a day: the newest choice for that day, or the default."""
    choice = db.execute(
        select(RuleSetChoice.code, RuleSetChoice.version)
        .where(RuleSetChoice.effective_on <= on)
        .order_by(RuleSetChoice.effective_on.desc(), RuleSetChoice.position.desc())
        .limit(1)
    ).first()
    return get_rule_set(db, *(choice or DEFAULT))


def require_category(db: Session, category: str, on: date) -> None:
    """Raise UnknownCategory unless the rule set in force on a day has this code, as its own or as an alias."""
    rule_set = in_force(db, on)
    if rule_set.find_category(category) is None:
        raise UnknownCategory(known=rule_set.known_categories)


@lru_cache(maxsize=64)
def _read(content: str) -> RuleSet:
    """Return the rule set in a row, from a cache: rows never change, and parsing takes longer than the query."""
    return RuleSet.model_validate_json(content)


class Calendar:
    """Finds the rule set in force on a day. It reads all choices once, for use with many days.

    known_at: use only choices made until then, so that work in several transactions uses the same rules.
    """

    def __init__(self, db: Session, *, known_at: datetime | None = None) -> None:
        self._db = db
        wanted = select(RuleSetChoice.effective_on, RuleSetChoice.code, RuleSetChoice.version)
        if known_at is not None:
            wanted = wanted.where(RuleSetChoice.chosen_at <= known_at)
        self._choices = db.execute(
            wanted.order_by(RuleSetChoice.effective_on.desc(), RuleSetChoice.position.desc())
        ).all()
        self._read: dict[tuple[str, int], RuleSet] = {}

    def on(self, day: date) -> RuleSet:
        """Return the rule set in force on a day, as `in_force` says."""
        key = next(((code, version) for since, code, version in self._choices if since <= day), DEFAULT)
        if key not in self._read:
            self._read[key] = get_rule_set(self._db, *key)
        return self._read[key]
