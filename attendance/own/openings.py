"""Open projects whose credits a person still needs in a year (X-4)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.year import YearResult
from models.people import Unit
from models.projects import Project, ProjectStatus, RosterEntry

OPEN = (ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)


@dataclass(frozen=True)
class Opening:
    """A project that gives missing credits. unit: name of its unit; fills: the missing measures, such as `class_II`."""

    project: Project
    unit: str
    fills: tuple[str, ...]


@dataclass(frozen=True)
class OpeningKey:
    """The place of a project in the list; a page begins after it."""

    ends_on: date
    id: uuid.UUID


def find_openings(
    db: Session, *, year_result: YearResult, holder: CreditHolder, today: date, after: OpeningKey | None, limit: int
) -> list[Opening]:
    """Return the open projects of the year that give missing credits to the holder, the first to end first.

    Projects with the holder on the roster are left out. A project is returned if its class is short, if its category
    is short in a standard over several years, or if no class but the sum is short. One statement; no statement where
    nothing is missing.
    """
    fills = _fills(year_result)
    if not fills:
        return []
    is_expected = exists().where(RosterEntry.project_id == Project.id, RosterEntry.person_id == holder)
    wanted = (
        select(Project, Unit.name)
        .join(Unit, Unit.id == Project.unit_id)
        .where(Project.status.in_(OPEN), Project.category.in_(fills), Project.credits > 0, ~is_expected)
        .where(
            Project.ends_on >= max(today, date(year_result.year, 1, 1)),
            Project.ends_on <= date(year_result.year, 12, 31),
        )
    )
    if after is not None:
        same_day = and_(Project.ends_on == after.ends_on, Project.id > after.id)
        wanted = wanted.where(or_(Project.ends_on > after.ends_on, same_day))
    rows = db.execute(wanted.order_by(Project.ends_on, Project.id).limit(limit))
    return [Opening(project, unit, fills[project.category]) for project, unit in rows]


def _fills(year_result: YearResult) -> dict[str, tuple[str, ...]]:
    """Return the missing measures that each category fills, without the categories that fill none."""
    missing, rule_set = year_result.compliance.missing, year_result.rule_set
    rolling = {f"rolling_{each.code}": each.category for each in rule_set.rolling}
    is_class_short = any(name.startswith("class_") for name in missing)
    found = {}
    for code in rule_set.known_categories:
        category = rule_set.find_category(code)
        if category is None:
            continue
        fills = [name for name in missing if name == f"class_{category.credit_class}"]
        if fills or not is_class_short:
            fills += [name for name in ("credits", "hours") if name in missing]
        fills += [name for name in missing if rolling.get(name) == category.code]
        if fills:
            found[code] = tuple(fills)
    return found
