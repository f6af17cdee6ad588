"""Lets the authority add versions of rule sets and choose from which day one is in force. Grants never change."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.people.people import require_province
from credit.access import AUTHORITY
from credit.errors import RuleSetChangesPast, RuleSetNotNext
from credit.rules.rule_book import get_rule_set, packaged
from credit.rules.rule_sets import RuleSet
from foundation import audit
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.transactions import insert_or_none
from models.base import new_id
from models.rule_sets import RuleSetChoice, RuleSetVersion


@dataclass(frozen=True)
class NewChoice:
    """A choice: from a day on, this version of this rule set is in force."""

    effective_on: date
    code: str
    version: int
    reason: str


def publish(db: Session, *, rule_set: RuleSet, reason: str, caller: Caller, now: datetime) -> RuleSetVersion:
    """Add a version of a rule set, or a new rule set. It is not in force until it is chosen.

    Raises Forbidden unless the caller is the province's authority; RuleSetNotNext if its version is not the next one.
    """
    require_province(db, caller, AUTHORITY)
    newest = db.scalar(select(func.max(RuleSetVersion.version)).where(RuleSetVersion.code == rule_set.code)) or 0
    known = max([newest, *(version for code, version in packaged() if code == rule_set.code)])
    if rule_set.version != known + 1:
        raise RuleSetNotNext(field="version", facts={"next_version": known + 1})
    made = insert_or_none(
        db,
        RuleSetVersion,
        code=rule_set.code,
        version=rule_set.version,
        content=rule_set.model_dump(mode="json", by_alias=True),
        published_at=now,
        published_by=caller.person_id,
        reason=reason,
    )
    if made is None:  # another admin has just published it
        raise RuleSetNotNext(field="version", facts={"next_version": known + 2})
    after = {"code": rule_set.code, "version": rule_set.version}
    audit.record(db, caller, now, "rule_set.publish", ("rule_set", new_id()), reason=reason, after=after)
    db.flush()
    return made


def choose(db: Session, *, new: NewChoice, caller: Caller, now: datetime) -> RuleSetChoice:
    """Put a version in force from a day on. Earlier grants keep their credits and their rule.

    Raises Forbidden, NoRuleSet; RuleSetChangesPast for a day before this year: results of past years don't change.
    """
    require_province(db, caller, AUTHORITY)
    get_rule_set(db, new.code, new.version)
    if new.effective_on.year < day_at_home(now).year:
        raise RuleSetChangesPast(field="effective_on")
    made = RuleSetChoice(**vars(new), chosen_at=now, chosen_by=caller.person_id)
    db.add(made)
    after = {"code": new.code, "version": new.version, "effective_on": new.effective_on.isoformat()}
    audit.record(db, caller, now, "rule_set.choose", ("rule_set", new_id()), reason=new.reason, after=after)
    db.flush()
    return made


def list_versions(db: Session, *, after: tuple[str, int] | None, limit: int) -> list[RuleSet]:
    """Return all versions of all rule sets, by code and version."""
    wanted = select(RuleSetVersion.code, RuleSetVersion.version)
    keys = sorted({*packaged(), *((code, version) for code, version in db.execute(wanted))})
    return [get_rule_set(db, *key) for key in keys if after is None or key > after][:limit]


def list_choices(db: Session, *, before: int | None, limit: int) -> list[RuleSetChoice]:
    """Return the choices, newest first."""
    wanted = select(RuleSetChoice).order_by(RuleSetChoice.position.desc()).limit(limit)
    return list(db.scalars(wanted if before is None else wanted.where(RuleSetChoice.position < before)))
