"""The ledger: signed heads and proofs for everybody, leaves for auditors, reversals for the authority."""

import uuid

from apiflask import APIBlueprint

from accounts.people.people import require_province
from credit.access import AUTHORITY, LEDGER_READERS
from credit.errors import HeadNotSigned
from credit.ledger import access, tree_heads
from credit.ledger.leaves import leaf_of
from credit.ledger.tiles import ledger_size
from credit.records.reversals import reverse_grant
from models.ledger_tree import TreeHead
from service.api.credit.schemas.ledger import (
    ConsistencyAsked,
    ConsistencyOut,
    EntryOut,
    InclusionOut,
    LeafList,
    ProofAsked,
    ReversalAsked,
    TreeHeadList,
    TreeHeadOut,
)
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_number
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call, PublicCall
from service.edge.published_keys import ledger_signer
from service.running.children import next_sweep

api = APIBlueprint("ledger", __name__, tag="Ledger")


@api.get("/ledger/head")
@public
@refuses("head_not_signed")
@api.output(TreeHeadOut)
def get_head(call: PublicCall) -> TreeHeadOut:
    """Show the last signed tree head of the ledger. Who keeps it can later prove which entries the ledger had."""
    found = tree_heads.find_head(call.db)
    if found is None:
        if ledger_size(call.db) == 0:
            raise HeadNotSigned(facts={"why": "empty"})
        raise HeadNotSigned(facts={"by": next_sweep(call.now).isoformat()})
    return _head_out(found)


@api.get("/ledger/heads")
@public
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(TreeHeadList)
def list_heads(call: PublicCall, query: Page) -> TreeHeadList:
    """Show all signed tree heads, newest first."""
    page = paged(
        query, by_number("size"), lambda before, limit: tree_heads.list_heads(call.db, before=before, limit=limit)
    )
    return TreeHeadList.of(page, _head_out)


@api.post("/ledger/heads")
@signed_in(roles=LEDGER_READERS)
@refuses("head_not_signed", "ledger_altered")
@api.output(TreeHeadOut, status_code=201)
def sign_head(call: Call) -> TreeHeadOut:
    """Sign the current ledger now, before the regular sweep, for the whole province."""
    require_province(call.db, call.caller, LEDGER_READERS)
    made = tree_heads.sign_head(
        call.db, signer=ledger_signer(call.components.keys), issuer=call.components.settings.base_url, now=call.now
    )
    return _head_out(made)


@api.get("/ledger/consistency")
@public
@refuses("not_found", "ledger_altered")
@api.input(ConsistencyAsked, location="query", arg_name="query")
@api.output(ConsistencyOut)
def get_consistency(call: PublicCall, query: ConsistencyAsked) -> ConsistencyOut:
    """Prove that a later signed head has all entries of an earlier one, unchanged."""
    found = tree_heads.prove_consistency(call.db, old=query.old, new=query.new)
    return ConsistencyOut(
        old=found.old.size,
        new=found.new.size,
        path=[step.hex() for step in found.path],
        old_head=found.old.token,
        new_head=found.new.token,
    )


@api.get("/ledger-entries/<uuid:entry_id>/proof")
@signed_in()
@refuses("not_found", "head_not_signed", "ledger_altered")
@api.input(ProofAsked, location="query", arg_name="query")
@api.output(InclusionOut)
def get_inclusion(call: Call, entry_id: uuid.UUID, query: ProofAsked) -> InclusionOut:
    """Prove that an entry is in the ledger of a signed head: my own entry, or one of the people in my units."""
    entry = access.get_entry(call.db, entry_id=entry_id, caller=call.caller)
    found = tree_heads.prove_inclusion(call.db, entry=entry, size=query.size, due_at=next_sweep(call.now))
    return InclusionOut(
        leaf=leaf_of(found.entry).decode(),
        index=found.entry.position,
        size=found.head.size,
        path=[step.hex() for step in found.path],
        head=found.head.token,
    )


@api.get("/ledger/leaves")
@signed_in(roles=LEDGER_READERS)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(LeafList)
def list_leaves(call: Call, query: Page) -> LeafList:
    """Show the leaves of the ledger, from the first entry on, for an auditor to hash again."""
    page = paged(
        query,
        by_number("position"),
        lambda after, limit: access.list_entries(
            call.db, caller=call.caller, after=-1 if after is None else after, limit=limit
        ),
    )
    return LeafList.of(page, lambda row: leaf_of(row).decode())


@api.post("/ledger-entries/<uuid:entry_id>/reversal")
@signed_in(roles=AUTHORITY, asks_otp=True)
@refuses("not_found", "role_too_high", "already_reversed", "settlement_under_way")
@api.input(ReversalAsked, arg_name="body")
@api.output(EntryOut, status_code=201)
@with_names
def reverse_entry(call: Call, entry_id: uuid.UUID, body: ReversalAsked) -> EntryOut:
    """Take a grant back, whole, with a reason; a corrected one may follow."""
    made = reverse_grant(
        call.db,
        call.components.processes,
        entry_id=entry_id,
        reason=body.reason,
        cause=body.cause,
        caller=call.caller,
        now=call.now,
    )
    return EntryOut(
        id=made.id,
        person_id=made.person_id,
        position=made.position,
        kind=made.kind,
        credits=str(made.credits),
        reverses=made.reverses,
    )


def _head_out(head: TreeHead) -> TreeHeadOut:
    return TreeHeadOut(size=head.size, root=head.root.hex(), signed_at=head.signed_at, token=head.token)
