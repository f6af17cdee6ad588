"""What is shown before anybody signs in: the first screen, and what a client asks first."""

import contextlib
import json
import re
from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from service.app import create_app
from service.commands.demo import seed
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine


def test_the_first_screen_says_what_this_is_and_leads_on(api: Api, make: Factories) -> None:
    province = make.province.name
    reply = api.get("/")
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    assert "继续医学教育考勤与学分" in reply.text
    assert f"CME attendance and credit · {province}" in reply.text
    for path in re.findall(r'href="([^"]+)"', reply.text):
        assert api.get(path).status_code == 200, path
    assert "演示账号" not in reply.text
    assert "123456" not in reply.text


def test_the_first_screen_loads_nothing_and_runs_nothing(api: Api) -> None:
    reply = api.get("/")
    policy = reply.headers["Content-Security-Policy"]
    (nonce,) = re.findall(r"style-src 'nonce-([^']+)'", policy)
    assert policy.startswith("default-src 'none'; ")
    assert f'<style nonce="{nonce}">' in reply.text
    assert not re.search(r"<script|<link|<img|style=|src=", reply.text)
    assert nonce not in api.get("/").headers["Content-Security-Policy"]


def test_an_installation_without_a_province_has_a_first_screen_too(app: APIFlask) -> None:
    api = Api(app)
    assert api.get("/").status_code == 200
    assert api.get("/client").json["province"] is None


@contextlib.contextmanager
def another(settings: Settings, clock: FakeClock, **changes: object) -> Iterator[Api]:
    """A service of other settings."""
    app = create_app(settings.model_copy(update=changes), clock=clock, engine=FakeEngine())
    yield Api(app)
    with app.app_context():
        flask_db.engine.dispose()


@pytest.fixture
def demo(settings: Settings, clock: FakeClock) -> Iterator[Api]:
    """A demo with its accounts."""
    seed(settings)
    with another(settings, clock, demo=True) as api:
        yield api


def test_the_first_screen_of_the_demo_shows_accounts_and_the_way_to_their_codes(demo: Api, settings: Settings) -> None:
    told = json.loads((settings.var / "demo.json").read_text())
    shown = demo.get("/").text
    for account in (told["organizer"], *told["admins"].values(), *told["learners"]):
        assert f"<code>{account['cme_number']}</code>" in shown
    phone = told["learners"][0]["phone"]
    demo.post("/auth/sms-codes", {"phone": phone})
    (path,) = re.findall(rf'href="([^"]+)">{re.escape(phone)}<', shown.replace("&#43;", "+"))
    assert demo.get(path).json["phone"] == phone


def test_accounts_whose_password_was_changed_are_marked_on_the_screen_and_in_the_terminal(
    demo: Api, settings: Settings
) -> None:
    told = (settings.var / "demo.json").read_text()
    assert "已改" not in str(seed(settings))
    organizer = json.loads(told)["organizer"]
    token = demo.post("/auth/login", {key: organizer[key] for key in ("cme_number", "password")}).json["access_token"]
    changed = {"current_password": organizer["password"], "new_password": "Ward-7-rounds!"}
    assert Api(demo.app, token).put("/me/password", changed).status_code == 200
    table = str(seed(settings)).splitlines()
    marked = [line for line in table if line.endswith("已改 changed")]
    assert [organizer["cme_number"] in line for line in marked] == [True]
    assert "29 of 30 passwords are initial" in table[-1]
    assert (settings.var / "demo.json").read_text() == told
    page = demo.get("/").text
    assert page.count('class="mark"') == 1
    assert page.count("<code>123456</code>") == 29


@pytest.mark.manual("M-10.2.1", "M-10.2.2", "M-10.2.3")
def test_somebody_of_another_province_signs_in_and_takes_the_certificate_of_an_approved_credit(
    demo: Api, settings: Settings
) -> None:
    guest = json.loads((settings.var / "demo.json").read_text())["out_of_province"]
    papers = {"id_number": guest["id_number"], "phone": guest["phone"]}
    assert demo.post("/auth/sms-codes", papers).status_code == 202
    code = demo.get(f"/dev/outbox?phone={guest['phone'].replace('+', '%2B')}").json["code"]
    token = demo.post("/auth/login", papers | {"code": code}).json["access_token"]
    out = Api(demo.app, token)
    items = out.get("/me/credits").json["items"]
    assert [(each["id"], each["status"], each["credits"]) for each in items] == [
        (entry, "approved", "5.00") for entry in guest["entries"]
    ]
    assert len(items) == 1
    issued = out.post("/me/certificates", {"entry_ids": guest["entries"]})
    assert issued.status_code == 201
    assert out.get(issued.json["items"][0]["pdf"]).data[:5] == b"%PDF-"


def test_a_demo_without_its_file_has_a_first_screen_without_accounts(demo: Api, settings: Settings) -> None:
    for content in ("", "{}"):
        (settings.var / "demo.json").write_text(content)
        assert demo.get("/").status_code == 200


def test_a_client_learns_whose_installation_this_is_and_what_is_switched_on(api: Api, make: Factories) -> None:
    province = make.province.name
    told = api.get("/client").json
    assert told == {
        "name": "继续医学教育考勤与学分",
        "name_en": "CME attendance and credit",
        "short_name": "继续医学教育",
        "short_name_en": "CME",
        "logo": None,
        "province": province,
        "privacy_contact": None,
        "password": {"shortest": 8, "longest": 128, "kinds": 2, "of": ["digit", "letter", "other"]},
        "switched_on": {
            "second_factor": False,
            "initial_proof": False,
            "faces": False,
            "kiosks": True,
            "sms": False,
            "out_of_province": False,
        },
        "photos_needed": 1,
        "version": api.app.version,
        "demo": False,
    }
    make.face_law()
    assert api.get("/client").json["switched_on"]["faces"] is True


def test_the_contact_of_the_privacy_officer_is_shown_where_the_operator_set_it(
    settings: Settings, clock: FakeClock
) -> None:
    contact = "0571-0000 0000 <privacy@cme.test>"
    with another(settings, clock, privacy_contact=contact, second_factor=True, require_initial_proof=True) as api:
        told = api.get("/client").json
        assert told["privacy_contact"] == contact
        switched_on = {
            "second_factor": True,
            "initial_proof": True,
            "faces": False,
            "kiosks": True,
            "sms": False,
            "out_of_province": False,
        }
        assert told["switched_on"] == switched_on
        assert "0571-0000 0000 &lt;privacy@cme.test&gt;" in api.get("/").text
