"""Projects: their data, status changes, copies, and the known number formats and disciplines."""

import uuid
from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint

from attendance.planning import project_copies, project_edits
from attendance.planning.project_edits import ProjectEdit
from attendance.projects import entry, project_lists, projects, transitions
from attendance.projects.access import ANY_TASK, ORGANIZERS, OVERSEERS, READERS, get_project, oversee
from attendance.projects.disciplines import disciplines
from attendance.projects.numbers import number_formats
from attendance.projects.project_lists import ProjectsSought
from attendance.roster.rosters import set_capacity
from models.projects import Project
from service.api.projects.schemas.known_formats import (
    DisciplineList,
    DisciplineOut,
    NumberFormatList,
    NumberFormatOut,
)
from service.api.projects.schemas.projects import (
    CopyNew,
    ProjectChange,
    ProjectLife,
    ProjectList,
    ProjectNew,
    ProjectOut,
    ProjectsAsked,
    StepOut,
    TransitionIn,
    TransitionOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import CursorKey, by_date_and_id, by_id_alone, by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses, tells
from service.edge.answers.revisions import etag_of, revisions_seen
from service.edge.calls import Call

api = APIBlueprint("projects", __name__, tag="Projects")

_SORT_KEYS: dict[str, CursorKey[Sequence[Any]]] = {
    "created": by_id_alone(),
    "name": by_text_and_id("name"),
    "starts_on": by_date_and_id("starts_on"),
}


@api.post("/projects")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "unit_needed", "period_invalid", "unknown_category", "reviewing_unit_invalid", "project_number_taken",
)  # fmt: skip
@api.input(ProjectNew, arg_name="body")
@api.output(ProjectOut, status_code=201)
@with_names
def create_project(call: Call, body: ProjectNew) -> ProjectOut:
    """Create a project (项目) of one of my units."""
    made = projects.create_project(call.db, new=body.facts(), caller=call.caller, now=call.now)
    return ProjectOut.of(made)


@api.get("/projects")
@signed_in(roles=OVERSEERS)
@refuses()
@api.input(ProjectsAsked, location="query", arg_name="query")
@api.output(ProjectList)
@with_names
def list_projects(call: Call, query: ProjectsAsked) -> ProjectList:
    """Show the projects of my units and those that my authority reviews; the newest first, if `sort` is left out.

    A project with the status `filed` waits for the review of the authority.
    """
    sought = ProjectsSought(
        status=query.status,
        level=query.level,
        unit_id=query.unit_id,
        first=query.first,
        last=query.last,
        text=query.q,
        sort=query.sort,
    )
    page = paged(
        query,
        _SORT_KEYS[query.sort.removeprefix("-")],
        lambda after, limit: project_lists.list_projects(
            call.db, caller=call.caller, sought=sought, after=after, limit=limit
        ),
    )
    total = counted(query, page, lambda: project_lists.count_projects(call.db, caller=call.caller, sought=sought))
    return ProjectList.of(page, ProjectOut.of, **total)


@api.get("/projects/<uuid:project_id>")
@signed_in(roles=OVERSEERS, tasks=ANY_TASK)
@refuses("not_found")
@tells("ETag")
@api.output(ProjectOut)
@with_names
def get_one_project(call: Call, project_id: uuid.UUID) -> tuple[ProjectOut, int, dict[str, str]]:
    """Show one project, for its organizer, its reviewing unit and the admin of its unit. Its ETag is its revision."""
    return _with_etag(oversee(call.db, project_id=project_id, caller=call.caller, tasks=ANY_TASK).project)


@api.post("/projects/<uuid:project_id>/transitions")
@signed_in(roles=READERS)
@refuses(
    "not_found", "transition_not_allowed", "reason_needed", "project_incomplete", "unknown_category",
    "sessions_to_come", "second_admin_needed", "import_under_way",
)  # fmt: skip
@api.input(TransitionIn, arg_name="body")
@api.output(TransitionOut)
def take_step(call: Call, project_id: uuid.UUID, body: TransitionIn) -> TransitionOut:
    """Change the status of a project (W).

    Its organizer files, announces, starts and ends it. Its reviewing unit approves it.
    """
    taken = transitions.take_step(
        call.db,
        call.components.processes,
        project_id=project_id,
        to=body.to,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return TransitionOut(status=taken.project.status, next=taken.next)


@api.get("/projects/<uuid:project_id>/transitions")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.output(ProjectLife)
@with_names
def show_life(call: Call, project_id: uuid.UUID) -> ProjectLife:
    """Show the status changes of a project, and those that I may make now."""
    seen = oversee(call.db, project_id=project_id, caller=call.caller)
    steps = transitions.list_steps(call.db, project=seen.project)
    return ProjectLife(
        status=seen.project.status, next=seen.next, steps=[StepOut.model_validate(each) for each in steps]
    )


@api.patch("/projects/<uuid:project_id>")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "project_closed", "edited_meanwhile", "project_not_editable", "period_invalid", "reason_needed",
    "last_day_invalid", "session_too_long", "unknown_category", "reviewing_unit_invalid", "project_number_taken",
)  # fmt: skip
@api.input(ProjectChange, arg_name="body")
@tells("ETag")
@api.output(ProjectOut)
@with_names
def edit_project(call: Call, project_id: uuid.UUID, body: ProjectChange) -> tuple[ProjectOut, int, dict[str, str]]:
    """Change fields of a project. Fields that are not sent keep their values.

    This works before the project is filed, and while it is in change. Capacity, `applications`, `is_open`
    and `open_to` can change at any time until it is over. The last day
    of an approved project can still be set to an earlier day, with a reason.
    """
    edit = ProjectEdit(body.applied_to, body.reason, revisions_seen())
    edited = project_edits.edit_project(call.db, project_id=project_id, edit=edit, caller=call.caller, now=call.now)
    if "capacity" in body.model_fields_set:
        set_capacity(call.db, project=edited, capacity=body.capacity, caller=call.caller, now=call.now)
    wanted = body.entry_applied_to(entry.entry_of(edited))
    entry.set_entry(call.db, project=edited, entry=wanted, caller=call.caller, now=call.now)
    return _with_etag(edited)


@api.post("/projects/<uuid:project_id>/copies")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(CopyNew, arg_name="body")
@api.output(ProjectOut, status_code=201)
@with_names
def copy_project(call: Call, project_id: uuid.UUID, body: CopyNew) -> ProjectOut:
    """Create a draft with the same data and sessions on other days, without participants."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    made = project_copies.copy_project(
        call.db,
        project=project,
        starts_on=body.starts_on,
        name=body.name,
        caller=call.caller,
        now=call.now,
    )
    return ProjectOut.of(made)


@api.get("/project-number-formats")
@signed_in()
@refuses()
@api.output(NumberFormatList)
def list_number_formats(call: Call) -> NumberFormatList:
    """Show the known formats of project numbers, by level. Numbers of other formats are accepted too."""
    return NumberFormatList(items=[NumberFormatOut.of(each) for each in number_formats()])


@api.get("/disciplines")
@signed_in()
@refuses()
@api.output(DisciplineList)
def list_disciplines(call: Call) -> DisciplineList:
    """Show the known disciplines (学科) of two levels. Other disciplines are accepted too."""
    return DisciplineList(items=[DisciplineOut.model_validate(each) for each in disciplines()])


def _with_etag(project: Project) -> tuple[ProjectOut, int, dict[str, str]]:
    return ProjectOut.of(project), 200, etag_of(project.revision)
