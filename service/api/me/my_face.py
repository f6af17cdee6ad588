"""The privacy wallet (X-6): what my face was used for, and the receipts of its deletions."""

from apiflask import APIBlueprint

from accounts.enrolment import erasures
from attendance.own import face_uses
from service.api.me.schemas.my_face import FaceDeletionList, FaceDeletionOut, FaceUseList, FaceUseOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_face", __name__, tag="Me")


@api.get("/me/face/uses")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(FaceUseList)
@with_names
def list_my_face_uses(call: Call, query: Page) -> FaceUseList:
    """List each use of my face, newest first: check-ins, also refused ones, and enrolments.

    The list stays after the face is deleted.
    """
    page = paged(
        query,
        BY_ID,
        lambda after, limit: face_uses.list_uses(call.db, person_id=call.caller.person_id, after=after, limit=limit),
    )
    return FaceUseList.of(page, FaceUseOut.of)


@api.get("/me/face/deletions")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(FaceDeletionList)
def list_my_face_deletions(call: Call, query: Page) -> FaceDeletionList:
    """List the deletions of my face and of its kept photos, newest first, each with a signed receipt."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: erasures.list_own(call.db, person_id=call.caller.person_id, after=after, limit=limit),
    )
    receipts = call.components.receipts
    return FaceDeletionList.of(page, lambda row: FaceDeletionOut.of(row, receipts.sign_erasure(row)))
