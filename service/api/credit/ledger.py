"""The ledger from outside: signed heads and proofs for anyone, leaves for auditors, reversals by the authority."""

import uuid

from apiflask import APIBlueprint

from credit.access import AUTHORITY, LEDGER_READERS
from credit.ledger import access, tree_heads
from credit.ledger.leaves import leaf_of
from credit.records.reversals import reverse_grant
from foundation.transactions import read_only
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
from service.edge.access import caller, public, signed_in
from service.edge.bodies import Page
from service.edge.components import parts
from service.edge.cursor_keys import read_number
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.published_keys import ledger_signer
from service.edge.refusals import refuses

api = APIBlueprint("ledger", __name__, tag="Ledger")


@api.get("/ledger/head")
@public
@refuses("not_found")
@api.output(TreeHeadOut)
def get_head() -> TreeHeadOut:
    """The last signed tree head of the ledger, to be kept by whoever wants to prove later what was there."""
    with read_only(db.session()):
        found = tree_heads.get_head(db.session())
    return _head_out(found)


@api.get("/ledger/heads")
@public
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(TreeHeadList)
def list_heads(query: Page) -> TreeHeadList:
    """All heads that were ever signed, the last one first."""
    keys = decode_cursor(query.cursor, 1)
    before = read_number(keys[0]) if keys else None
    with read_only(db.session()):
        found = tree_heads.list_heads(db.session(), before=before, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.size)])
    return TreeHeadList(
        items=[_head_out(each) for each in page],
        next_cursor=next_cursor,
    )


@api.post("/ledger/heads")
@signed_in(roles=LEDGER_READERS)
@refuses("not_found", "ledger_altered")
@api.output(TreeHeadOut, status_code=201)
def sign_head() -> TreeHeadOut:
    """Sign the ledger as it is now, without waiting for the regular sweep."""
    made = tree_heads.sign_head(
        db.session(), signer=ledger_signer(), issuer=parts().settings.base_url, now=parts().clock.now()
    )
    return _head_out(made)


@api.get("/ledger/consistency")
@public
@refuses("not_found", "ledger_altered")
@api.input(ConsistencyAsked, location="query", arg_name="query")
@api.output(ConsistencyOut)
def get_consistency(query: ConsistencyAsked) -> ConsistencyOut:
    """Prove that nothing was changed from one signed head to a later one."""
    with read_only(db.session()):
        found = tree_heads.prove_consistency(db.session(), old=query.old, new=query.new)
    return ConsistencyOut(
        old=found.old.size,
        new=found.new.size,
        path=[step.hex() for step in found.path],
        old_head=found.old.token,
        new_head=found.new.token,
    )


@api.get("/ledger-entries/<uuid:entry_id>/proof")
@signed_in()
@refuses("not_found", "ledger_altered")
@api.input(ProofAsked, location="query", arg_name="query")
@api.output(InclusionOut)
def get_inclusion(entry_id: uuid.UUID, query: ProofAsked) -> InclusionOut:
    """Prove that an entry of mine, or of people whom I look after, is in the ledger of a signed head."""
    with read_only(db.session()):
        entry = access.get_entry(db.session(), entry_id=entry_id, caller=caller())
        found = tree_heads.prove_inclusion(db.session(), entry=entry, size=query.size)
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
def list_leaves(query: Page) -> LeafList:
    """The leaves of the ledger, from the first entry on: what an auditor hashes again."""
    keys = decode_cursor(query.cursor, 1)
    with read_only(db.session()):
        found = access.list_entries(
            db.session(), caller=caller(), after=read_number(keys[0]) if keys else -1, limit=query.limit + 1
        )
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.position)])
    return LeafList(
        items=[leaf_of(row).decode() for row in page],
        next_cursor=next_cursor,
    )


@api.post("/ledger-entries/<uuid:entry_id>/reversal")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "already_reversed")
@api.input(ReversalAsked, arg_name="body")
@api.output(EntryOut, status_code=201)
def reverse_entry(entry_id: uuid.UUID, body: ReversalAsked) -> EntryOut:
    """Take a grant back, whole, with a reason; a corrected one may follow."""
    made = reverse_grant(db.session(), entry_id=entry_id, reason=body.reason, caller=caller(), now=parts().clock.now())
    return EntryOut(
        id=made.id, position=made.position, kind=made.kind, credits=str(made.credits), reverses=made.reverses
    )


def _head_out(head: TreeHead) -> TreeHeadOut:
    return TreeHeadOut(size=head.size, root=head.root.hex(), signed_at=head.signed_at, token=head.token)
