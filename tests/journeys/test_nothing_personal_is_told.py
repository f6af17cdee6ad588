"""No log line, no error and no temporary file tells who somebody is, what they sent, or what opens a door."""

import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from faces.engine import Purpose
from models.people import Role
from service.observing import logs
from tests.api import Api, Reply, new_key
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.factories import PASSWORD
from tests.fakes import FakeEngine, RecordingGateway, face, refused

PHONE, NAME, NUMBER = "+8613812345678", "欧阳示范", "3377665544"
INITIAL, WRONG, NEW = "123456", "Wrong-guess-1!", "Ward-8-rounds!"
UUIDS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Keeper(logging.Handler):
    """Keeps all that would be written: each record as it came, and as the service formats it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logs.RedactingFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        own = {"method", "route", "status", "account", "problem"}
        extra = {name: value for name, value in vars(record).items() if name in own}
        self.lines += [f"{record.name} {record.getMessage()} {extra}", self.format(record)]

    @property
    def text(self) -> str:
        return UUIDS.sub("(id)", "\n".join(self.lines))


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """Everything that is logged at the service's chattiest setting."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # pytest's own would be closed by `configure`
    logs.configure("DEBUG")
    made = Keeper()
    root.addHandler(made)
    yield made
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def no_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever makes a temporary file fails."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))


@pytest.mark.usefixtures("no_temporary_files")
def test_a_whole_journey_leaves_nothing_personal_in_the_log(
    keeper: Keeper,
    scene: Scene,  # noqa: F811
    sms: RecordingGateway,
    engine: FakeEngine,
) -> None:
    nobody = Api(scene.api.app)
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    secrets = {PHONE, PHONE[3:], NAME, NUMBER, WRONG, NEW, PASSWORD}

    new = {"cme_number": NUMBER, "name": NAME, "phone": PHONE, "unit_id": str(scene.unit.id), "birth_on": "1990-02-03"}
    person = admin.post("/people", new)
    assert person.status_code == 201
    assert admin.post("/people", new).status_code == 409
    assert admin.get(f"/people?cme_number={NUMBER}").status_code == 200
    assert scene.staff.post(f"/projects/{scene.project.id}/roster", {"cme_numbers": [NUMBER]}).json["added"] == 1

    assert nobody.post("/auth/login", {"cme_number": NUMBER, "password": WRONG}).status_code == 401
    first = nobody.post("/auth/login", {"cme_number": NUMBER, "password": INITIAL}).json
    changed = nobody.put(
        "/me/password", {"current_password": INITIAL, "new_password": NEW}, headers=bearer(first["access_token"])
    ).json
    assert nobody.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
    code = sms.last_code
    pair = nobody.post("/auth/login", {"phone": PHONE, "code": code}).json
    following = nobody.post("/auth/refresh", headers=bearer(pair["refresh_token"])).json
    for tokens in (first, changed, pair, following):
        secrets |= {tokens["access_token"], tokens["refresh_token"]}

    me = Api(scene.api.app, following["access_token"])
    assert me.enrol(face("li"), refused("low_quality")).status_code == 422
    assert me.enrol(face("li")).status_code == 201
    scanned = scene.shown()
    ticket = scene.ticket(me, location={"latitude": 31.230416, "longitude": 121.473701})
    secrets |= {scanned, scanned.split("=")[1], ticket, "31.2304", "121.4737"}
    assert me.post("/check-in-tickets", {"qr": scanned + "0"}).status_code == 422
    scan_page = nobody.get(scanned.removeprefix("https://cme.test"))
    assert scan_page.status_code < 400
    assert me.send_photos("/check-ins", [face("wang")], ticket=ticket).status_code == 403
    done = me.send_photos("/check-ins", [face("li")], ticket=ticket, key=new_key())
    assert done.status_code == 201
    secrets.add(done.json["receipt"])
    assert scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"][0]["person"]["name"] == NAME
    assert me.delete("/me/face-consent").status_code == 204
    assert me.post("/auth/logout").status_code == 204

    text = keeper.text
    assert "/api/v1/check-ins" in text  # the log was listened to
    assert [secret for secret in secrets if secret in text] == []
    assert re.search(rf"(?<!\d){code}(?!\d)", text) is None
    text = re.sub(r'"(at|milliseconds)": ("[^"]*"|[0-9.]+)', "", text)  # a fraction of a second may look like one
    numbers = engine.look(face("li"), Purpose.ENROL).embedding
    assert [number for number in numbers if f"{number:.5f}" in text or f"{number:.4f}" in text] == []


