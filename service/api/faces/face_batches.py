"""Faces enrolled from a zip of photos, by a job, with a report by row."""

import uuid

from apiflask import APIBlueprint

from accounts.face_batches import batches
from accounts.face_batches.archive import MOST_BYTES, Archive
from accounts.whom_to_ask import FACE_ADMINS
from models.face_batches import FaceBatch
from service.api.faces.schemas.face_batches import (
    FaceBatchBrief,
    FaceBatchForm,
    FaceBatchList,
    FaceBatchOut,
    FaceBatchRowList,
    FaceBatchRowOut,
    FaceBatchRowsPage,
)
from service.api.imports.portions import commit_portions
from service.api.people.schemas.admin import Because
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.cursor_keys import BY_ID, by_number
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call
from service.edge.requests.body_limits import upload

api = APIBlueprint("face_batches", __name__, tag="Faces")


@api.post("/face-batches")
@signed_in(roles=FACE_ADMINS, takes=upload(MOST_BYTES))
@refuses("face_not_offered", "archive_unsupported", "archive_broken", "archive_too_large", "archive_empty")
@api.input(FaceBatchForm, location="form_and_files", arg_name="form")
@api.output(FaceBatchOut, status_code=202)
def add_batch(call: Call, form: FaceBatchForm) -> FaceBatchOut:
    """Enrol people of my units from photos. Each person must have given both consents before (`POST /me/face-consent`).

    A row without them is refused, and its photos are not kept. The other photos wait sealed for a job, and are deleted
    as soon as their row is decided.
    """
    storing = batches.receive(
        call.db,
        archive=Archive(form.file.stream.read()),
        ring=call.components.keys.face_ring,
        caller=call.caller,
        now=call.now,
    )
    return _out(call, commit_portions(call.db, storing))


@api.get("/face-batches")
@signed_in(roles=FACE_ADMINS)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(FaceBatchList)
def list_batches(call: Call, query: Page) -> FaceBatchList:
    """Show my batches, newest first."""
    page = paged(
        query, BY_ID, lambda after, limit: batches.list_batches(call.db, caller=call.caller, after=after, limit=limit)
    )
    return FaceBatchList.of(page, FaceBatchBrief.model_validate)


@api.get("/face-batches/<uuid:batch_id>")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found")
@api.output(FaceBatchOut)
def get_batch(call: Call, batch_id: uuid.UUID) -> FaceBatchOut:
    """Show how far one of my batches is."""
    return _out(call, batches.get_batch(call.db, batch_id=batch_id, caller=call.caller))


@api.get("/face-batches/<uuid:batch_id>/rows")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found")
@api.input(FaceBatchRowsPage, location="query", arg_name="query")
@api.output(FaceBatchRowList)
def list_batch_rows(call: Call, batch_id: uuid.UUID, query: FaceBatchRowsPage) -> FaceBatchRowList:
    """Show the rows of one of my batches, each with its result and what to do next."""
    batch = batches.get_batch(call.db, batch_id=batch_id, caller=call.caller)
    page = paged(
        query,
        by_number("number"),
        lambda after, limit: batches.list_rows(
            call.db, batch=batch, result=query.result, after=after or 0, limit=limit
        ),
    )
    return FaceBatchRowList.of(page, FaceBatchRowOut.of)


@api.post("/face-batches/<uuid:batch_id>/cancellation")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "batch_ended")
@api.input(Because, arg_name="body")
@api.output(FaceBatchOut)
def cancel_batch(call: Call, batch_id: uuid.UUID, body: Because) -> FaceBatchOut:
    """Cancel one of my batches. The photos that wait are deleted at once; who is enrolled stays so."""
    return _out(call, batches.cancel(call.db, batch_id=batch_id, reason=body.reason, caller=call.caller, now=call.now))


def _out(call: Call, batch: FaceBatch) -> FaceBatchOut:
    return FaceBatchOut.of(batch, batches.count_rows(call.db, batch), batches.find_job(call.db, batch))
