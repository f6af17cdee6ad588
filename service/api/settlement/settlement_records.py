"""Lists for reviewers: the settlements that wait for review, and the people of each settlement."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.projects.access import OVERSEERS
from attendance.settlement import confirmed_lists, settlements
from attendance.settlement.confirmed_lists import ConfirmedSought
from attendance.settlement.remarks import remarks_on
from service.api.settlement.schemas.settlement_records import (
    LinesAsked,
    SettlementLineList,
    SettlementLineOut,
    SettlementRecordList,
    SettlementRecordOut,
    SettlementsAsked,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.exports.project_sheets import SETTLEMENT_TITLES, settlement_lines
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("settlement_records", __name__, tag="Settlement")


@api.get("/settlements")
@signed_in(roles=OVERSEERS)
@refuses()
@api.input(SettlementsAsked, location="query", arg_name="query")
@api.output(SettlementRecordList)
@with_names
def list_settlement_records(call: Call, query: SettlementsAsked) -> SettlementRecordList:
    """Show the settlements of projects that I organize, review or own.

    A settlement with the status `in_review` waits for the authority.
    """
    page = paged(
        query,
        by_id("settlement.id"),
        lambda after, limit: confirmed_lists.list_settlements(
            call.db,
            caller=call.caller,
            status=query.status,
            text=query.q,
            after=after,
            limit=limit,
        ),
    )
    return SettlementRecordList.of(page, SettlementRecordOut.of_record)


@api.get("/settlements/<uuid:settlement_id>/lines")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.input(LinesAsked, location="query", arg_name="query")
@api.output(SettlementLineList)
def list_settlement_lines(call: Call, settlement_id: uuid.UUID, query: LinesAsked) -> SettlementLineList:
    """Show who gets which credits by a settlement, who gets none, and why.

    The list stays as it was confirmed, even if the records change later.
    """
    settlement = settlements.oversee_settlement(call.db, settlement_id=settlement_id, caller=call.caller)
    page = paged(
        query,
        by_id("line.person_id"),
        lambda after, limit: confirmed_lists.list_lines(
            call.db,
            settlement=settlement,
            sought=ConfirmedSought(query.granted, query.q),
            after=after,
            limit=limit,
        ),
    )
    people = [each.line.person_id for each in page.rows]
    remarks = remarks_on(call.db, project_id=settlement.project_id, people=people)
    return SettlementLineList.of(page, lambda each: SettlementLineOut.of(each, remarks))


@api.get("/settlements/<uuid:settlement_id>/lines.xlsx")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_settlement_sheet(call: Call, settlement_id: uuid.UUID) -> Response:
    """Show the whole list as a workbook, in order of 继教编号."""
    settlement = settlements.oversee_settlement(call.db, settlement_id=settlement_id, caller=call.caller)
    lines = confirmed_lists.whole_list(call.db, settlement=settlement)
    remarks = remarks_on(call.db, project_id=settlement.project_id)
    data = xlsx_bytes(SETTLEMENT_TITLES, settlement_lines(lines, remarks), name="学分名单")
    return attachment(data, XLSX, f"settlement-{settlement_id}.xlsx")
