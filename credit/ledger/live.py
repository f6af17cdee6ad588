"""Whether a grant was reversed."""

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from models.ledger import LedgerEntry

_Reversal = aliased(LedgerEntry)
is_taken_back = exists().where(_Reversal.reverses == LedgerEntry.id)
"""True for a grant that was reversed. A statement with it selects from LedgerEntry."""
