"""Regular upkeep: deleting what has served its time. The supervisor runs it every ten minutes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from accounts.enrolled_faces import delete_unused
from models.accounts import SmsCode, Throttle
from models.edge import IdempotentReply
from service.database import prepare_engine
from service.settings import Settings

_REPLIES = timedelta(hours=24)
_CODES = timedelta(hours=24)
_THROTTLES = timedelta(hours=48)  # longer than anything that a throttle remembers


def sweep(settings: Settings, *, now: datetime | None = None) -> None:
    """Delete replies and SMS codes older than a day, limits that count nothing any more, and faces out of use."""
    now = now or datetime.now(UTC)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            db.execute(delete(IdempotentReply).where(IdempotentReply.created_at < now - _REPLIES))
            db.execute(delete(SmsCode).where(SmsCode.sent_at < now - _CODES))
            db.execute(delete(Throttle).where(Throttle.window_from < now - _THROTTLES))
            delete_unused(db, now=now)
    finally:
        engine.dispose()
