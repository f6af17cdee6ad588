"""Switches labels of the catalogue of claims off and on (O-6)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.people import require_province
from credit.access import AUTHORITY
from credit.errors import ClaimLabelNeeded
from credit.rules.claim_labels import BY_CODE, ClaimLabel
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import insert_new
from models.claim_catalogue import ClaimLabelSwitch


def switch_label(db: Session, *, code: str, is_on: bool, reason: str, caller: Caller, now: datetime) -> ClaimLabel:
    """Offer a label that means the same as another one, or stop offering it. Claims that were made with it stay.

    Raises Forbidden unless the caller is the province's authority; NotFound; ClaimLabelNeeded for a label that is
    nobody's alias, because its rules would have no label.
    """
    require_province(db, caller, AUTHORITY)
    label = BY_CODE.get(code)
    if label is None:
        raise NotFound(field="label")
    if label.alias_of is None:
        raise ClaimLabelNeeded(field="label")
    insert_new(db, ClaimLabelSwitch, label=code, is_on=True, reason=reason, set_by=caller.person_id, set_at=now)
    row = db.scalars(select(ClaimLabelSwitch).where(ClaimLabelSwitch.label == code).with_for_update()).one()
    before = {"label": code, "is_on": row.is_on}
    row.is_on, row.reason, row.set_by, row.set_at = is_on, reason, caller.person_id, now
    db.flush()
    audit.record(
        db, caller, now, "claim_label.switch", row, reason=reason, before=before, after={"label": code, "is_on": is_on}
    )
    return label
