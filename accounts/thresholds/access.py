"""Who decides about the thresholds: they hold for everybody, so only the authority of the province does."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from foundation.callers import Caller
from foundation.errors import Forbidden
from models.people import Role, Unit

PROVINCE_AUTHORITY = (Role.AUTHORITY,)


def require_province(db: Session, caller: Caller) -> None:
    """Raise Forbidden unless the caller is an authority over a root unit. A city's decides nothing."""
    scopes = caller.scopes(PROVINCE_AUTHORITY)
    root = exists().where(Unit.path.in_(scopes), Unit.parent_id.is_(None))
    if not scopes or not db.scalar(select(root)):
        raise Forbidden
