"""Two hosts with one database, whose clocks are some seconds apart: what one of them ends has ended at the other."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.venue_machines import KioskScan
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import code_of, rows
from tests.attendance.conftest import Scene
from tests.attendance.machines.reading import code, learner, paired, read
from tests.concurrency.at_once import at_once
from tests.fakes import FakeClock, FakeEngine

pytestmark = pytest.mark.either_database
APART = 4  # seconds; hosts that keep time by NTP are nearer


@pytest.fixture(params=[APART, -APART])
def there(scene: Scene, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Api]:
    """The other host, whose clock is ahead or behind."""
    clock = FakeClock(scene.clock.now() + timedelta(seconds=request.param))
    app = create_app(settings, clock=clock, engine=FakeEngine())
    yield Api(app)
    with app.app_context():
        flask_db.session.remove()
        flask_db.engine.dispose()


def read_at(host: Api, token: str, text: str, nonce: str | None = None, **more: Any) -> Reply:
    body = {"code": text, "nonce": nonce or uuid.uuid4().hex, **more}
    return Api(host.app, token).post("/kiosk/check-ins", body)


def test_paired_at_one_host_it_reads_at_the_other_until_the_one_revokes_it(scene: Scene, there: Api) -> None:
    people = [learner(scene, name) for name in ("li", "wang", "zhao")]
    token = paired(scene)
    assert read_at(there, token, code(people[0])).status_code == 201
    assert read(scene, token, code(people[1])).status_code == 201
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/kiosks").json["items"]
    assert scene.staff.delete(f"/kiosks/{listed['id']}").status_code == 204
    for host in (there, scene.api):
        refused = read_at(host, token, code(people[2]))
        assert (code_of(refused), refused.json["why"]) == ((403, "machine_ended"), "revoked")
    assert len(rows(scene)) == 2


def test_the_same_nonce_at_both_hosts_at_once_is_one_check_in_with_one_answer(scene: Scene, there: Api) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text, nonce = code(me), uuid.uuid4().hex
    replies = at_once([partial(read_at, host, token, text, nonce) for host in (scene.api, there) * 3])
    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [201]
    assert len({reply.text for reply in replies}) == len(rows(scene)) == 1
    scene.db.rollback()
    assert len(scene.db.scalars(select(KioskScan)).all()) == 1


def test_a_code_that_the_other_host_just_changed_to_is_read(scene: Scene, there: Api) -> None:
    me, token = learner(scene, "li"), paired(scene)
    clock = there.app.extensions["components"].clock
    for ahead, host in ((clock, scene.api), (scene.clock, there)):
        behind = scene.clock if ahead is clock else clock
        ahead.set(ahead.now() + timedelta(seconds=30 - int(ahead.now().timestamp()) % 30))
        behind.set(ahead.now() - timedelta(seconds=APART))
        shown = Api(there.app if ahead is clock else scene.api.app, me.token).get("/me/qr").json
        assert read_at(host, token, shown["codes"][0]["code"]).status_code in (200, 201)


def test_a_code_that_no_clock_shows_yet_is_refused(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    scene.clock.set(scene.clock.now() + timedelta(seconds=30 - int(scene.clock.now().timestamp()) % 30))
    coming = me.get("/me/qr").json["codes"][1]["code"]
    assert code_of(read(scene, token, coming)) == (410, "qr_expired")
    scene.clock.turn(seconds=24)
    assert code_of(read(scene, token, coming)) == (410, "qr_expired")
    scene.clock.turn(seconds=1)
    assert read(scene, token, coming).status_code == 201


def test_a_screen_of_one_host_shows_at_the_other_and_ends_with_the_assignment(scene: Scene, there: Api) -> None:
    person = scene.make.person(name="门口")
    new = {"cme_number": person.cme_number, "name": person.name, "tasks": ["door"]}
    made = scene.staff.post(f"/projects/{scene.project.id}/staff", new).json["id"]
    me = Api(there.app, scene.api.as_(person).token)
    screen = me.post(f"/sessions/{scene.session.id}/screens").json["token"]
    assert Api(scene.api.app, screen).get("/screen").status_code == 200
    assert scene.staff.call("DELETE", f"/project-staff/{made}").status_code == 204
    assert code_of(me.get(f"/sessions/{scene.session.id}/board")) == (403, "forbidden")
    assert code_of(Api(there.app, screen).get("/screen")) == (403, "machine_ended")
