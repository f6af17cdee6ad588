"""The page that the phone's own camera opens: the code is caught before its owner is signed in (X-1)."""

import re

import pytest
from sqlalchemy import text

from models import Base
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def opened(scene: Scene, url: str, **more: object) -> Reply:
    """What a phone's camera sees that opens the scanned text."""
    return scene.api.get(url.removeprefix("https://cme.test"), **more)


def cookie_of(reply: Reply) -> str:
    return reply.headers["Set-Cookie"].partition(";")[0]


def redeem(scene: Scene, name: str, cookie: str) -> Reply:
    """Sign in at last, and ask for a ticket with the cookie alone."""
    token = scene.api.as_(scene.people[name]).token
    return bare(scene, {"Authorization": f"Bearer {token}", "Cookie": cookie})


def bare(scene: Scene, headers: dict[str, str]) -> Reply:
    client = scene.api.app.test_client(use_cookies=False)
    return client.post("/api/v1/check-in-tickets", json={}, headers=headers)


def test_a_good_code_is_caught_in_a_cookie_that_no_script_reads(scene: Scene) -> None:
    page = opened(scene, scene.shown())
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "已收到签到码" in page.text
    assert "Your scan is saved" in page.text
    kept = page.headers["Set-Cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=Lax", "Max-Age=180", "Path=/api/v1"):
        assert word in kept


def test_a_slow_sign_in_costs_nothing(scene: Scene) -> None:
    scene.learner("li")
    scene.clock.turn(minutes=9, seconds=50)
    cookie = cookie_of(opened(scene, scene.shown()))
    scene.clock.turn(minutes=2, seconds=50)
    ticket = redeem(scene, "li", cookie)
    assert ticket.status_code == 201
    scene.clock.turn(seconds=100)
    me = scene.api.as_(scene.people["li"])
    done = scene.check_in(me, face("li"), ticket=ticket.json["ticket"])
    assert (done.status_code, done.json["status"]) == (201, "present")  # scanned before the start


def test_the_proof_ends_after_three_minutes(scene: Scene) -> None:
    scene.learner("li")
    cookie = cookie_of(opened(scene, scene.shown()))
    scene.clock.turn(minutes=3)
    assert code_of(redeem(scene, "li", cookie)) == (410, "qr_expired")


@pytest.mark.parametrize("cookie", ["cme_scan=", "cme_scan=x.y.z", "cme_scan=eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_proof_is_refused(scene: Scene, cookie: str) -> None:
    scene.learner("li")
    assert code_of(redeem(scene, "li", cookie)) == (422, "qr_invalid")


def test_the_proof_alone_opens_nothing(scene: Scene) -> None:
    cookie = cookie_of(opened(scene, scene.shown()))
    assert bare(scene, {"Cookie": cookie}).status_code == 401
    scene.learner("li", is_expected=False)
    assert code_of(redeem(scene, "li", cookie)) == (403, "not_on_roster")


def test_an_old_code_is_told_to_be_old_and_a_wrong_one_wrong(scene: Scene) -> None:
    url = scene.shown()
    scene.clock.turn(minutes=1)
    old = opened(scene, url)
    assert "二维码已过期" in old.text
    for wrong in (
        url[:-8] + "00000000",
        "/s/nosuch22?c=12345678",
        "/s/x",
        "/s/%00?c=%00",
        "/s/abcdefgh?c=" + "9" * 500,
    ):
        page = opened(scene, wrong)
        assert page.status_code == 200
        assert "不是有效的签到码" in page.text
        assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in old.headers


def test_the_page_loads_nothing_and_runs_nothing(scene: Scene) -> None:
    page = opened(scene, scene.shown())
    policy = page.headers["Content-Security-Policy"]
    (nonce,) = re.findall(r"style-src 'nonce-([\w-]+)'", policy)
    assert policy.startswith("default-src 'none'")
    assert f'<style nonce="{nonce}">' in page.text
    assert not re.search(r"<script|<img|<link|src=|href=.(?!/check-in\W)|url\(|@import|\son\w+=|\sstyle=", page.text)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert nonce not in opened(scene, scene.shown()).text


def test_opening_the_page_changes_no_row(scene: Scene) -> None:
    def counts() -> dict[str, int]:
        scene.db.rollback()
        found = {}
        for table in Base.metadata.sorted_tables:
            found[table.name] = scene.db.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()  # noqa: S608
        return found

    url = scene.shown()
    before = counts()
    opened(scene, url)
    opened(scene, url[:-8] + "00000000")
    assert counts() == before


def test_a_hundred_and_fifty_guesses_of_strangers_stop_nobodys_scan_and_tell_the_operator(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    url = scene.shown()
    wrong = [f"{number:08d}" for number in range(152) if f"{number:08d}" != url[-8:]][:150]
    for code in wrong:
        assert "不是有效的签到码" in opened(scene, url[:-8] + code).text
    told = [each.getMessage() for each in caplog.records if each.name == "cme.scans"]
    assert [line.split(" ", 1)[0] for line in told] == ["60", "120"]
    assert "已收到签到码" in opened(scene, url).text
    scene.clock.turn(minutes=1)
    caplog.clear()
    opened(scene, url[:-8] + wrong[0])
    assert [each for each in caplog.records if each.name == "cme.scans"] == []


def test_the_page_leads_on_to_a_page_that_says_what_comes_next(scene: Scene) -> None:
    page = opened(scene, scene.shown())
    assert 'data-test="go-on" href="/check-in"' in page.text
    nxt = scene.api.app.test_client().get("/check-in")
    assert (nxt.status_code, nxt.mimetype) == (200, "text/html")
    assert "登录后继续签到" in nxt.text
    assert "Sign in to go on" in nxt.text
    assert "script" not in nxt.text


def test_a_name_with_markup_in_it_stays_text(scene: Scene) -> None:
    odd = scene.make.session(scene.project)
    odd.title = "<script>alert(1)</script>"
    scene.db.commit()
    page = opened(scene, scene.shown(odd))
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
