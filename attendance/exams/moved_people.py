"""Whom a correction of an exam moves: the best attempt of each person, before and after."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams.grading import per_cent
from attendance.exams.regrading import AT_ONCE, Attempt, RegradedAttempt
from models.exams import ExamException, ExceptionKind
from models.people import Person


@dataclass(frozen=True)
class MovedPerson:
    """A person whose best score or pass changes. score_*: per cent. keeps_pass: they pass only because they had."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    score_before: float
    score_after: float
    passed_before: bool
    passed_after: bool
    keeps_pass: bool


def moved_people(
    db: Session, project_id: uuid.UUID, attempts: Sequence[Attempt], regraded: dict[uuid.UUID, RegradedAttempt]
) -> tuple[MovedPerson, ...]:
    """Return the people whose best score or whose pass changes; the best attempt counts, before and after."""
    mine: dict[uuid.UUID, list[Attempt]] = defaultdict(list)
    for each in attempts:
        mine[each.person_id].append(each)
    is_passed = ExamException.project_id == project_id, ExamException.kind == ExceptionKind.PASSED
    excepted = set(db.scalars(select(ExamException.person_id).where(*is_passed)))
    candidates = {each.attempt.person_id for each in regraded.values() if each.is_moved}
    moved = []
    for person_id in candidates:
        found = [_before_and_after(each, regraded.get(each.id)) for each in mine[person_id]]
        scores_before, scores_after, passed_before, passed_after, passes = map(list, zip(*found, strict=True))
        before, after = max(scores_before), max(scores_after)
        is_excepted = person_id in excepted
        had, has = is_excepted or any(passed_before), is_excepted or any(passed_after)
        if before != after or had != has:
            keeps = had and not is_excepted and not any(passes)
            moved.append((person_id, per_cent(before), per_cent(after), had, has, keeps))
    names = _names(db, [each[0] for each in moved])
    people = [
        MovedPerson(id, *names[id], before, after, had, has, keeps) for id, before, after, had, has, keeps in moved
    ]
    return tuple(sorted(people, key=lambda each: (each.cme_number or "", each.person_id)))


def _before_and_after(attempt: Attempt, regraded: RegradedAttempt | None) -> tuple[int, int, bool, bool, bool]:
    """Return the score before and after, whether it was passed before and after, and whether its points pass."""
    if regraded is not None:
        before, after = regraded.before.score, regraded.after.score
        return before, after, regraded.passed_before, regraded.passed, regraded.passes
    score, passed = attempt.score or 0, bool(attempt.passed)
    return score, score, passed, passed, passed


def _names(db: Session, person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str | None, str]]:
    found = {}
    for start in range(0, len(person_ids), AT_ONCE):
        some = person_ids[start : start + AT_ONCE]
        for id, number, name in db.execute(
            select(Person.id, Person.cme_number, Person.name).where(Person.id.in_(some))
        ):
            found[id] = (number, name)
    return found
