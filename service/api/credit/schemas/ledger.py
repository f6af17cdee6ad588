"""Bodies of the ledger's signed heads and proofs. Hashes are hexadecimal."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from models.ledger import EntryKind, ReversalCause
from service.edge.answers.bodies import Body, Out, Query, Reason
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut

Size = Annotated[int, Field(ge=1, le=2**53)]


class TreeHeadOut(Out):
    """A signed head. token: a compact JWS (EdDSA, `cme-tree-head+jwt`) over size and root."""

    size: int
    root: str
    signed_at: datetime
    token: str


class TreeHeadList(ListOut):
    """A page of heads, the last one first."""

    items: list[TreeHeadOut]
    next_cursor: str | None


class ProofAsked(Query):
    """Which head's tree; by default that of the last head."""

    size: Size | None = None


class InclusionOut(Out):
    """The proof that an entry is in the tree of a head. leaf: the hashed bytes, as text."""

    leaf: str
    index: int
    size: int
    path: list[str]
    head: str


class ConsistencyAsked(Query):
    """The sizes of two signed heads."""

    old: Size
    new: Size


class ConsistencyOut(Out):
    """The proof that the tree of one head begins with the tree of an older head."""

    old: int
    new: int
    path: list[str]
    old_head: str
    new_head: str


class LeafList(ListOut):
    """A page of leaves, from the first entry on. A leaf: the hashed bytes, as text."""

    items: list[str]
    next_cursor: str | None


class ReversalAsked(Body):
    """Why a grant is taken back. cause: after `misconduct`, no later round grants to the person until it is lifted."""

    reason: Reason
    cause: ReversalCause = ReversalCause.MISTAKE


class EntryOut(Out):
    """An entry of the ledger. person: whose credits it gives or takes back."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    position: int
    kind: EntryKind
    credits: str
    reverses: uuid.UUID | None
