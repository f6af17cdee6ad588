"""Notices about projects and exams go out as SMS where their kind has a template: each once, in its own words."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.notices import AT_ONCE, MOST_NOTICES
from accounts.sign_in.sms import NoticeKind, Reason, SmsMessage, SmsNotSent
from foundation import inbox, jobs
from foundation.inbox import News
from models.jobs import Job
from models.notices import Notice, NoticeTopic
from models.people import Person
from models.projects import Session as VenueSession
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800138000"
TEMPLATES = {NoticeKind.SESSION_MOVED: "SMS_9", NoticeKind.FACE_ENROLLED: "SMS_1"}


class MoodyGateway(RecordingGateway):
    """Refuses with `reason` while there is one."""

    reason: Reason | None = None

    def send(self, message: SmsMessage) -> None:
        if self.reason is not None:
            raise SmsNotSent(self.reason)
        super().send(message)


@pytest.fixture
def sms() -> MoodyGateway:
    return MoodyGateway()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sms_templates": dict(TEMPLATES)})


@pytest.fixture
def look(settings: Settings, run_jobs: Callable[[], None], clock: FakeClock) -> Callable[[], None]:
    """The upkeep looks, and its jobs are done."""

    def once() -> None:
        sweep(settings, now=clock.now())
        run_jobs()

    return once


@pytest.fixture
def session(make: Factories) -> VenueSession:
    unit = make.unit()
    return make.session(make.project(unit=unit, organizer=make.organizer(unit)), zone="Asia/Urumqi")


def tell(db: Session, people: list[Person], session: VenueSession, clock: FakeClock, topic: NoticeTopic) -> None:
    inbox.tell(db, [each.id for each in people], News(topic, clock.now(), session.project_id, session.id))


def test_news_with_a_template_is_sent_once_with_the_project_and_the_time_of_the_venue(
    make: Factories, db: Session, session: VenueSession, sms: MoodyGateway, look: Callable[[], None], clock: FakeClock
) -> None:
    people = [make.person(phone=PHONE), make.person()]  # the other one has no phone
    tell(db, people, session, clock, NoticeTopic.SESSION_MOVED)
    tell(db, people, session, clock, NoticeTopic.PLACE_GIVEN)  # without a template
    look()
    look()
    (sent,) = sms.sent
    assert (sent.phone, sent.purpose, sent.template) == (PHONE, "session_moved", "SMS_9")
    time = session.starts_at.astimezone(ZoneInfo("Asia/Urumqi")).strftime("%Y-%m-%d %H:%M")
    assert list(sent.parameters.items()) == [("project", "急诊医学新进展"), ("time", time)]
    assert "场次变更" in sent.text


def test_two_jobs_send_each_notice_once(
    make: Factories, db: Session, session: VenueSession, sms: MoodyGateway, look: Callable[[], None], clock: FakeClock
) -> None:
    tell(db, [make.person(phone=PHONE)], session, clock, NoticeTopic.SESSION_MOVED)
    jobs.enqueue(db, kind="sms_news", now=clock.now(), actor_id=None)
    look()
    assert len(sms.sent) == 1


def test_while_the_gateway_is_out_of_reach_news_waits_for_a_day(
    make: Factories, db: Session, session: VenueSession, sms: MoodyGateway, look: Callable[[], None], clock: FakeClock
) -> None:
    people = [make.person(phone="+8613800138000"), make.person(phone="+8613800138001")]
    tell(db, people, session, clock, NoticeTopic.SESSION_MOVED)
    sms.reason = Reason.UNREACHABLE
    look()
    sms.reason = None
    clock.turn(minutes=10)
    look()
    assert len(sms.sent) == 2
    tell(db, people, session, clock, NoticeTopic.SESSION_MOVED)
    clock.turn(days=1, minutes=1)
    look()
    assert len(sms.sent) == 2


def test_nobody_gets_more_than_six_a_day(
    make: Factories, db: Session, session: VenueSession, sms: MoodyGateway, look: Callable[[], None], clock: FakeClock
) -> None:
    person = make.person(phone=PHONE)
    for _ in range(MOST_NOTICES + 2):
        tell(db, [person], session, clock, NoticeTopic.SESSION_MOVED)
    look()
    assert len(sms.sent) == MOST_NOTICES


def test_what_is_sent_at_once_is_not_sent_again(
    make: Factories, db: Session, session: VenueSession, sms: MoodyGateway, look: Callable[[], None], clock: FakeClock
) -> None:
    assert NoticeKind.FACE_ENROLLED in AT_ONCE
    tell(db, [make.person(phone=PHONE)], session, clock, NoticeTopic.FACE_ENROLLED)
    look()
    assert sms.sent == []


def test_readiness_names_the_kinds_without_a_template(api: Api) -> None:
    named = api.get("/readyz").json["sms_without_template"]
    assert set(named) == {kind.value for kind in NoticeKind} - {kind.value for kind in TEMPLATES}


def test_old_notices_go_once_a_day_those_that_weigh_more_later(
    make: Factories, db: Session, session: VenueSession, look: Callable[[], None], clock: FakeClock
) -> None:
    person, at_first = make.person(), clock.now()
    reminder, moved = NoticeTopic.SESSION_TOMORROW, NoticeTopic.SESSION_MOVED
    unread, settled = NoticeTopic.SESSION_CANCELLED, NoticeTopic.SETTLED
    for topic in (reminder, moved, unread, settled):
        tell(db, [person], session, clock, topic)
    for notice in db.scalars(select(Notice).where(Notice.topic != unread)):
        notice.read_at = clock.now()
    db.commit()
    left = {
        13: {reminder, moved, unread, settled},
        15: {moved, unread, settled},
        179: {moved, unread, settled},
        181: {unread, settled},
        359: {unread, settled},
        361: set(),
    }
    for day, topics in left.items():
        clock.set(at_first + timedelta(days=day))
        look()
        assert set(db.scalars(select(Notice.topic).where(Notice.person_id == person.id))) == topics, day
    assert len(db.scalars(select(Job).where(Job.kind == "old_notices")).all()) == 1  # the others are deleted by now
