"""Places at sessions that have not room for all: tracks to choose among, waiting, moving up, and who gets in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.people import Person
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.planning import plan_of
from tests.attendance.sessions.calendar_feed import events, subscribe
from tests.attendance.sessions.places_at_sessions import choose, holders
from tests.databases import table_of

S = ProjectStatus


def tracks(scene: Scene, *capacities: int | None) -> list[VenueSession]:
    """Tracks side by side, an hour from now."""
    starts_at = scene.clock.now() + timedelta(hours=1)
    return [
        scene.make.session(scene.project, starts_at=starts_at, capacity=each, track=f"{place}号厅")
        for place, each in enumerate(capacities)
    ]


def learners(scene: Scene, names: str) -> list[Api]:
    return [scene.learner(name, is_enrolled=False) for name in names]


def test_the_first_to_come_hold_places_and_the_others_wait_in_their_order(scene: Scene) -> None:
    (hall,) = tracks(scene, 2)
    people = learners(scene, "甲乙丙丁")
    assert [choose(who, hall) for who in people] == [("held", None), ("held", None), ("waiting", 0), ("waiting", 1)]
    assert choose(people[3], hall) == ("waiting", 1)  # asked again it stays as it is
    (shown,) = people[3].get(f"/projects/{scene.project.id}/places").json["items"]
    assert (shown["capacity"], shown["free"], shown["waiting"], shown["mine"]) == (2, 0, 2, "waiting")
    assert people[0].delete(f"/sessions/{hall.id}/place").status_code == 204
    assert (holders(scene, hall), holders(scene, hall, waiting=True)) == ("乙丙", "丁")
    assert code_of(people[0].delete(f"/sessions/{hall.id}/place")) == (404, "not_found")


def test_choosing_another_track_gives_the_first_place_back_and_moves_others_up(scene: Scene) -> None:
    one, other = tracks(scene, 1, 2)
    first, second = learners(scene, "甲乙")
    choose(first, one)
    assert choose(second, one) == ("waiting", 0)
    assert choose(first, other) == ("held", None)
    assert (holders(scene, one), holders(scene, one, waiting=True), holders(scene, other)) == ("乙", "", "甲")


def test_who_waits_keeps_the_place_they_have_until_they_are_moved_up(scene: Scene) -> None:
    one, other = tracks(scene, 1, 1)
    first, second, third = learners(scene, "甲乙丙")
    choose(first, one)
    choose(second, other)
    assert choose(second, one) == ("waiting", 0)
    assert choose(third, other) == ("waiting", 0)
    assert holders(scene, other) == "乙"
    first.delete(f"/sessions/{one.id}/place")  # moves 乙 up, which makes room for 丙
    assert (holders(scene, one), holders(scene, other), holders(scene, other, waiting=True)) == ("乙", "丙", "")


def test_sessions_one_after_the_other_are_chosen_together(scene: Scene) -> None:
    (morning,) = tracks(scene, 5)
    noon = scene.make.session(scene.project, starts_at=morning.ends_at, capacity=5)
    (who,) = learners(scene, "甲")
    assert (choose(who, morning), choose(who, noon)) == (("held", None), ("held", None))
    listed = who.get(f"/projects/{scene.project.id}/places").json["items"]
    assert [each["mine"] for each in listed] == ["held", "held"]


def test_a_place_at_posters_that_do_not_count_costs_no_place_beside_them(scene: Scene) -> None:
    (hall,) = tracks(scene, 5)
    posters = scene.make.session(scene.project, starts_at=hall.starts_at, capacity=5, counts=False)
    first, second = learners(scene, "甲乙")
    for session in (posters, hall):
        assert choose(first, session) == ("held", None)
    for session in (hall, posters):
        assert choose(second, session) == ("held", None)
    assert (holders(scene, hall), holders(scene, posters)) == ("甲乙", "甲乙")


def test_more_room_is_filled_and_less_takes_nobodys_place(scene: Scene) -> None:
    (hall,) = tracks(scene, 1)
    for who in learners(scene, "甲乙丙"):
        choose(who, hall)
    path = f"/sessions/{hall.id}"
    assert scene.staff.patch(path, {**plan_of(hall), "capacity": 2}).json["capacity"] == 2
    assert holders(scene, hall) == "甲乙"
    assert scene.staff.patch(path, {**plan_of(hall), "capacity": 1}).status_code == 200
    assert holders(scene, hall) == "甲乙"
    without = scene.staff.patch(path, {"capacity": None})
    assert without.json["capacity"] is None
    assert scene.staff.patch(path, {**plan_of(hall), "capacity": 3}).status_code == 200
    assert holders(scene, hall) == "甲乙丙"  # lifting the limit by mistake costs nobody anything


def test_the_organizer_gives_places_and_takes_them_away(scene: Scene) -> None:
    (hall,) = tracks(scene, 1)
    learners(scene, "甲乙")
    numbers = [scene.people[name].cme_number for name in "甲乙"]
    stranger = scene.make.person(unit=scene.unit)
    path = f"/sessions/{hall.id}/places"
    given = scene.staff.post(path, {"cme_numbers": [*numbers, stranger.cme_number]})
    assert given.json == {"held": 1, "waiting": 1, "already": 0, "unknown": [stranger.cme_number]}
    assert scene.staff.post(path, {"cme_numbers": numbers}).json["already"] == 2
    assert scene.staff.delete(f"{path}/{scene.people['甲'].id}").status_code == 204
    assert holders(scene, hall) == "乙"
    audited = scene.db.scalars(select(AuditEntry.action).where(AuditEntry.action.like("session_place%"))).all()
    assert audited == ["session_place.add", "session_place.remove"]


def test_off_the_roster_is_off_the_session_and_whoever_waits_gets_the_place(scene: Scene) -> None:
    (hall,) = tracks(scene, 1)
    for who in learners(scene, "甲乙"):
        choose(who, hall)
    gone = scene.staff.delete(f"/projects/{scene.project.id}/roster/{scene.people['甲'].id}")
    assert gone.status_code == 204
    assert (holders(scene, hall), holders(scene, hall, waiting=True)) == ("乙", "")


@pytest.mark.parametrize(
    ("status", "code"),
    [(S.DRAFT, "project_not_announced"), (S.CHANGED, "project_not_announced"), (S.ENDED, "project_closed")],
)
def test_nobody_chooses_before_it_is_announced_or_when_it_is_over(scene: Scene, status: S, code: str) -> None:
    (hall,) = tracks(scene, 1)
    (who,) = learners(scene, "甲")
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(who.put(f"/sessions/{hall.id}/place")) == (409, code)


def test_a_choice_that_makes_no_sense_is_refused_with_its_reason(scene: Scene) -> None:
    hall, open_to_all = tracks(scene, 1, None)
    first, second = learners(scene, "甲乙")
    outsider = scene.api.as_(scene.make.person(unit=scene.unit))
    assert code_of(outsider.put(f"/sessions/{hall.id}/place")) == (403, "not_on_roster")
    assert code_of(outsider.get(f"/projects/{scene.project.id}/places")) == (403, "forbidden")
    assert code_of(first.put(f"/sessions/{open_to_all.id}/place")) == (409, "place_not_needed")
    assert code_of(first.put(f"/sessions/{scene.project.id}/place")) == (404, "not_found")
    choose(first, hall)
    choose(second, hall)
    scene.clock.turn(hours=1)
    for act in (first.put, first.delete):
        assert code_of(act(f"/sessions/{hall.id}/place")) == (409, "choice_over")
    for other in (first, scene.api.as_(scene.make.organizer(scene.make.unit(name="二院")))):
        for call in (
            lambda who: who.get(f"/sessions/{hall.id}/places"),
            lambda who: who.post(f"/sessions/{hall.id}/places", {"cme_numbers": ["1"]}),
            lambda who: who.delete(f"/sessions/{hall.id}/places/{scene.people['甲'].id}"),
        ):
            assert code_of(call(other)) == (403, "forbidden")


def test_only_who_holds_a_place_gets_in_by_scanning_and_speakers_need_none(scene: Scene) -> None:
    hall = scene.make.session(scene.project, capacity=1, short_code="smallhall", starts_at=soon(scene))
    holder, waiter, speaker = (scene.learner(name) for name in "甲乙丙")
    scene.db.execute(
        table_of(RosterEntry)
        .update()
        .where(RosterEntry.person_id == scene.people["丙"].id)
        .values(role=RosterRole.SPEAKER)
    )
    choose(holder, hall)
    choose(waiter, hall)
    assert scene.ask(holder, hall).status_code == 201
    assert scene.ask(speaker, hall).status_code == 201
    assert code_of(scene.ask(waiter, hall)) == (409, "no_place")
    board = scene.staff.get(f"/sessions/{hall.id}/board").json
    assert (board["expected"], board["refusals"]) == (2, [{"code": "no_place", "count": 1}])
    body = {"cme_number": scene.people["乙"].cme_number, "direction": "in", "reason": "现场有空位"}
    assert scene.staff.post(f"/sessions/{hall.id}/attendance", body).status_code == 201
    assert scene.ask(waiter, hall).status_code == 201  # who is in goes in and out
    place = f"/sessions/{hall.id}/places/{scene.people['乙'].id}"
    assert code_of(scene.staff.delete(place)) == (409, "has_attended")


def soon(scene: Scene) -> Any:
    return scene.clock.now() + timedelta(minutes=10)


def test_a_calendar_holds_the_track_that_was_chosen(scene: Scene) -> None:
    one, other = tracks(scene, 1, 1)
    (who,) = learners(scene, "甲")
    path = subscribe(who)
    choose(who, other)
    assert {each["UID"] for each in events(scene.api, path)} == {str(scene.session.id), str(other.id)}
    choose(who, one)
    assert {each["UID"] for each in events(scene.api, path)} == {str(scene.session.id), str(one.id)}


def test_a_copy_has_the_room_and_nobodys_places(scene: Scene) -> None:
    (hall,) = tracks(scene, 7)
    (who,) = learners(scene, "甲")
    choose(who, hall)
    starts_on = (scene.clock.now() + timedelta(days=365)).date().isoformat()
    made = scene.staff.post(f"/projects/{scene.project.id}/copies", {"starts_on": starts_on}).json["id"]
    listed = scene.staff.get(f"/projects/{made}/sessions").json["items"]
    assert [each["capacity"] for each in listed] == [None, 7]
    assert len(scene.db.scalars(select(SessionPlace)).all()) == 1


def test_the_list_of_places_comes_in_pages(scene: Scene) -> None:
    (hall,) = tracks(scene, 5)
    people = [scene.make.person(unit=scene.unit, name=name) for name in "甲乙丙"]
    scene.make.on_roster(scene.project, *people)
    scene.staff.post(f"/sessions/{hall.id}/places", {"cme_numbers": [each.cme_number for each in people]})
    first = scene.staff.get(f"/sessions/{hall.id}/places?limit=2").json
    rest = scene.staff.get(f"/sessions/{hall.id}/places?limit=2&cursor={first['next_cursor']}").json
    assert [each["name"] for each in first["items"] + rest["items"]] == ["甲", "乙", "丙"]
    assert rest["next_cursor"] is None
    assert len(scene.db.scalars(select(Person)).all()) == 4
