"""Applications at the same moment: one place is given once, and a decision meets a withdrawal."""

from collections import Counter
from functools import partial

from sqlalchemy import func, select

from models.applications import ProjectApplication
from models.projects import RosterEntry, WaitingEntry
from tests.attendance.conftest import Scene
from tests.attendance.roster.applying import WHY, applied, apply, change, course, decide, mine, people, roster, withdraw
from tests.concurrency.at_once import at_once

CROWD, ROOM = 10, 4


def counted(scene: Scene) -> tuple[int, int]:
    """How many are on the rosters, and how many wait."""
    scene.db.expire_all()
    on, waiting = (scene.db.scalar(select(func.count()).select_from(each)) for each in (RosterEntry, WaitingEntry))
    return on or 0, waiting or 0


def test_a_crowd_gets_as_many_places_as_there_are_and_the_others_wait_in_one_order(scene: Scene) -> None:
    project = course(scene, capacity=ROOM)
    crowd = people(scene, *(f"n{number}" for number in range(CROWD)))
    replies = at_once([partial(apply, who, project) for who in crowd])
    assert Counter(each.json["status"] for each in replies) == {"accepted": ROOM, "waiting": CROWD - ROOM}
    assert counted(scene) == (ROOM, CROWD - ROOM)
    places = [each.json["waiting_place"] for each in replies if each.json["status"] == "waiting"]
    assert sorted(places) == list(range(1, CROWD - ROOM + 1))
    taken = [who for who, reply in zip(crowd, replies, strict=True) if reply.json["status"] == "accepted"]
    assert {each.status_code for each in at_once([partial(withdraw, who, project) for who in taken])} == {204}
    assert counted(scene) == (ROOM, CROWD - 2 * ROOM)
    assert Counter(mine(who)[0][0] for who in crowd) == {
        "accepted": ROOM, "withdrawn": ROOM, "waiting": CROWD - 2 * ROOM,
    }  # fmt: skip


def test_an_application_that_is_sent_eight_times_at_once_is_one(scene: Scene) -> None:
    for mode in ("automatic", "reviewed"):
        project = course(scene, applications=mode)
        (me,) = people(scene, f"li {mode}")
        replies = at_once([partial(apply, me, project)] * 8)
        assert {reply.status_code for reply in replies} == {201}
        assert len({reply.json["id"] for reply in replies}) == 1
    assert scene.db.scalar(select(func.count()).select_from(ProjectApplication)) == 2


def test_of_two_decisions_and_a_withdrawal_at_once_one_is_made(scene: Scene) -> None:
    project = course(scene, applications="reviewed")
    for number in range(4):
        (me,) = people(scene, f"n{number}")
        ident = applied(me, project)["id"]
        accept = partial(decide, scene.staff, ident, "accepted")
        decline = partial(decide, scene.staff, ident, "declined", **WHY)
        replies = at_once([accept, decline, partial(withdraw, me, project)])
        ((status, _),) = mine(me)
        codes = [reply.status_code for reply in replies]
        if status == "declined":  # then there was nothing to withdraw
            assert codes == [409, 200, 404]
        else:  # before the decisions, or after it was accepted
            assert status == "withdrawn"
            assert codes[1:] == [409, 204]
    assert roster(scene, project) == []


def test_the_last_place_is_given_once_to_whoever_applies_or_is_put_there_by_the_staff(scene: Scene) -> None:
    project = course(scene, capacity=1)
    li, _ = people(scene, "li", "wang")
    numbers = {"cme_numbers": [scene.people["wang"].cme_number]}
    at_once([partial(apply, li, project), partial(scene.staff.post, f"/projects/{project.id}/roster", numbers)])
    assert counted(scene) == (1, 1)


def test_a_project_that_is_cancelled_while_people_apply_leaves_nobody_pending(scene: Scene) -> None:
    project = course(scene, applications="reviewed")
    crowd = people(scene, *(f"n{number}" for number in range(5)))
    step = {"to": "cancelled", "reason": "场地停用"}
    calls = [partial(apply, who, project) for who in crowd]
    replies = at_once([*calls, partial(scene.staff.post, f"/projects/{project.id}/transitions", step)])
    assert replies[-1].status_code == 200
    for who, reply in zip(crowd, replies, strict=False):
        assert mine(who) == ([("lapsed", None)] if reply.status_code == 201 else [])


def test_the_last_place_of_an_open_project_goes_to_one_of_those_who_scan_at_once(scene: Scene) -> None:
    change(scene, scene.project, is_open=True, capacity=2)
    scene.learner("li")
    visitors = [scene.learner(f"n{number}", is_expected=False) for number in range(5)]
    qr = {"qr": scene.shown()}
    replies = at_once([partial(who.post, "/check-in-tickets", qr) for who in visitors])
    codes = Counter((reply.status_code, reply.json.get("code")) for reply in replies)
    assert codes == {(201, None): 1, (409, "project_full"): 4}
    assert counted(scene) == (2, 0)


def test_two_scans_of_one_visitor_at_once_put_them_on_the_roster_once(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    me, qr = scene.learner("li", is_expected=False), {"qr": scene.shown()}
    replies = at_once([partial(me.post, "/check-in-tickets", qr)] * 6)
    assert {reply.status_code for reply in replies} == {201}
    assert counted(scene) == (1, 0)


def test_who_is_removed_while_they_scan_is_not_on_the_roster_after_both(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    for number in range(3):
        me, qr = scene.learner(f"n{number}", is_expected=False), {"qr": scene.shown()}
        assert me.post("/check-in-tickets", qr).status_code == 201
        path = f"/projects/{scene.project.id}/roster/{scene.people[f'n{number}'].id}"
        scan = partial(me.post, "/check-in-tickets", qr)
        replies = at_once([scan, partial(scene.staff.delete, path, json=WHY), scan])
        assert replies[1].status_code == 204
        assert me.post("/check-in-tickets", qr).json["why"] == "removed"
    assert counted(scene) == (0, 0)
