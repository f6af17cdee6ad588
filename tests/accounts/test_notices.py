"""The owner hears of every enrolment and withdrawal by SMS, where the kind has a registered template."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from accounts.notices import MOST_NOTICES
from accounts.sign_in.sms import NoticeKind, Reason, SmsMessage, SmsNotSent
from accounts.sign_in.sms_gateways.outbox import OutboxGateway
from models.jobs import Job, JobStatus
from models.people import Person
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.running.job_runner import JobRunner
from service.running.job_worker import handlers_of
from tests.accounts.enrolment.asking_the_owner import reset_password
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway, face

ROOT = Path(__file__).parents[2]
PHONE = "+8613800138000"
TEMPLATES = {NoticeKind.FACE_ENROLLED: "SMS_1", NoticeKind.FACE_WITHDRAWN: "SMS_2", NoticeKind.FACE_QUESTION: "SMS_3"}


class MoodyGateway(RecordingGateway):
    """Refuses with `reason` while there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.reason: Reason | None = None
        self.asked = 0

    def send(self, message: SmsMessage) -> None:
        self.asked += 1
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
def owner(make: Factories) -> Person:
    make.face_law()
    return make.person(phone=PHONE)


def told(sms: RecordingGateway) -> list[tuple[str, str | None]]:
    return [(message.purpose, message.template) for message in sms.sent if not message.code]


def test_every_enrolment_and_withdrawal_is_told_after_the_commit(
    api: Api, owner: Person, sms: MoodyGateway, run_jobs: Callable[[], None], clock: FakeClock
) -> None:
    me = api.as_(owner)
    assert me.enrol(face("li")).status_code == 201
    assert told(sms) == []  # the answer never waits for a gateway
    run_jobs()
    assert told(sms) == [("face_enrolled", "SMS_1")]
    (message,) = sms.sent
    time = clock.now() + timedelta(hours=8)
    assert (message.phone, message.parameters) == (PHONE, {"time": f"{time:%Y-%m-%d %H:%M}"})
    assert f"{time:%Y-%m-%d %H:%M}" in message.text
    assert PHONE not in repr(message)
    me.delete("/me/face-consent")
    assert me.enrol(face("wang")).status_code == 202
    me.delete("/me/face-consent")
    me.delete("/me/face-consent")  # nothing is left to withdraw, and nothing to tell
    run_jobs()
    assert [kind for kind, _ in told(sms)] == ["face_enrolled", "face_withdrawn", "face_enrolled", "face_withdrawn"]


def test_a_question_and_a_face_that_is_not_mine_are_told(
    api: Api, owner: Person, sms: MoodyGateway, run_jobs: Callable[[], None]
) -> None:
    api.as_(owner).enrol(face("li"))
    reset_password(api, sms)
    api.as_(owner).post("/me/face/answer", {"mine": False})
    run_jobs()
    assert [kind for kind, _ in told(sms)] == ["face_enrolled", "face_question", "face_withdrawn"]


def test_a_refused_enrolment_is_not_told(
    api: Api, owner: Person, sms: MoodyGateway, run_jobs: Callable[[], None]
) -> None:
    assert api.as_(owner).enrol(face("li"), face("wang")).status_code == 422
    run_jobs()
    assert told(sms) == []


def test_who_has_no_phone_is_not_told_and_enrols_all_the_same(
    api: Api, make: Factories, owner: Person, sms: MoodyGateway, run_jobs: Callable[[], None]
) -> None:
    assert api.as_(make.person()).enrol(face("li")).status_code == 201
    run_jobs()
    assert sms.asked == 0


