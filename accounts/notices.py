"""Tells people by SMS what happens to their face and their sign-in, so that they notice what they did not do.

A notice is a job in the transaction of its cause: it is sent after the commit, and tried again while the gateway is out
of reach. A kind without a registered template is not sent, and nobody gets more than MOST_NOTICES a day.
"""

import base64
import uuid
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.sign_in.sms import NoticeKind, Reason, SmsGateway, SmsMessage, SmsNotSent
from foundation import inbox, jobs, throttles
from foundation.inbox import News
from foundation.jobs import Handler, Progress, Result, Work
from foundation.sealing import FieldSeal
from models.notices import NoticeTopic
from models.people import Person

JOB = "sms_notice"
MOST_NOTICES, NOTICES_WINDOW = 6, timedelta(days=1)
"""Notices about the face and about the sign-in of each person: a notice costs money, and who does the same in turns was
told six times already. A changed phone is always told."""
_RETRIED = (Reason.UNREACHABLE, Reason.TOO_MANY)
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGEST = timedelta(seconds=30), timedelta(hours=1), timedelta(days=1)
_ZONE = ZoneInfo("Asia/Shanghai")
_TEXTS = {
    NoticeKind.FACE_ENROLLED: "您的账号于 {time} 提交了人脸建档。如非本人操作，请立即联系所在单位管理员。",
    NoticeKind.FACE_WITHDRAWN: "您账号的人脸档案已于 {time} 删除。如非本人操作，请立即联系所在单位管理员。",
    NoticeKind.FACE_QUESTION: "您的密码已于 {time} 重置。账号中有人脸档案，请登录后确认是否为您本人。",
    NoticeKind.NEW_DEVICE: "您的账号于 {time} 在新设备上登录。如非本人操作，请立即修改密码并联系所在单位管理员。",
    NoticeKind.PASSWORD_SLIP: "管理员于 {time} 为您的账号开具了一次性密码条。如非本人要求，请立即联系所在单位管理员。",
    NoticeKind.PHONE_CHANGED: "您账号的手机号已于 {time} 更换。如非本人操作，请立即联系所在单位管理员。",
    NoticeKind.SECOND_FACTOR_SET: "您的账号已于 {time} 启用动态口令。如非本人操作，请立即联系所在单位管理员。",
    NoticeKind.SECOND_FACTOR_REMOVED: "您账号的动态口令已于 {time} 停用。如非本人操作，请立即联系所在单位管理员。",
}
AT_ONCE = frozenset(_TEXTS)
"""The kinds that are written with their cause; the others wait for `accounts/sms_news.py`."""
_ABOUT_SIGN_IN = (
    NoticeKind.NEW_DEVICE,
    NoticeKind.PASSWORD_SLIP,
    NoticeKind.SECOND_FACTOR_SET,
    NoticeKind.SECOND_FACTOR_REMOVED,
)


class Notices:
    """Writes notices as jobs. templates: the registered template of each kind that is sent."""

    def __init__(self, templates: Mapping[NoticeKind, str]) -> None:
        self._templates = templates

    def write(
        self,
        db: Session,
        kind: NoticeKind,
        *,
        person_id: uuid.UUID,
        now: datetime,
        phone_sealed: bytes | None = None,
    ) -> None:
        """Add a notice to the open transaction: to the inbox, and as SMS if its kind has a template, up to the limit.

        phone_sealed: the phone to tell, where it is no longer the person's own; None for the one that they have when
        the notice is sent.
        """
        inbox.tell(db, [person_id], News(NoticeTopic(kind.value), now))
        if kind in self._templates and _is_within_limit(db, kind, person_id, now):
            payload = {"kind": kind.value, "at": now.isoformat()}
            if phone_sealed is not None:
                payload["phone_sealed"] = base64.b64encode(phone_sealed).decode()
            jobs.enqueue(db, kind=JOB, subject_id=person_id, payload=payload, now=now, actor_id=None)


def _is_within_limit(db: Session, kind: NoticeKind, person_id: uuid.UUID, now: datetime) -> bool:
    """Count a notice for this person; return False above MOST_NOTICES."""
    if kind is NoticeKind.PHONE_CHANGED:
        return True
    key = f"notices:sign-in:{person_id}" if kind in _ABOUT_SIGN_IN else f"notices:{person_id}"
    return throttles.count_event(db, key, window=NOTICES_WINDOW, now=now) <= MOST_NOTICES


def make_sender(
    templates: Mapping[NoticeKind, str], seal: FieldSeal, open_gateway: Callable[[], SmsGateway]
) -> Handler:
    """Return the job handler that sends notices. open_gateway: returns the gateway; called for each notice.

    If the gateway is out of reach, the notice becomes a job for later, for a day. A notice may be sent twice if the
    process ends between the sending and its commit.
    """

    def send(work: Work) -> Generator[Progress, None, Result]:
        payload = work.job.payload
        kind, at = NoticeKind(payload["kind"]), datetime.fromisoformat(payload["at"])
        sealed = _phone_of(work)
        if kind not in templates or sealed is None:
            return {"result": "no_template" if kind not in templates else "no_phone"}
        yield Progress(0, 1)  # it commits, so that no transaction is open while the gateway is asked
        time = at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")
        message = SmsMessage(
            phone=seal.open("phone", sealed),
            purpose=kind.value,
            text=_TEXTS[kind].format(time=time),
            template=templates[kind],
            parameters={"time": time},
        )
        try:
            open_gateway().send(message)
        except SmsNotSent as error:
            if error.reason in _RETRIED and _send_later(work, at):
                return {"result": "later"}
            return {"result": error.reason}
        return {"result": "sent"}

    return send


def _phone_of(work: Work) -> bytes | None:
    """Return the sealed phone to tell."""
    given = work.job.payload.get("phone_sealed")
    if given is not None:
        return base64.b64decode(given)
    return work.db.scalar(select(Person.phone_sealed).where(Person.id == work.job.subject_id))


def _send_later(work: Work, at: datetime) -> bool:
    """Enqueue the notice again, after a pause that doubles each time; return False a day after its cause."""
    now, tries = work.clock.now(), work.job.payload.get("tries", 0)
    if now - at >= _LONGEST:
        return False
    payload = {**work.job.payload, "tries": tries + 1}
    due_at = now + min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
    jobs.enqueue(
        work.db, kind=JOB, subject_id=work.job.subject_id, payload=payload, now=now, actor_id=None, due_at=due_at
    )
    return True
