"""Getting in on a phone: by SMS, by the initial password, and back to where one came from."""

import re

from playwright.sync_api import expect

from tests.api import new_key
from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import Device
from tests.factories import PASSWORD, Factories


def a_phone_number() -> str:
    """A number that no other test has: codes to one number are few."""
    return f"+86199{int(new_key()[-8:], 16) % 10**8:08d}"


def test_an_sms_code_signs_in_and_leads_back_to_the_page_that_was_asked_for(phone: Device, make: Factories) -> None:
    number = a_phone_number()
    make.person(name="王芳", phone=number)
    phone.go("/credits")
    expect(phone.page).to_have_url(re.compile("/sign-in"))
    phone.page.get_by_role("button", name="手机验证码").click()
    phone.fill(phone=number.removeprefix("+86"))
    phone.press("send-code")
    expect(phone.get("send-code")).to_be_disabled()  # with the seconds to the next one
    outbox = phone.context.request.get("/dev/outbox", params={"phone": number})
    phone.fill(sms_code=outbox.json()["code"])
    phone.press("sign-in")
    expect(phone.page).to_have_url(re.compile("/credits$"))
    phone.page.reload()
    expect(phone.page.locator("h1")).to_be_visible()
    expect(phone.page).to_have_url(re.compile("/credits$"))


def test_the_initial_password_is_changed_and_what_was_typed_stays(phone: Device, make: Factories) -> None:
    person = make.person(name="李敏", must_change_password=True)
    phone.go("/sign-in")
    phone.fill(cme_number=person.cme_number, password="no-such-password-1")
    phone.press("sign-in")
    phone.sees("error", code="bad_credentials")
    expect(phone.get("cme-number")).to_have_value(person.cme_number)
    phone.fill(password=PASSWORD)
    phone.press("sign-in")
    phone.fill(new_password="Ward-8-rounds!", new_password_again="Ward-9-rounds!")
    phone.press("change-password")
    phone.sees("error", code="passwords_differ")
    phone.fill(new_password_again="Ward-8-rounds!")
    phone.press("change-password")
    phone.sees("scan-button")
    expect(phone.page.locator("h1")).to_contain_text("李敏")


def test_no_script_can_read_a_token_that_lasts(phone: Device, make: Factories) -> None:
    person = make.person()
    phone.go("/sign-in")
    phone.fill(cme_number=person.cme_number, password=PASSWORD)
    with phone.wait_for("POST", "/auth/login") as answered:
        phone.press("sign-in")
    phone.sees("scan-button")
    assert "refresh_token" not in answered.value.json() or answered.value.json()["refresh_token"] is None
    cookie = next(each for each in phone.context.cookies() if each["name"] == "cme_refresh")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/api/v1/auth")
    readable = phone.page.evaluate("() => document.cookie + JSON.stringify({...localStorage, ...sessionStorage})")
    assert "eyJ" not in readable


def test_a_phone_in_english_reads_english_from_the_first_paint(new_device: NewDevice, course: Course) -> None:
    phone = new_device(locale="en-GB")
    phone.go("/")
    expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    expect(phone.get("scan-button")).to_have_text("Scan")
    phone.press("language")
    expect(phone.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(phone.get("scan-button")).to_have_text("扫一扫")
    phone.page.reload()
    expect(phone.get("scan-button")).to_have_text("扫一扫")  # the choice is kept