def test_nobody_gets_more_than_six_notices_a_day_and_a_withdrawal_never_fails(
    api: Api,
    make: Factories,
    owner: Person,
    sms: MoodyGateway,
    run_jobs: Callable[[], None],
    clock: FakeClock,
) -> None:
    me, other = api.as_(owner), api.as_(make.person(phone="+8613800138001"))
    for _ in range(5):
        assert me.enrol(face("li")).status_code in (201, 202)
        assert me.delete("/me/face-consent").status_code == 204
    run_jobs()
    assert [kind for kind, _ in told(sms)] == ["face_enrolled", "face_withdrawn"] * (MOST_NOTICES // 2)
    assert me.get("/me/face").json["enrolled"] is False
    assert other.enrol(face("wang")).status_code == 201
    clock.turn(hours=25)
    me = api.as_(owner)
    assert me.enrol(face("li")).status_code == 202
    run_jobs()
    assert len(sms.sent) == MOST_NOTICES + 2


@pytest.mark.parametrize("kind", [NoticeKind.FACE_ENROLLED, NoticeKind.FACE_WITHDRAWN])
def test_a_kind_without_a_template_is_not_sent(
    api: Api, owner: Person, sms: MoodyGateway, run_jobs: Callable[[], None], settings: Settings, kind: NoticeKind
) -> None:
    settings.sms_templates.pop(kind)
    me = api.as_(owner)
    assert me.enrol(face("li")).status_code == 201
    assert me.delete("/me/face-consent").status_code == 204
    run_jobs()
    assert len(told(sms)) == 1
    assert kind.value not in dict(told(sms))


@pytest.mark.parametrize("reason", [Reason.UNREACHABLE, Reason.TOO_MANY])
def test_a_gateway_out_of_reach_is_asked_again_later(
    api: Api,
    owner: Person,
    sms: MoodyGateway,
    run_jobs: Callable[[], None],
    clock: FakeClock,
    db: Session,
    reason: Reason,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sms.reason = reason
    api.as_(owner).enrol(face("li"))
    began = clock.now()
    for _ in range(10):
        run_jobs()
        clock.turn(minutes=30)
    assert 3 < sms.asked < 11
    sms.reason = None
    clock.turn(hours=1)
    run_jobs()
    (message,) = sms.sent
    assert message.parameters["time"] == f"{began + timedelta(hours=8):%Y-%m-%d %H:%M}"  # when it happened
    assert {job.status for job in db.scalars(select(Job))} == {JobStatus.DONE}
    assert PHONE[3:] not in caplog.text


@pytest.mark.parametrize(("reason", "hours"), [(Reason.UNREACHABLE, 25), (Reason.BAD_NUMBER, 0)])
def test_a_notice_that_nobody_takes_is_given_up(
    api: Api,
    owner: Person,
    sms: MoodyGateway,
    run_jobs: Callable[[], None],
    clock: FakeClock,
    db: Session,
    reason: Reason,
    hours: int,
) -> None:
    sms.reason = reason
    api.as_(owner).enrol(face("li"))
    clock.turn(hours=hours)
    run_jobs()
    assert sms.asked == db.scalar(select(func.count()).select_from(Job)) == 1
    assert db.scalars(select(Job.result)).one() == {"result": reason.value}


def test_a_job_worker_sends_through_the_gateway_of_the_settings(
    api: Api, owner: Person, settings: Settings, clock: FakeClock
) -> None:
    assert api.as_(owner).enrol(face("li")).status_code == 201
    engine = create_engine(settings.database)
    prepare_engine(engine)
    runner = JobRunner(engine, handlers_of(settings), clock, timedelta(minutes=1))
    while runner.run_next():
        pass
    engine.dispose()
    sent = OutboxGateway(settings.var / "outbox").last_notice(PHONE)
    assert sent is not None
    assert (sent.message.purpose, sent.message.template) == ("face_enrolled", "SMS_1")


@pytest.mark.parametrize(
    "wrong",
    ["face_enroled:SMS_1", "face_enrolled", "face_enrolled:", "face_enrolled:A,face_enrolled:B", "SMS_1", ":SMS_1"],
)
def test_wrong_templates_are_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValidationError, match="sms_templates"):
        Settings(var=tmp_path, sms_templates=wrong)


def test_templates_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMS_TEMPLATES", " face_enrolled:SMS_1 , face_withdrawn : 77 ")
    assert Settings(var=tmp_path).sms_templates == {
        NoticeKind.FACE_ENROLLED: "SMS_1",
        NoticeKind.FACE_WITHDRAWN: "77",
    }
    monkeypatch.setenv("SMS_TEMPLATES", "")
    assert Settings(var=tmp_path).sms_templates == {}


def test_wrong_templates_end_the_start_with_one_line_and_code_2(tmp_path: Path) -> None:
    env = {**os.environ, "VAR": str(tmp_path), "SMS_TEMPLATES": "face_enroled:SMS_1"}
    ended = subprocess.run(
        [sys.executable, "-m", "service.run"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("serve: SMS_TEMPLATES ")
    assert "face_enrolled" in line
