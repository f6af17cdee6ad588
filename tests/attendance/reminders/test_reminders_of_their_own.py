"""Reminders that the service makes by itself: each once, at the right hour of the venue, and none of what was moved."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select

from attendance.record.last_moments import last_moment
from foundation import jobs
from models.exams import ExamException, ExceptionKind
from models.jobs import Job
from models.notices import Notice, NoticeTopic
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from models.projects import Session as VenueSession
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course
from tests.databases import table_of

Look = Callable[[], None]
FORM = {"questions": [{"kind": "stars", "text": "内容"}]}


@pytest.fixture
def look(settings: Settings, run_jobs: Look, scene: Scene) -> Look:
    """The upkeep looks, and the jobs that it enqueues are done."""

    def once() -> None:
        sweep(settings, now=scene.clock.now())
        run_jobs()

    return once


def at_hour(scene: Scene, hour: int, zone: str = "Asia/Shanghai") -> None:
    """Turn the clock on to an hour of today or tomorrow, by the clock of a zone."""
    here = scene.clock.now().astimezone(ZoneInfo(zone))
    wanted = here.replace(hour=hour, minute=0, second=0)
    scene.clock.set((wanted if wanted >= here else wanted + timedelta(days=1)).astimezone(UTC))


def plan(scene: Scene, zone: str = "Asia/Shanghai", days: int = 1) -> VenueSession:
    """A session at eight in the morning, in so many days by the clock of its zone."""
    day = scene.clock.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    starts_at = datetime.combine(day, time(8), ZoneInfo(zone)).astimezone(UTC)
    return scene.make.session(scene.project, starts_at=starts_at, zone=zone)


def topics(who: Api) -> list[str]:
    """What somebody was told, newest first, beside that the staff checked them in."""
    told = [each["topic"] for each in who.get("/me/notices").json["items"]]
    return [topic for topic in told if topic != "checked_in_by_hand"]


def test_the_day_before_everybody_expected_is_told_once_of_the_session(scene: Scene, look: Look) -> None:
    me, other = scene.learner("li", is_enrolled=False), scene.learner("wang", is_expected=False, is_enrolled=False)
    at_hour(scene, 7)
    session = plan(scene)
    me, other = scene.api.as_(scene.people["li"]), scene.api.as_(scene.people["wang"])
    look()
    assert topics(me) == []  # nobody is woken up
    at_hour(scene, 10)
    me, other = scene.api.as_(scene.people["li"]), scene.api.as_(scene.people["wang"])
    look()
    look()
    (found,) = me.get("/me/notices").json["items"]
    assert (found["topic"], found["session_id"]) == ("session_tomorrow", str(session.id))
    assert session.starts_at.astimezone(ZoneInfo(session.zone)).strftime("%Y-%m-%d 08:00") in found["text"]
    assert session.venue in found["text"]
    assert topics(other) == []


@pytest.mark.parametrize("zone", ["Asia/Urumqi", "America/New_York", "Pacific/Auckland"])
def test_tomorrow_is_that_of_the_venue(scene: Scene, look: Look, zone: str) -> None:
    scene.learner("li", is_enrolled=False)
    at_hour(scene, 7, zone)
    plan(scene, zone)
    scene.clock.turn(minutes=119)
    look()
    assert topics(scene.api.as_(scene.people["li"])) == []
    scene.clock.turn(minutes=1)
    look()
    assert topics(scene.api.as_(scene.people["li"])) == ["session_tomorrow"]


def test_the_day_after_tomorrow_and_today_are_not_tomorrow(scene: Scene, look: Look) -> None:
    scene.learner("li", is_enrolled=False)
    at_hour(scene, 7)
    plan(scene, days=2)
    scene.clock.turn(hours=4)
    look()
    scene.clock.turn(hours=37)  # midnight of its day
    look()
    assert topics(scene.api.as_(scene.people["li"])) == []


def test_a_session_that_moves_takes_its_reminder_along(scene: Scene, look: Look) -> None:
    scene.learner("li", is_enrolled=False)
    at_hour(scene, 10)
    session = plan(scene)
    staff = scene.api.as_(scene.organizer)
    look()
    later = {"starts_at": session.starts_at + timedelta(days=1), "ends_at": session.ends_at + timedelta(days=1)}
    sent = {name: at.isoformat() for name, at in later.items()} | {"reason": "讲者航班延误"}
    assert staff.patch(f"/sessions/{session.id}", sent, headers={"If-Match": "*"}).status_code == 200
    assert topics(scene.api.as_(scene.people["li"])) == ["session_moved"]
    look()
    assert topics(scene.api.as_(scene.people["li"])) == ["session_moved"]
    scene.clock.turn(days=1)
    look()
    assert sorted(topics(scene.api.as_(scene.people["li"]))) == ["session_moved", "session_tomorrow"]


def test_a_job_that_comes_after_the_move_or_the_cancellation_tells_nobody(
    scene: Scene, settings: Settings, run_jobs: Look
) -> None:
    scene.learner("li", is_enrolled=False)
    at_hour(scene, 10)
    moved, cancelled = plan(scene), plan(scene)
    sweep(settings, now=scene.clock.now())
    assert scene.db.scalar(select(func.count()).where(Job.kind == "reminder_session")) == 2
    table = table_of(VenueSession)
    starts_at = moved.starts_at + timedelta(hours=1)
    scene.db.execute(table.update().where(table.c.id == moved.id).values(starts_at=starts_at))
    scene.db.execute(table.update().where(table.c.id == cancelled.id).values(cancelled_at=scene.clock.now()))
    run_jobs()
    assert topics(scene.api.as_(scene.people["li"])) == []


def test_two_machines_that_look_at_once_tell_everybody_once(scene: Scene, settings: Settings, run_jobs: Look) -> None:
    scene.learner("li", is_enrolled=False)
    at_hour(scene, 10)
    plan(scene)
    sweep(settings, now=scene.clock.now())
    (job,) = scene.db.scalars(select(Job).where(Job.kind == "reminder_session"))
    twin = {"kind": job.kind, "subject_id": job.subject_id, "payload": job.payload, "now": scene.clock.now()}
    jobs.enqueue(scene.db, actor_id=None, **twin)
    run_jobs()
    assert topics(scene.api.as_(scene.people["li"])) == ["session_tomorrow"]


def test_whoever_has_not_left_is_told_while_check_out_is_open_and_no_more_once_they_have(
    scene: Scene, look: Look
) -> None:
    scene.db.execute(table_of(Project).update().values(needs_check_out=True))
    for name in ("li", "wang", "zhao"):
        scene.learner(name, is_enrolled=False)
    came = [("li", "in"), ("wang", "in"), ("wang", "out")]

    def by_hand(name: str, direction: str) -> None:
        sent = {"cme_number": scene.people[name].cme_number, "direction": direction, "reason": "本人到场，已核对证件"}
        staff = scene.api.as_(scene.organizer)
        assert staff.post(f"/sessions/{scene.session.id}/attendance", sent).status_code == 201

    by_hand(*came[0])
    by_hand(*came[1])
    scene.clock.set(scene.session.ends_at - timedelta(minutes=5))
    by_hand(*came[2])
    look()
    assert topics(scene.api.as_(scene.people["li"])) == []  # it is not over yet
    scene.clock.turn(minutes=6)
    look()
    look()
    assert [topics(scene.api.as_(person)) for person in scene.people.values()] == [["check_out_reminder"], [], []]
    by_hand("li", "out")
    look()
    assert topics(scene.api.as_(scene.people["li"])) == []


def end(course: Course) -> datetime:
    """End the project; its last moment."""
    course.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    course.db.expire_all()
    return last_moment(course.project)


@pytest.fixture
def look_at_course(settings: Settings, run_jobs: Look, course: Course) -> Look:
    def once() -> None:
        sweep(settings, now=course.clock.now())
        run_jobs()

    return once


def test_an_evaluation_that_is_due_tomorrow_is_told_once_to_those_who_owe_it(
    course: Course, look_at_course: Look
) -> None:
    course.learner("li")
    course.learner("absent", has_attended=False)
    course.db.execute(table_of(Project).update().values(needs_evaluation=True))
    assert course.staff.put(f"/projects/{course.id}/evaluation", FORM).status_code == 200
    last = end(course)
    for hours, told in ((40, 0), (36, 1), (30, 1)):  # the last moment is a midnight: 36 hours before it is noon
        course.clock.set(last - timedelta(hours=hours))
        look_at_course()
        assert topics(course.api.as_(course.people["li"])) == ["evaluation_reminder"] * told, hours
    assert topics(course.api.as_(course.people["absent"])) == []


def test_an_exam_that_closes_tomorrow_is_told_and_a_later_end_of_ones_own_on_its_day(
    course: Course, look_at_course: Look
) -> None:
    course.learner("li")
    course.learner("wang")
    course.db.execute(table_of(Project).update().values(needs_exam=True))
    closes_at = course.clock.now() + timedelta(days=3)
    assert course.set_exam(closes_at=closes_at.isoformat()).status_code == 200
    own = closes_at + timedelta(days=2)
    course.db.execute(
        table_of(ExamException)
        .insert()
        .values(
            project_id=course.project.id,
            person_id=course.people["wang"].id,
            kind=ExceptionKind.UNTIL,
            until=own,
            reason="病假",
            given_by=course.organizer.id,
            given_at=course.clock.now(),
        )
    )
    for moment, told in ((closes_at, (1, 0)), (own, (1, 1))):
        day = moment.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=20) - timedelta(days=1)
        course.clock.set(day.astimezone(UTC))
        look_at_course()
        people = [course.api.as_(course.people[name]) for name in ("li", "wang")]
        assert [len(topics(person)) for person in people] == list(told)


def test_two_ends_of_one_exam_on_one_day_are_one_job_each(course: Course, settings: Settings) -> None:
    course.learner("li")
    course.db.execute(table_of(Project).update().values(needs_exam=True))
    day = (course.clock.now() + timedelta(days=2)).astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=20)
    assert course.set_exam(closes_at=day.replace(hour=12).isoformat()).status_code == 200
    exception = ExamException(
        project_id=course.project.id, person_id=course.people["li"].id, kind=ExceptionKind.UNTIL,
        until=day.astimezone(UTC), reason="病假", given_by=course.organizer.id, given_at=course.clock.now(),
    )  # fmt: skip
    course.db.add(exception)
    course.db.commit()
    course.clock.set((day - timedelta(days=1)).astimezone(UTC))
    for _ in range(3):
        sweep(settings, now=course.clock.now())
        course.clock.turn(minutes=10)
    assert course.db.scalar(select(func.count()).where(Job.kind == "reminder_exam")) == 2


def test_a_worker_that_died_goes_on_and_tells_nobody_twice(scene: Scene, look: Look) -> None:
    people = [scene.make.person(unit=scene.unit) for _ in range(3)]
    scene.db.execute(
        table_of(RosterEntry).insert(),
        [
            {
                "project_id": scene.project.id,
                "person_id": each.id,
                "role": RosterRole.LEARNER,
                "added_at": each.created_at,
            }
            for each in people
        ],
    )
    at_hour(scene, 10)
    session = plan(scene)
    look()
    told = select(func.count()).where(Notice.session_id == session.id)
    assert scene.db.scalar(told) == 3
    scene.db.execute(delete(Notice).where(Notice.person_id == people[0].id))  # as if the worker had died before it
    job = scene.db.scalars(select(Job).where(Job.kind == "reminder_session")).one()
    jobs.enqueue(
        scene.db, kind=job.kind, subject_id=job.subject_id, payload=job.payload, now=scene.clock.now(), actor_id=None
    )
    look()
    assert scene.db.scalar(told) == 3
    assert set(scene.db.scalars(select(Notice.topic))) == {NoticeTopic.SESSION_TOMORROW}
