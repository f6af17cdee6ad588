"""Bodies of refused attempts."""

import uuid
from datetime import datetime

from attendance.record.refused_attempts import RefusedAttempt
from models.attendance import Direction
from service.edge.bodies import Out
from service.edge.paging import ListOut
from service.edge.problem_catalogue import PROBLEMS
from service.edge.problems import in_callers_language


class RefusedPerson(Out):
    """Who was refused. unit: its name."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class RefusedAttemptOut(Out):
    """A refused attempt. code: of the refusal; title, hint: what it means and what the person was told to do.

    place: where the phone was, coarsely, at a session with a geofence. A location is never kept.
    """

    id: uuid.UUID
    person: RefusedPerson
    direction: Direction | None
    attempted_at: datetime
    code: str
    title: str
    hint: str
    place: str | None

    @classmethod
    def of_refused(cls, refused: RefusedAttempt) -> "RefusedAttemptOut":
        """Return what an attempt looks like to staff, in the caller's language."""
        attempt, person, kind = refused.attempt, refused.person, PROBLEMS.get(refused.attempt.result)
        return cls(
            id=attempt.id,
            person=RefusedPerson(id=person.id, name=person.name, cme_number=person.cme_number, unit=refused.unit),
            direction=attempt.direction,
            attempted_at=attempt.attempted_at,
            code=attempt.result,
            title=in_callers_language((kind.title_zh, kind.title_en)) if kind else attempt.result,
            hint=in_callers_language((kind.hint_zh, kind.hint_en)) if kind else "",
            place=attempt.place,
        )


class RefusedAttemptList(ListOut):
    """A page of refused attempts, newest first."""

    items: list[RefusedAttemptOut]
    next_cursor: str | None
