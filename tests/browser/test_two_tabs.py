"""Two tabs of one browser: one renewal at a time, and one sign-out for both."""

import re

from playwright.sync_api import expect

from tests.browser.devices import Device, Gate
from tests.factories import Factories

# Whether another tab waits for its turn to renew the tokens; the loop is a hang guard.
SOMEBODY_WAITS = """async () => {
    for (let left = 500; left > 0; left -= 1) {
        const { pending } = await navigator.locks.query();
        if (pending.some(({ name }) => name === "refresh")) return true;
        await new Promise((go) => setTimeout(go, 20));
    }
    return false;
}"""


def test_two_tabs_renew_one_after_the_other(phone: Device, make: Factories) -> None:
    phone.sign_in(make.person(name="王芳"))
    other = phone.context.new_page()
    gate = Gate(phone, "**/auth/refresh")
    with phone.page.expect_request("**/auth/refresh"):
        phone.page.reload(wait_until="commit")
    other.goto("/credits", wait_until="commit")
    assert phone.page.evaluate(SOMEBODY_WAITS)
    assert len(gate.waiting) == 1
    gate.open()
    for tab, title in ((phone.page, "王芳"), (other, "学分")):
        expect(tab.locator("h1")).to_contain_text(title)


def test_who_signs_out_in_one_tab_is_signed_out_in_all(phone: Device, make: Factories) -> None:
    phone.sign_in(make.person(name="王芳"), "/profile")
    home, credits = (phone.context.new_page() for _ in range(2))
    for tab, path in ((home, "/"), (credits, "/credits?year=2025")):
        tab.goto(path)
        expect(tab.locator("nav.tabs")).to_be_visible()
    phone.go("/more")
    phone.press("sign-out")
    expect(phone.page.locator("nav.tabs")).to_have_count(0)
    expect(home.locator("nav.tabs")).to_have_count(0)
    expect(home.locator("body")).not_to_contain_text("王芳")
    expect(credits).to_have_url(re.compile(r"/sign-in\?next=/credits"))
