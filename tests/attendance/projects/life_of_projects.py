"""What the tests of life of projects share with others."""

import uuid
from typing import Any

from models.projects import Project, ProjectStatus
from tests.attendance.conftest import Scene
from tests.databases import table_of

S = ProjectStatus


COURSE = {
    "name": "急诊心电图判读新进展",
    "category": "NAT",
    "delivery_mode": "培训班",
    "starts_on": "2026-11-24",
    "ends_on": "2026-11-26",
    "credits": "5.00",
    "hours": "15.0",
    "conditions": {
        "min_attendance": "0.80",
        "check_out": False,
        "evaluation": True,
        "exam": True,
        "excused": "counts_as_absent",
    },
}


def course(scene: Scene, **changed: Any) -> str:
    made = scene.staff.post("/projects", {**COURSE, **changed})
    assert made.status_code == 201, made.json
    return str(made.json["id"])


def put_into(scene: Scene, project: str, status: S) -> None:
    """A project as if it had come to a status: the steps between are another test's matter."""
    scene.db.execute(table_of(Project).update().where(Project.id == uuid.UUID(project)).values(status=status))
    scene.db.commit()
