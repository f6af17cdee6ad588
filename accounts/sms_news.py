"""Sends notices about projects and exams as SMS, for the kinds that have a registered template.

Notices are made by the thousand, so they are not jobs of their own: the upkeep looks every ten minutes whether some
wait, and one job sends them. Each notice is marked before it is sent. So nobody gets one twice, on however many
machines; if a process ends between the mark and the sending, that SMS is lost, and the notice is in the inbox still.
Notices about the face and the sign-in are sent at once, by `accounts/notices.py`.
"""

import uuid
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from accounts.notices import AT_ONCE, MOST_NOTICES, NOTICES_WINDOW
from accounts.sign_in.sms import NoticeKind, Reason, SmsGateway, SmsMessage, SmsNotSent
from foundation import jobs, throttles
from foundation.clock import HOME
from foundation.jobs import Handler, Progress, Result, Work
from foundation.sealing import FieldSeal
from models.jobs import OPEN, Job
from models.notices import Notice, NoticeTopic
from models.people import Person
from models.projects import Project
from models.projects import Session as VenueSession

JOB = "sms_news"
_YOUNG = timedelta(days=1)
"""Older news is not sent any more: it waited for a template or for the gateway."""
_LONGEST_NAME = 20  # characters of a project's name: gateways limit what a template takes
_RETRIED = (Reason.UNREACHABLE, Reason.TOO_MANY)


def enqueue_waiting(db: Session, templates: Mapping[NoticeKind, str], *, now: datetime) -> None:
    """Enqueue the job that sends news, if some waits and no such job is open. It adds to the open transaction."""
    if not _topics(templates) or db.scalar(select(Job.id).where(OPEN, Job.kind == JOB).limit(1)) is not None:
        return
    if db.scalar(_waiting(templates, now).with_only_columns(Notice.id).limit(1)) is not None:
        jobs.enqueue(db, kind=JOB, now=now, actor_id=None)


def make_news_sender(
    templates: Mapping[NoticeKind, str],
    seal: FieldSeal,
    open_gateway: Callable[[], SmsGateway],
    titles: Mapping[NoticeKind, str],
) -> Handler:
    """Return the job handler that sends news. titles: what each kind is about, in a few words.

    A template takes two parameters: the name of the project or of the claimed activity, and the time. If the gateway is
    out of reach, the job ends and the next sweep begins another one.
    """

    def send(work: Work) -> Generator[Progress, None, Result]:
        sent = work.job.done
        while True:
            now = work.clock.now()
            found = work.db.execute(_waiting(templates, now).limit(1)).first()
            if found is None:
                return {"sent": sent}
            notice, phone, project, session = found
            if not _claim(work.db, notice.id, now):
                continue
            key = f"notices:news:{notice.person_id}"
            is_wanted = throttles.count_event(work.db, key, window=NOTICES_WINDOW, now=now) <= MOST_NOTICES
            notice_id, message = notice.id, None
            if phone is not None and is_wanted:
                kind = NoticeKind(notice.topic.value)
                parameters = _parameters(notice, project, session)
                text = f"{titles[kind]}：{parameters['project']} {parameters['time']}".strip()
                message = SmsMessage(seal.open("phone", phone), kind.value, text, "", templates[kind], parameters)
            yield Progress(sent, None)  # it commits: the notice is marked, and no transaction is open while it is sent
            if message is None:
                continue
            try:
                open_gateway().send(message)
            except SmsNotSent as error:
                if error.reason in _RETRIED:
                    work.db.execute(update(Notice).where(Notice.id == notice_id).values(texted_at=None))
                    return {"sent": sent, "result": "later"}
                continue
            sent += 1

    return send


def _topics(templates: Mapping[NoticeKind, str]) -> list[NoticeTopic]:
    return [NoticeTopic(kind.value) for kind in templates if kind not in AT_ONCE]


def _waiting(
    templates: Mapping[NoticeKind, str], now: datetime
) -> Select[Notice, bytes | None, Project | None, VenueSession | None]:
    """Select the news that waits for its SMS, oldest first, with the phone of its person."""
    return (
        select(Notice, Person.phone_sealed, Project, VenueSession)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Project, Project.id == Notice.project_id)
        .outerjoin(VenueSession, VenueSession.id == Notice.session_id)
        .where(Notice.topic.in_(_topics(templates)), Notice.texted_at.is_(None), Notice.at > now - _YOUNG)
        .order_by(Notice.at, Notice.id)
    )


def _claim(db: Session, notice_id: uuid.UUID, now: datetime) -> bool:
    """Mark a notice as taken; return False if another worker was first."""
    mine = update(Notice).where(Notice.id == notice_id, Notice.texted_at.is_(None)).values(texted_at=now)
    return db.execute(mine.returning(Notice.id)).first() is not None


def _parameters(notice: Notice, project: Project | None, session: VenueSession | None) -> dict[str, str]:
    """Return the parameters of a template, in its order. The time is that of the session, the last moment, or now."""
    until = notice.facts.get("until")
    at = datetime.fromisoformat(until) if until else session.starts_at if session is not None else notice.at
    zone = ZoneInfo(session.zone) if session is not None else HOME
    name = project.name if project is not None else str(notice.facts.get("activity", ""))
    return {"project": name[:_LONGEST_NAME], "time": at.astimezone(zone).strftime("%Y-%m-%d %H:%M")}
