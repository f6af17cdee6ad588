"""Credit records that wait for the authority's decision (未审核)."""

import uuid
from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint

from credit.access import AUTHORITY
from credit.records import records, waiting
from credit.records.waiting import RecordsSought, WaitingRecord
from service.api.imports.schemas.credit_imports import (
    RecordDecided,
    RecordDecision,
    RecordsAsked,
    WaitingRecordList,
    WaitingRecordOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import CursorKey, by_date_and_id, by_id_alone, by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("credit_records", __name__, tag="Credit records")

_SORT_KEYS: dict[str, CursorKey[Sequence[Any]]] = {
    "recorded": by_id_alone("record.id"),
    "name": by_text_and_id("name", "record.id"),
    "cme_number": by_text_and_id("cme_number", "record.id"),
    "date": by_date_and_id("record.activity_on", "record.id"),
}


@api.get("/credit-records")
@signed_in(roles=AUTHORITY)
@refuses()
@api.input(RecordsAsked, location="query", arg_name="query")
@api.output(WaitingRecordList)
@with_names
def list_waiting_records(call: Call, query: RecordsAsked) -> WaitingRecordList:
    """Show the waiting records of the people in my units; oldest first, if `sort` is left out."""
    sought = RecordsSought(query.q, query.sort)
    page = paged(
        query,
        _SORT_KEYS[query.sort.removeprefix("-")],
        lambda after, limit: waiting.list_waiting(call.db, caller=call.caller, sought=sought, after=after, limit=limit),
    )
    total = counted(query, page, lambda: waiting.count_waiting(call.db, caller=call.caller, sought=sought))
    return WaitingRecordList.of(page, _waiting_out, **total)


@api.post("/credit-records/<uuid:record_id>/decision")
@signed_in(roles=AUTHORITY)
@refuses(
    "not_found",
    "role_too_high",
    "already_decided",
    "second_admin_needed",
    "already_granted",
    "still_granted",
    "no_rule",
)
@api.input(RecordDecision, arg_name="body")
@api.output(RecordDecided)
def decide_record(call: Call, record_id: uuid.UUID, body: RecordDecision) -> RecordDecided:
    """Approve or reject a record. Approval adds its grant to the ledger."""
    decided = records.decide(
        call.db,
        record_id=record_id,
        is_approved=body.decision == "approve",
        comment=body.comment,
        caller=call.caller,
        now=call.now,
    )
    return RecordDecided(id=decided.id, status=decided.status)


def _waiting_out(each: WaitingRecord) -> WaitingRecordOut:
    record = each.record
    return WaitingRecordOut(
        id=record.id,
        person_id=record.person_id,
        cme_number=each.cme_number,
        name=each.name,
        date=record.activity_on,
        activity=record.activity_name,
        category=record.category,
        hours=str(record.hours),
        credits=str(record.credits),
        recorded_by=record.recorded_by_unit,
        status=record.status,
    )
