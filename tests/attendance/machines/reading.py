"""What the tests of kiosks share: a kiosk is paired, a person shows their code, the kiosk reads it."""

import uuid
from typing import Any

from tests.api import Api, Reply
from tests.attendance.conftest import Scene


def call(scene: Scene, method: str, path: str, token: str | None, body: Any = None) -> Reply:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return scene.api.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, json=body)


def paired(scene: Scene, **more: Any) -> str:
    """The credential of a paired kiosk."""
    made = scene.staff.post(f"/sessions/{scene.session.id}/kiosks", more)
    assert made.status_code == 201
    reply = call(scene, "POST", "/kiosks", None, {"pairing_code": made.json["pairing_code"], "name": "一号门"})
    assert reply.status_code == 201
    return str(reply.json["token"])


def learner(scene: Scene, name: str, **more: Any) -> Api:
    return scene.learner(name, is_enrolled=False, **more)


def code(who: Api) -> str:
    return str(who.get("/me/qr").json["codes"][0]["code"])


def read(scene: Scene, token: str, text: str, nonce: str | None = None, **more: Any) -> Reply:
    body = {"code": text, "nonce": nonce or uuid.uuid4().hex, **more}
    return call(scene, "POST", "/kiosk/check-ins", token, body)
