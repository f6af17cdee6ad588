"""Settlements to look at: what waits for a reviewing unit, and the list that it is to approve."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.projects.access import READERS
from attendance.settlement import confirmed_lists, settlements
from foundation.transactions import read_only
from service.api.settlement.schemas.settlement_records import (
    LinesAsked,
    SettlementLineList,
    SettlementLineOut,
    SettlementRecordList,
    SettlementRecordOut,
    SettlementsAsked,
)
from service.edge.access import caller, signed_in
from service.edge.cursor_keys import read_id
from service.edge.database import db
from service.edge.downloads import attachment
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses
from service.exports.settlement_sheet import TITLES, lines_of
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("settlement_records", __name__, tag="Settlement")


@api.get("/settlements")
@signed_in(roles=READERS)
@refuses()
@api.input(SettlementsAsked, location="query", arg_name="query")
@api.output(SettlementRecordList)
def list_settlements(query: SettlementsAsked) -> SettlementRecordList:
    """The settlements of my units' projects, or those that my authority reviews; `in_review` are those that wait."""
    keys = decode_cursor(query.cursor, 1)
    with read_only(db.session()):
        found = confirmed_lists.list_settlements(
            db.session(),
            caller=caller(),
            status=query.status,
            after=read_id(keys[0]) if keys else None,
            limit=query.limit + 1,
        )
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.settlement.id)])
    return SettlementRecordList(
        items=[SettlementRecordOut.of_record(each) for each in page],
        next_cursor=next_cursor,
    )


@api.get("/settlements/<uuid:settlement_id>/lines")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(LinesAsked, location="query", arg_name="query")
@api.output(SettlementLineList)
def list_settlement_lines(settlement_id: uuid.UUID, query: LinesAsked) -> SettlementLineList:
    """Who gets what by a settlement, and who gets nothing and why: as confirmed, whatever was changed since."""
    keys = decode_cursor(query.cursor, 1)
    with read_only(db.session()):
        settlement = settlements.get_settlement(db.session(), settlement_id=settlement_id, caller=caller())
        found = confirmed_lists.list_lines(
            db.session(),
            settlement=settlement,
            is_granted=query.granted,
            after=read_id(keys[0]) if keys else None,
            limit=query.limit + 1,
        )
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.line.person_id)])
    return SettlementLineList(
        items=[SettlementLineOut.of(each) for each in page],
        next_cursor=next_cursor,
    )


@api.get("/settlements/<uuid:settlement_id>/lines.xlsx")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_settlement_sheet(settlement_id: uuid.UUID) -> Response:
    """The same list as a workbook, whole, in order of 继教编号."""
    with read_only(db.session()):
        settlement = settlements.get_settlement(db.session(), settlement_id=settlement_id, caller=caller())
        lines = confirmed_lists.whole_list(db.session(), settlement=settlement)
        data = xlsx_bytes(TITLES, lines_of(lines), name="学分名单")
    return attachment(data, XLSX, f"settlement-{settlement_id}.xlsx")
