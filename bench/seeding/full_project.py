"""Seeds ended projects with all learners checked in at all sessions, by direct inserts."""

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction
from models.base import new_id
from models.people import Person, Unit, UnitKind
from models.projects import Liveness, Project, ProjectStatus, QrMode, RosterEntry, RosterRole
from models.projects import Session as VenueSession

NOW = datetime.now(UTC).replace(microsecond=0)


def add_people(connection: Connection, learners: int) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """Add a province and its people; return the ids of the unit and of the people. The first two are staff."""
    unit = new_id()
    root = {"id": unit, "parent_id": None, "kind": UnitKind.PROVINCE, "name": "某省", "path": f"{unit.hex}/"}
    connection.execute(insert(Unit), [root])
    people = [new_id() for _ in range(learners + 2)]
    rows = [
        {"id": who, "cme_number": f"33{place:08d}", "name": f"学员{place}", "unit_id": unit, "created_at": NOW}
        for place, who in enumerate(people)
    ]
    connection.execute(insert(Person), rows)
    return unit, people


def add_project(connection: Connection, unit: uuid.UUID, people: Sequence[uuid.UUID], sessions: int) -> uuid.UUID:
    """Add a project of five credits that all but the first two people attended; return its id. sessions: half-days.

    One in five, at random, came late. So there are about as many cases as eight half-days can make.
    """
    chance = random.Random(20261124)  # noqa: S311 - who comes late, no secret
    organizer, project, learners = people[0], new_id(), people[2:]
    facts: dict[str, Any] = {
        "id": project, "unit_id": unit, "reviewing_unit_id": unit, "status": ProjectStatus.ENDED,
        "name": f"急诊心电图判读新进展{project.hex[-8:]}", "category": "NAT", "credits": Decimal("5.00"),
        "hours": Decimal("15.0"),
        "starts_on": NOW.date() - timedelta(days=sessions), "ends_on": NOW.date(), "created_by": organizer,
        "created_at": NOW,
    }  # fmt: skip
    connection.execute(insert(Project), [facts])
    roster = [
        {"id": new_id(), "project_id": project, "person_id": who, "role": RosterRole.LEARNER, "added_at": NOW}
        for who in learners
    ]
    connection.execute(insert(RosterEntry), roster)
    for day in range(sessions, 0, -1):
        _add_session(connection, project, learners, NOW - timedelta(days=day), chance)
    return project


def _add_session(
    connection: Connection,
    project: uuid.UUID,
    learners: Sequence[uuid.UUID],
    starts_at: datetime,
    chance: random.Random,
) -> None:
    session, ends_at = new_id(), starts_at + timedelta(hours=4)
    windows = {
        "in_opens_at": starts_at - timedelta(minutes=30), "late_from": starts_at, "in_closes_at": starts_at,
        "out_opens_at": ends_at, "out_closes_at": ends_at,
    }  # fmt: skip
    facts = {
        "id": session, "project_id": project, "short_code": session.hex[-12:], "title": "上午", "venue": "一号厅",
        "zone": "Asia/Shanghai", "starts_at": starts_at, "ends_at": ends_at, "qr_mode": QrMode.ROTATING,
        "liveness": Liveness.NONE, **windows,
    }  # fmt: skip
    connection.execute(insert(VenueSession), [facts])
    attempts = [
        {"id": new_id(), "session_id": session, "person_id": who, "direction": Direction.IN, "attempted_at": starts_at,
         "result": "present"}
        for who in learners
    ]  # fmt: skip
    connection.execute(insert(CheckInAttempt), attempts)
    rows = [
        {"id": new_id(), "session_id": session, "person_id": each["person_id"], "direction": Direction.IN,
         "status": CheckInStatus.LATE if chance.random() < 0.2 else CheckInStatus.PRESENT,
         "method": CheckInMethod.FACE, "scanned_at": starts_at,
         "checked_in_at": starts_at, "attempt_id": each["id"], "receipt": "-"}
        for each in attempts
    ]  # fmt: skip
    connection.execute(insert(CheckIn), rows)
