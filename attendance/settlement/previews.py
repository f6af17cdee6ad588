"""The list that a confirmation would store now, before anything is stored. Its lines are read in pages."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.exams.exceptions import kinds_by_person
from attendance.projects.access import ReadableProject, oversee_project
from attendance.settlement.lines import Counts, tally
from attendance.settlement.lists import Judge, Line, LinesSought, read_lines
from credit.rules.rule_sets import RuleSet
from foundation.callers import Caller


@dataclass(frozen=True)
class Preview:
    """What a confirmation would give now. counts: of the whole list.

    exceptions: kinds of exceptions in the exam, by person.
    """

    project: ReadableProject
    judge: Judge
    counts: Counts
    exceptions: Mapping[uuid.UUID, Sequence[str]]

    @property
    def rule_set(self) -> RuleSet:
        """Return the rules in force on the project's last day."""
        return self.judge.rule_set


def preview(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> Preview:
    """Return what a confirmation would give now, for those of `oversee_project`. Raises NotFound, Forbidden."""
    project = oversee_project(db, project_id=project_id, caller=caller)
    judge = Judge(db, project, now)
    return Preview(project, judge, tally(db, judge), kinds_by_person(db, project=project))


def list_lines(
    db: Session, *, drawn: Preview, sought: LinesSought, after: Sequence[Any] | None, limit: int
) -> list[Line]:
    """Return lines in order of 继教编号, beginning after the keys `after`. People without one come first."""
    return list(read_lines(db, drawn.judge, drawn.project, sought=sought, after=after, limit=limit))
