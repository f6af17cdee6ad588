"""Consent to send one's location (PRIVACY L-22): recorded with the first location, and taken back at any time.

The client asks with a tick of its own before it asks the phone. Whoever refuses still checks in: at a session that
insists on a location, the staff check them in.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import audit
from foundation.callers import Caller
from models.base import new_id
from models.scans import LocationConsent

TEXTS: Mapping[str, tuple[str, str]] = {
    "2026-11": (
        "扫码签到时，手机的位置只用来与会场比较一次：系统只保存“在会场”“不在会场（一公里以内或以外）”或“无法判断”，不保存坐标和轨迹。"
        "不同意也可以签到：必须定位的场次由现场工作人员核对身份后人工签到。您可以随时撤回同意。",
        "When you scan a venue code, your phone's location is compared with the venue once. Only “at the venue”, "
        "“not at the venue (within a kilometre or beyond)” or “can't tell” is stored, and never a coordinate. You "
        "can check in without it: where a session insists on a location, the staff check you in. "
        "You can withdraw at any time.",
    ),
}
"""The texts by version, Chinese and English. A text that was shown to people never changes: it gets a new version."""
CURRENT = "2026-11"


def record(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Record that the person agreed to the current text, because their phone sent a location."""
    db.add(LocationConsent(id=new_id(), person_id=person_id, version=CURRENT, given_at=now))


def find_consent(db: Session, person_id: uuid.UUID) -> LocationConsent | None:
    """Return the person's consent in force; None if they gave none or took it back."""
    in_force = select(LocationConsent).where(
        LocationConsent.person_id == person_id, LocationConsent.withdrawn_at.is_(None)
    )
    return db.scalars(in_force.order_by(LocationConsent.id.desc()).limit(1)).first()


def withdraw(db: Session, *, caller: Caller, now: datetime) -> None:
    """Take the caller's consent back. Nothing happens where there is none."""
    in_force = select(LocationConsent).where(
        LocationConsent.person_id == caller.person_id, LocationConsent.withdrawn_at.is_(None)
    )
    for each in db.scalars(in_force.with_for_update()):
        each.withdrawn_at = now
        audit.record(db, caller, now, "location_consent.withdraw", each)
    db.flush()
