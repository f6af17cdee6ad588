"""Why the status of a project refuses a change, and the step that leads out of it. Rules without a database."""

import enum

from attendance.errors import ProjectClosed, ProjectNotAnnounced, TransitionNotAllowed
from attendance.projects.states import STEPS
from models.projects import Project, ProjectStatus


class WayOut(enum.StrEnum):
    """What somebody can do where a project is closed to a change.

    RETURN_LIST: the reviewing unit returns the list (POST /settlements/{id}/review). REOPEN: it reopens the project
    (POST /settlements/{id}/reopening). CORRECT: the change is not possible, but attendance can still be corrected.
    COPY: nothing changes any more, but the project can be copied (POST /projects/{id}/copies). EDIT: the project is not
    approved yet, or is being changed, and is edited directly (PATCH /projects/{id}).
    """

    RETURN_LIST = "return_list"
    REOPEN = "reopen"
    CORRECT = "correct"
    COPY = "copy"
    EDIT = "edit"


_WAYS = {
    ProjectStatus.IN_REVIEW: WayOut.RETURN_LIST,
    ProjectStatus.SETTLED: WayOut.REOPEN,
    ProjectStatus.ARCHIVED: WayOut.REOPEN,
    ProjectStatus.ENDED: WayOut.CORRECT,
    ProjectStatus.CANCELLED: WayOut.COPY,
}


def closed(project: Project) -> ProjectClosed:
    """Return that the project is closed to a change: its name, its status, and the way out of it."""
    way = _WAYS.get(project.status, WayOut.EDIT)
    return ProjectClosed(
        facts={"why": way.value, "project": project.name, "project_status": project.status.value, "way_out": way.value}
    )


def no_such_step(project: Project, *, field: str | None = None) -> TransitionNotAllowed:
    """Return that the project has no such step: its status, and those that can follow."""
    following = [step.target.value for step in STEPS if step.source is project.status]
    facts = {"project_status": project.status.value, "next": following}
    return TransitionNotAllowed(field=field, facts=facts)


def not_announced(status: ProjectStatus) -> ProjectNotAnnounced:
    """Return that a project of this status takes no attendance yet."""
    return ProjectNotAnnounced(facts={"project_status": status.value})
