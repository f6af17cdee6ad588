"""What the tests of places at sessions share with others."""

from typing import Any

from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.conftest import Scene


def choose(who: Api, session: VenueSession) -> Any:
    reply = who.put(f"/sessions/{session.id}/place")
    assert reply.status_code == 200, reply.json
    return reply.json["mine"], reply.json["ahead"]


def holders(scene: Scene, session: VenueSession, *, waiting: bool = False) -> str:
    listed = scene.staff.get(f"/sessions/{session.id}/places?waiting={int(waiting)}").json["items"]
    return "".join(each["name"] for each in listed)
