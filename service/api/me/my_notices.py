"""My notices: what happened that I should know."""

from apiflask import APIBlueprint
from flask import Response

from attendance.own import own_notices
from attendance.own.own_notices import NoticeKey
from service.api.me.schemas.my_notices import NoticeList, NoticeOut, NoticesAsked, NoticesRead
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_instant_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_notices", __name__, tag="Me")


@api.get("/me/notices")
@signed_in()
@refuses()
@api.input(NoticesAsked, location="query", arg_name="query")
@api.output(NoticeList)
@with_names
def list_my_notices(call: Call, query: NoticesAsked) -> NoticeList:
    """List my notices, newest first, in my language: sessions, corrections, requests, credits, face and sign-in."""
    person_id = call.caller.person_id
    page = paged(
        query,
        by_instant_and_id(NoticeKey, "notice.at", "notice.id"),
        lambda after, limit: own_notices.list_notices(
            call.db, person_id=person_id, is_unread=query.unread, after=after, limit=limit
        ),
    )
    return NoticeList.of(page, NoticeOut.of_listed, unread=own_notices.count_unread(call.db, person_id))


@api.post("/me/notices/read")
@signed_in()
@refuses()
@api.input(NoticesRead, arg_name="body")
@api.output(Empty, status_code=204)
def mark_notices_read(call: Call, body: NoticesRead) -> Response:
    """Mark notices as read. Ids that are none of mine are left out."""
    own_notices.mark_read(call.db, person_id=call.caller.person_id, ids=body.ids, now=call.now)
    return Response(status=204)
