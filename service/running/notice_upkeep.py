"""Upkeep of notices: reminders that are due, news that waits for its SMS, and old notices, which are deleted."""

from collections.abc import Generator
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts import sms_news
from attendance.reminders import due
from foundation import inbox, jobs
from foundation.jobs import Handler, Progress, Result, Work
from models.jobs import Job
from service.configuration.settings import Settings

DELETION_JOB = "old_notices"
_EACH = timedelta(days=1)
_PORTION = 2_000  # notices that are deleted in one transaction


def look_after_notices(settings: Settings, engine: Engine, now: datetime) -> None:
    """Take back reminders of what is done, and enqueue jobs: reminders, SMS, the deletion of old notices once a day."""
    with Session(engine) as db, db.begin():
        due.take_back_done(db, now=now)
        due.enqueue_due(db, now=now)
        sms_news.enqueue_waiting(db, settings.sms_templates, now=now)
        lately = select(Job.id).where(Job.kind == DELETION_JOB, Job.created_at > now - _EACH)
        if inbox.has_old(db, now=now, keep=_keep(settings)) and db.scalar(lately.limit(1)) is None:
            jobs.enqueue(db, kind=DELETION_JOB, now=now, actor_id=None)


def make_deletion(settings: Settings) -> Handler:
    """Return the job handler that deletes old notices, a portion at a time."""

    def delete(work: Work) -> Generator[Progress, None, Result]:
        deleted, portion = work.job.done, _PORTION
        while portion == _PORTION:
            portion = inbox.delete_old(work.db, now=work.clock.now(), keep=_keep(settings), most=_PORTION)
            deleted += portion
            yield Progress(deleted, None)
        return {"deleted": deleted}

    return delete


def _keep(settings: Settings) -> timedelta:
    return timedelta(days=settings.notice_days)
