"""An assignment ends while its person acts: what they did came before the end, or it did not happen."""

from functools import partial
from typing import Any

from sqlalchemy import select

from models.attendance import CheckIn
from models.project_staff import ProjectStaff
from models.venue_machines import Kiosk
from tests.api import Api, Reply
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import at_once
from tests.concurrency.interleaving import meanwhile

WHY = "本人到场，已核对证件"


def assign(scene: Scene, *tasks: str) -> str:
    if "门口" not in scene.people:
        scene.people["门口"] = scene.make.person(name="门口")
    new = {"cme_number": scene.people["门口"].cme_number, "name": "门口", "tasks": list(tasks)}
    reply = client(scene, scene.staff).post(f"/projects/{scene.project.id}/staff", new)
    assert reply.status_code in (200, 201), reply.json
    return str(reply.json["id"])


def client(scene: Scene, who: Api) -> Api:
    """A client of its own for a thread."""
    return Api(scene.api.app, who.token)


def tick(scene: Scene, me: Api, name: str) -> Reply:
    sent = {"cme_number": scene.people[name].cme_number, "direction": "in", "reason": WHY}
    return client(scene, me).post(f"/sessions/{scene.session.id}/attendance", sent)


def end(scene: Scene, made: str) -> Reply:
    return client(scene, scene.staff).call("DELETE", f"/project-staff/{made}")


def test_a_tick_that_meets_the_end_of_its_assignment_comes_before_it_or_is_refused(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    made = assign(scene, "door")
    me = scene.api.as_(scene.people["门口"])
    with meanwhile(scene.db, "INSERT INTO check_in ", partial(end, scene, made)) as ended:
        assert tick(scene, me, "li").status_code == 201
    assert [reply.status_code for reply in ended] == [204]  # type: ignore[attr-defined]
    assert tick(scene, me, "li").status_code == 403
    scene.db.rollback()
    (row,), (assignment,) = scene.db.scalars(select(CheckIn)).all(), scene.db.scalars(select(ProjectStaff)).all()
    assert row.checked_in_at <= assignment.ended_at


def test_a_tick_whose_assignment_ends_before_its_transaction_is_refused(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    made = assign(scene, "door")
    me = scene.api.as_(scene.people["门口"])
    with meanwhile(scene.db, "SELECT session.project_id", partial(end, scene, made)) as ended:
        replies = [tick(scene, me, "li")]
    scene.db.rollback()
    checked_in = scene.db.scalars(select(CheckIn)).all()
    assert [reply.status_code for reply in ended] == [204]  # type: ignore[attr-defined]
    assert (replies[0].status_code == 201) == bool(checked_in)
    if scene.db.get_bind().dialect.name == "postgresql":
        assert replies[0].status_code == 403  # on SQLite the one writer was first


def test_a_kiosk_that_is_made_as_the_assignment_ends_does_not_outlive_it(scene: Scene) -> None:
    made = assign(scene, "door")
    me = scene.api.as_(scene.people["门口"])
    path = f"/sessions/{scene.session.id}/kiosks"
    with meanwhile(scene.db, "INSERT INTO kiosk ", partial(end, scene, made)):
        reply = client(scene, me).post(path, {})
    assert reply.status_code == 201
    pair: dict[str, Any] = {"pairing_code": reply.json["pairing_code"], "name": "一号门"}
    assert client(scene, scene.api).post("/kiosks", pair).status_code == 422
    scene.db.rollback()
    assert [row.revoked_at is not None for row in scene.db.scalars(select(Kiosk))] == [True]


def test_of_the_same_assignment_at_once_there_is_one_and_of_different_ones_the_last_stands(scene: Scene) -> None:
    assign(scene, "door")
    at_once([partial(assign, scene, "results")] * 3 + [partial(assign, scene, "content")] * 3)
    scene.db.rollback()
    rows = scene.db.scalars(select(ProjectStaff).order_by(ProjectStaff.named_at, ProjectStaff.id)).all()
    assert len([row for row in rows if row.ended_at is None]) == 1


def test_ended_twice_at_once_it_ends_once(scene: Scene) -> None:
    made = assign(scene, "door")
    assert [each.status_code for each in at_once([partial(end, scene, made)] * 4)] == [204] * 4
    told = scene.api.as_(scene.people["门口"]).get("/me/notices").json["items"]
    assert [each["topic"] for each in told] == ["staff_ended", "staff_assigned"]
