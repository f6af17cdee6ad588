"""The audit trail: for auditors within their reach, and for everybody about themselves."""

from apiflask import APIBlueprint

from accounts import audit_trail
from service.api.people.schemas.audit import AuditAsked, AuditEntryOut, AuditList, OwnAuditList, OwnAuditOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_instant_and_id_alone
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("audit", __name__, tag="People")


@api.get("/audit")
@signed_in(roles=audit_trail.READERS, writes=True)  # reading it is an entry
@refuses()
@api.input(AuditAsked, location="query", arg_name="query")
@api.output(AuditList)
@with_names
def list_audit_entries(call: Call, query: AuditAsked) -> AuditList:
    """Show the audit trail of my units, newest first: who did what to whom, when and why, failed sign-ins and looks.

    An entry is shown if the person who acted, or one whom it is about, is of my units. This request becomes an entry.
    """
    sought = query.sought()
    with call.reading():
        page = paged(
            query,
            by_instant_and_id_alone("at"),
            lambda after, limit: audit_trail.read(call.db, caller=call.caller, sought=sought, after=after, limit=limit),
        )
    audit_trail.note_reading(call.db, caller=call.caller, sought=sought, now=call.now)
    return AuditList.of(page, AuditEntryOut.of)


@api.get("/me/audit")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(OwnAuditList)
@with_names
def list_my_audit_entries(call: Call, query: Page) -> OwnAuditList:
    """Show what others did to me and who looked at my data, newest first, in my language."""
    page = paged(
        query,
        by_instant_and_id_alone("at"),
        lambda after, limit: audit_trail.read_own(call.db, person_id=call.caller.person_id, after=after, limit=limit),
    )
    return OwnAuditList.of(page, OwnAuditOut.of)
