"""Who gets in, and how: a lost answer, people of other provinces, a new phone, and browsers in which no app starts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.id_numbers import check_digit
from models.accounts import Account
from models.people import Person, RoleGrant
from tests.browser.devices import NARROW, Device
from tests.factories import PASSWORD, Factories
from tests.service.running.running_service import until

_DIGITS = "99000019770707007"  # made up: no region has the code 990000
ID_NUMBER, GUEST_PHONE, PHONE, NEW_PHONE = (
    _DIGITS + check_digit(_DIGITS),
    "+8613800008107",
    "+8613800008108",
    "+8613800008109",
)
PAGES = (
    "/profile", "/phone", "/password", "/privacy", "/sign-ins", "/second-factor", "/notices", "/where", "/more",
)  # fmt: skip
OPEN_PAGES = ("/sign-in", "/out-of-province", "/forgotten")


def last_code(device: Device, phone: str) -> str:
    """Return the last code that was sent to a phone."""
    until(lambda: "phone" in _sent_to(device, phone), "a code is sent")
    return str(_sent_to(device, phone)["code"])


def _sent_to(device: Device, phone: str) -> dict[str, Any]:
    sent: dict[str, Any] = device.context.request.get("/dev/outbox", params={"phone": phone}).json()
    return sent


def test_who_presses_again_after_a_lost_answer_is_signed_in(phone: Device, make: Factories) -> None:
    person = make.person(cme_number="3370000001", name="李静")
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            assert route.fetch().status == 200  # the service did it, and the answer is lost
            route.abort()
        else:
            route.continue_()

    phone.allow("ERR_FAILED")
    phone.context.route("**/auth/login", lose_the_first)
    phone.go("/sign-in?next=/profile")
    phone.fill(cme_number=f" {person.cme_number} ", password=PASSWORD)
    phone.press("sign-in")
    phone.sees("error", code="offline")
    assert phone.get("password").input_value() == PASSWORD
    phone.press("sign-in")
    expect(phone.page.locator("h1")).to_have_text("个人资料")
    assert keys[0] == keys[1]


def test_a_place_outside_of_the_service_is_no_next_page(phone: Device, make: Factories) -> None:
    person = make.person(cme_number="3370000002", name="周敏")
    for there in ("//example.org/", "/\\example.org/", "https://example.org/", "javascript:alert(1)"):
        phone.context.clear_cookies()
        phone.page.goto("/sign-in")
        phone.page.goto(f"/sign-in?next={there}")
        phone.fill(cme_number=person.cme_number or "", password=PASSWORD)
        phone.press("sign-in")
        phone.sees("scan-button")
        assert phone.page.url.endswith("/"), there


@pytest.fixture
def guest(make: Factories, db: Session) -> Person:
    """Somebody whom an organizer imported: without 继教编号, account and role."""
    made = make.person(unit=make.province, cme_number=None, name="钱宁", phone=GUEST_PHONE, id_number=ID_NUMBER)
    db.execute(delete(Account).where(Account.person_id == made.id))
    db.execute(delete(RoleGrant).where(RoleGrant.person_id == made.id))
    db.commit()
    return made


@pytest.mark.usefixtures("guest")
def test_somebody_of_another_province_gets_to_their_credits_and_no_further(phone: Device) -> None:
    phone.go("/sign-in")
    phone.press("out-of-province")
    phone.fill(id_number=f"{ID_NUMBER[:6]} {ID_NUMBER[6:].lower()}", phone=GUEST_PHONE)
    phone.press("send-code")
    expect(phone.get("send-code")).to_contain_text("重新发送（1")  # of 120 seconds
    phone.fill(sms_code=f"【继教】电子学分证书登录验证码 {last_code(phone, GUEST_PHONE)}，5 分钟内有效")
    phone.press("sign-in")
    expect(phone.page).to_have_url(re.compile("/credits$"))
    phone.go("/history")
    expect(phone.page.locator("main")).to_contain_text("非本省人员")
    assert phone.page.url.endswith("/")
    phone.go("/more")
    links = phone.page.locator("main a").evaluate_all("all => all.map((each) => new URL(each.href).pathname)")
    assert sorted(links) == ["/certificates", "/credits", "/licenses.md"]
    phone.press("sign-out")
    phone.sees("scan-button")


def test_a_phone_is_changed_by_codes_to_both_and_a_wrong_code_keeps_what_was_typed(
    phone: Device, make: Factories
) -> None:
    phone.sign_in(make.person(cme_number="3370000003", name="吴洁", phone=PHONE))
    phone.go("/phone")
    phone.fill(new_phone=NEW_PHONE)
    phone.press("send-new-code")
    phone.press("by-old-code")
    phone.press("send-old-code")
    expect(phone.get("send-old-code")).to_be_disabled()
    phone.fill(new_code="000000", old_code=last_code(phone, PHONE))
    phone.press("change-phone")
    phone.sees("error", code="bad_code")
    assert phone.get("new-phone").input_value() == NEW_PHONE
    phone.fill(new_code=last_code(phone, NEW_PHONE))
    phone.press("change-phone")
    phone.sees("phone-changed")
    phone.go("/notices")
    notice = phone.sees("notice", topic="phone_changed")
    notice.get_by_role("link").click()
    expect(phone.page.locator("h1")).to_have_text("我的登录")
    phone.go("/notices?unread=1")
    expect(phone.page.locator("main")).to_contain_text("没有未读通知")


NewDevice = Callable[..., Device]


def test_a_browser_in_which_no_app_starts_says_so_in_its_language(new_device: NewDevice) -> None:
    for locale, words in (("zh-CN", "浏览器太旧"), ("en-GB", "this browser is too old")):
        device = new_device(java_script_enabled=False, locale=locale)
        device.page.goto("/")
        hint: Any = device.page.locator("#late")
        expect(hint).to_be_visible()
        shown = [each for each in hint.locator("> div").all() if each.is_visible()]
        assert [words in each.inner_text() for each in shown] == [True]


def test_the_app_takes_the_hint_for_old_browsers_away(phone: Device) -> None:
    phone.go("/")
    expect(phone.page.locator("#late")).to_have_count(0)


@pytest.mark.parametrize(("locale", "number"), [("zh-CN", "3370000004"), ("en-GB", "3370000005")])
def test_the_pages_of_the_account_fit_a_narrow_phone_with_large_type(
    new_device: NewDevice, make: Factories, locale: str, number: str
) -> None:
    device = new_device(size=NARROW, locale=locale)
    for path in OPEN_PAGES:
        device.go(path)
        assert (path, device.overflow(), device.grave_findings()) == (path, 0, [])
    device.sign_in(make.person(cme_number=number, name="郑海", phone=None))
    for path in PAGES:
        device.go(path)
        device.page.wait_for_load_state("networkidle")
        assert (path, device.overflow(), device.grave_findings()) == (path, 0, [])
        device.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert (path, device.overflow()) == (path, 0), "with letters of twice the size"
