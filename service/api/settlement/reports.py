"""The report of a project, as one archive."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response
from sqlalchemy import func, select

from attendance.errors import NotConfirmed
from attendance.exams.exams import find_exam, own_questions
from attendance.projects.access import ORGANIZERS, OVERSEERS, READERS, get_open_project, oversee_project, reach_project
from attendance.questions.questions import with_answers
from attendance.sessions.held import planned_sessions
from attendance.settlement import confirmed_lists, reports, settlements
from attendance.settlement.remarks import remarks_on
from models.attendance import CheckIn, Direction
from models.people import Unit
from models.projects import ProjectStatus
from service.api.settlement.schemas.reports import ReportOut
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses
from service.edge.calls import Call
from service.exports.project_report import ReportParts, report_bytes
from service.exports.project_sheets import settlement_lines

api = APIBlueprint("reports", __name__, tag="Settlement")

_ZIP = "application/zip"
_CANCELLED = frozenset({ProjectStatus.CANCELLED})


@api.get("/projects/<uuid:project_id>/report.zip")
@signed_in(roles=READERS)
@refuses("not_found", "not_confirmed")
@api.output(FileSchema(type="string", format="binary"), content_type=_ZIP)
def get_report(call: Call, project_id: uuid.UUID) -> Response:
    """Show the report of a confirmed project: summary, schedule, exam paper with answers, and the list of people.

    It is due two weeks after the end; the summary has the day, and so has `GET .../report`.
    """
    project = reach_project(call.db, project_id=project_id, caller=call.caller).project
    latest = settlements.find_latest(call.db, project.id)
    if latest is None:
        raise NotConfirmed
    settlement = settlements.get_settlement(call.db, settlement_id=latest.id, caller=call.caller)
    exam, sessions = find_exam(call.db, project.id), planned_sessions(call.db, project)
    came = (
        select(CheckIn.session_id, func.count())
        .where(CheckIn.session_id.in_([each.id for each in sessions]), CheckIn.direction == Direction.IN)
        .group_by(CheckIn.session_id)
    )
    lines = confirmed_lists.whole_list(call.db, settlement=settlement)
    remarks = remarks_on(call.db, project_id=project.id)
    parts = ReportParts(
        project=project,
        unit=call.db.get_one(Unit, project.unit_id).name,
        settlement=latest,
        sessions=sessions,
        attendance={row[0]: row[1] for row in call.db.execute(came)},
        questions=[with_answers(each) for each in own_questions(call.db, exam)] if exam is not None else [],
        lines=settlement_lines(lines, remarks),
        on_site=remarks.on_site,
    )
    return attachment(report_bytes(parts), _ZIP, f"report-{project.id}.zip")


@api.get("/projects/<uuid:project_id>/report")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.output(ReportOut)
@with_names
def show_report_state(call: Call, project_id: uuid.UUID) -> ReportOut:
    """Show when the report of a project is due, and whether it was handed in.

    Its organizers are told three days before, and once it is overdue.
    """
    project = oversee_project(call.db, project_id=project_id, caller=call.caller)
    return ReportOut.model_validate(reports.read_state(call.db, project=project, now=call.now))


@api.post("/projects/<uuid:project_id>/report")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "not_confirmed")
@api.output(ReportOut)
@with_names
def hand_in_report(call: Call, project_id: uuid.UUID) -> ReportOut:
    """Record that the report was handed in. The first record stays."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, closed_in=_CANCELLED)
    return ReportOut.model_validate(reports.hand_in(call.db, project=project, caller=call.caller, now=call.now))
