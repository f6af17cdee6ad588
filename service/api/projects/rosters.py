"""Rosters (学员名单) and waiting lists of projects."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.imports.rows import EXPORTED_COLUMNS
from attendance.projects.access import (
    ORGANIZERS,
    OVERSEERS,
    RESULTS,
    ROSTER_KEEPERS,
    get_open_project,
    get_roster_project,
    oversee_project,
)
from attendance.roster import roster_lists, rosters
from attendance.roster.roster_lists import RosterSought
from attendance.roster.rosters import AskedPeople
from service.api.projects.schemas.rosters import (
    RemovalIn,
    RosterEntryOut,
    RosterList,
    RosterNew,
    RosterOut,
    RosterPage,
    RosterRoleAsked,
    WaitingList,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.cursor_keys import by_id, by_id_alone, by_text_and_id
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.looks import looks_at
from service.exports.project_sheets import roster_lines
from sheets.writing import CSV, XLSX, csv_lines, xlsx_bytes

api = APIBlueprint("rosters", __name__, tag="Rosters")


@api.post("/projects/<uuid:project_id>/roster")
@signed_in(roles=ROSTER_KEEPERS)
@refuses("not_found", "own_attendance", "project_closed")
@api.input(RosterNew, arg_name="body")
@api.output(RosterOut)
def add_to_roster(call: Call, project_id: uuid.UUID, body: RosterNew) -> RosterOut:
    """Add people to the roster of a project. People who are on it already don't change.

    A number of somebody of another hospital needs their name in `names`; without it, it is as unknown as any other.
    Nobody adds themselves: other staff, the admin of the unit or the reviewing unit does it.
    """
    project = get_roster_project(call.db, project_id=project_id, caller=call.caller)
    change = rosters.add_people(
        call.db,
        project=project,
        asked=AskedPeople(body.cme_numbers, {each.cme_number: each.name for each in body.names}),
        role=body.role,
        caller=call.caller,
        now=call.now,
    )
    return RosterOut.model_validate(change)


@api.get("/projects/<uuid:project_id>/roster")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(RosterPage, location="query", arg_name="query")
@api.output(RosterList)
@looks_at("roster.look", "project")
def list_roster(call: Call, project_id: uuid.UUID, query: RosterPage) -> RosterList:
    """Show the people on the roster; in the order in which they were added, if `sort` is left out."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    sought = RosterSought(query.role, query.q, query.sort, query.origin)
    column = query.sort.removeprefix("-")
    page = paged(
        query,
        by_id_alone("entry_id") if column == "added" else by_text_and_id(column, "entry_id"),
        lambda after, limit: roster_lists.list_expected(
            call.db, project=project, sought=sought, after=after, limit=limit
        ),
    )
    total = counted(query, page, lambda: roster_lists.count_expected(call.db, project=project, sought=sought))
    return RosterList.of(page, RosterEntryOut.model_validate, **total)


@api.get("/projects/<uuid:project_id>/roster.xlsx")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
@looks_at("roster.export", "project")
def get_roster_xlsx(call: Call, project_id: uuid.UUID) -> Response:
    """Show the whole roster as a workbook, without phones and ID numbers. The roster import reads it again.

    People without 继教编号 have their id in the column 系统编号.
    """
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    lines = roster_lines(roster_lists.whole_roster(call.db, project=project))
    return attachment(xlsx_bytes(EXPORTED_COLUMNS, lines, name="学员名单"), XLSX, f"roster-{project.id}.xlsx")


@api.get("/projects/<uuid:project_id>/roster.csv")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string"), content_type="text/csv")
@looks_at("roster.export", "project")
def get_roster_csv(call: Call, project_id: uuid.UUID) -> Response:
    """Show the whole roster as CSV, as in the workbook. No cell can run as a formula."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    lines = roster_lines(roster_lists.whole_roster(call.db, project=project))
    return attachment("".join(csv_lines(EXPORTED_COLUMNS, lines)).encode(), CSV, f"roster-{project.id}.csv")


@api.delete("/projects/<uuid:project_id>/roster/<uuid:person_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "has_attended", "reason_needed")
@api.input(RosterRoleAsked, location="query", arg_name="query")
@api.input(RemovalIn, arg_name="body")
@api.output(Empty, status_code=204)
def remove_from_roster(
    call: Call, project_id: uuid.UUID, person_id: uuid.UUID, query: RosterRoleAsked, body: RemovalIn
) -> Empty:
    """Remove a person from the roster or the waiting list. The first person who waits gets the place.

    A learner is told the reason. Neither a scan nor an application puts them back without the staff.
    """
    project = get_open_project(call.db, project_id=project_id, caller=call.caller)
    rosters.remove(
        call.db,
        project=project,
        person_id=person_id,
        role=query.role,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return Empty()


@api.get("/projects/<uuid:project_id>/waiting-list")
@signed_in(roles=OVERSEERS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(WaitingList)
@looks_at("waiting_list.look", "project")
def list_waiting(call: Call, project_id: uuid.UUID, query: Page) -> WaitingList:
    """Show the people who wait for a place in a full project, in order."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_id("entry_id"),
        lambda after, limit: roster_lists.list_waiting(call.db, project=project, after=after, limit=limit),
    )
    return WaitingList.of(page, RosterEntryOut.model_validate)