@pytest.mark.usefixtures("no_temporary_files")
def test_large_uploads_touch_no_file(scene: Scene) -> None:  # noqa: F811
    me = scene.learner("li", is_enrolled=False)
    large = face("li")[:-1] + b', "padding": "' + b"x" * 3_000_000 + b'"}'
    body = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in [(b"consent_version", b"", b"test-1"), *[(b"photos", b'; filename="a.jpg"', large)] * 5]
    )  # by hand: the test client itself would make a file of it
    sent = me.call("POST", "/me/face", data=body + b"--edge--\r\n", content_type="multipart/form-data; boundary=edge")
    assert sent.status_code == 201
    assert len(sent.json["quality"]) == 5


def test_an_unexpected_error_tells_where_but_not_what(
    keeper: Keeper,
    scene: Scene,  # noqa: F811
    db: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    me = scene.learner("li", is_enrolled=False)

    def fail(*_: Any) -> None:
        raise RuntimeError(f"{PHONE} {me.token}")

    monkeypatch.setattr(FakeEngine, "look", fail)
    reply = me.enrol(face("li"))
    assert (reply.status_code, reply.json["code"]) == (500, "internal_error")
    written = "\n".join(keeper.lines[1::2])  # the lines that leave the process
    assert "enrolment.py" in written
    assert reply.json["request_id"] in written
    for secret in (PHONE, PHONE[3:], str(me.token)):
        assert secret not in written
        assert secret not in reply.text


SENT = "Echo-7391-sentinel"
BODIES = {
    "/auth/login": {"cme_number": SENT, "password": SENT},
    "/auth/sms-codes": {"phone": SENT, "purpose": SENT},
    "/auth/password-resets": {"phone": "13812345678", "code": SENT, "new_password": SENT},
    "/check-in-tickets": {"qr": SENT, "device_id": SENT, "direction": SENT, "location": {"latitude": SENT}},
    "/projects": {"name": SENT, "starts_on": SENT, "ends_on": SENT, "unit_id": SENT},
    "/units": {"name": SENT, "kind": SENT, "parent_id": SENT},
    "/people": {"cme_number": SENT, "name": SENT, "unit_id": SENT, "phone": SENT, "birth_on": SENT},
}


def test_errors_never_repeat_what_was_sent(scene: Scene) -> None:  # noqa: F811
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    ours = f"/projects/{scene.project.id}"
    replies: list[Reply] = [
        *(admin.post(path, body) for path, body in BODIES.items()),
        admin.put("/me/password", {"current_password": SENT, "new_password": SENT}),
        admin.post(
            f"{ours}/sessions", {"title": SENT, "venue": SENT, "starts_at": SENT, "ends_at": SENT, "zone": SENT}
        ),
        admin.post(f"{ours}/roster", {"cme_numbers": SENT, "role": SENT}),
        admin.get(f"/projects?cursor={SENT}&limit={SENT}"),
        admin.get(f"/sessions/{SENT}"),
        admin.get(f"/{SENT}?{SENT}={SENT}"),
        admin.call(SENT.upper(), "/me"),
        admin.send_photos("/me/face", [SENT.encode()], consent_version="test-1"),
        admin.send_photos("/check-ins", [SENT.encode()], ticket=SENT, key=SENT),
        admin.call("POST", "/me/face", data=SENT, content_type=f"multipart/form-data; boundary={SENT}"),
        admin.call("POST", "/projects", data=f'{{"{SENT}', content_type="application/json"),
        admin.call("DELETE", "/me/face-consent", headers={"Idempotency-Key": f"{SENT}\x80"}),
        Api(scene.api.app).get("/me", headers={"Authorization": f"Bearer {SENT}"}),
    ]
    assert [reply.status_code for reply in replies if reply.status_code < 400] == []
    for reply in [*replies, Api(scene.api.app).get(f"/s/{SENT}?c={SENT}")]:
        assert SENT.lower() not in (reply.text + str(reply.headers)).lower()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
