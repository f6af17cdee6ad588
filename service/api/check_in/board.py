"""The live room board (X-3) of a session: polled with an ETag, or sent as server-sent events."""

import uuid
from datetime import datetime
from functools import partial
from typing import cast

from apiflask import APIBlueprint
from flask import Response, current_app, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from attendance.projects.access import DOOR, ORGANIZERS, get_session
from attendance.room.live_board import read_board
from foundation.callers import Caller
from foundation.errors import Refusal
from service.api.check_in.schemas.board import BoardEvent, BoardOut
from service.edge.access import signed_in
from service.edge.answers.event_streams import State, Streams, has_closed
from service.edge.answers.refusals import refuses, tells
from service.edge.callers.bearers import look_up_again
from service.edge.calls import Call
from service.edge.database import DatabaseBusy, db, session_to_read

api = APIBlueprint("board", __name__, tag="Sessions")


@api.get("/sessions/<uuid:session_id>/board")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@tells("ETag")
@api.output(BoardOut)
@api.doc(responses={304: "As it was: the same ETag came in If-None-Match"})
def show_board(call: Call, session_id: uuid.UUID) -> Response:
    """Show the current board. Answers 304 if `If-None-Match` has its ETag."""
    state = _look(call.db, session_id, call.caller, call.now)
    response = Response(state.json, content_type="application/json")
    response.set_etag(state.tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return cast(Response, response.make_conditional(request))


@api.get("/sessions/<uuid:session_id>/board/events")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "too_many_streams")
@api.output(BoardEvent, content_type="text/event-stream")
def stream_board(call: Call, session_id: uuid.UUID) -> Response:
    """Show the board as server-sent events, each with its ETag as id. A stream ends after some minutes.

    When it answers 503, poll the board with its ETag.
    """
    who, engine, clock = call.caller, db.engine, call.components.clock
    get_session(call.db, session_id=session_id, caller=who, tasks=DOOR)

    def look() -> State | None:
        with session_to_read(engine) as own:
            try:
                now = clock.now()
                return _look(own, session_id, look_up_again(own, who, now), now)
            except (Refusal, OperationalError, DatabaseBusy):  # ended or out of reach: the client connects again
                return None

    streams = cast(Streams, current_app.extensions["streams"])
    connection = request.environ.get("gunicorn.socket")
    is_gone = partial(has_closed, connection) if connection is not None else lambda: False
    return streams.open(look, request.headers.get("Last-Event-ID"), is_gone)


def _look(db: Session, session_id: uuid.UUID, who: Caller, now: datetime) -> State:
    board = read_board(db, get_session(db, session_id=session_id, caller=who, tasks=DOOR))
    return State(board.etag, BoardOut.of(board, now).model_dump_json())
