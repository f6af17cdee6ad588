"""A phone or a desk: what tests of pages look at, press and type into, and what its pages did wrong on the way."""

import re
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Response,
    Route,
    WebError,
    expect,
)

from models.people import Person
from service.edge.callers.refresh_cookies import COOKIE
from tests.browser.served import ROOT, Served

NARROW, PHONE, DESK = (320, 640), (360, 740), (1280, 800)
PATIENCE = 30_000  # milliseconds; a hang guard, many times what a page takes
_NO_NETWORK = "net::ERR_INTERNET_DISCONNECTED"
_NO_SERVICE_WORKER = "when fetching the script"  # a page that is idle registers it: perhaps without a network
_GRAVE = ("serious", "critical")
_ASK_AXE = """() => axe.run({resultTypes: ["violations"]}).then(({violations}) =>
    violations.map(({id, impact, nodes}) => [impact, id + " " + nodes.map(({target}) => target).join(", ")]))"""
_WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"
expect.set_options(timeout=PATIENCE)


class Gate:
    """Holds requests back until it is opened."""

    def __init__(self, device: "Device", pattern: str) -> None:
        self.waiting: list[Route] = []
        self._is_open = False
        device.context.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self.waiting.append(route)

    def open(self) -> None:
        """Let all go on, and those that come."""
        self._is_open = True
        for route in self.waiting:
            route.continue_()


class Device:
    """A browser of its own with a page. faults: what its pages did wrong so far, which fails the test."""

    def __init__(
        self, browser: Browser, served: Served, *, size: tuple[int, int] = PHONE, script: str = "", **options: Any
    ) -> None:
        """script: runs before those of each page, to take something away from the browser."""
        touch = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if size[0] < 800 else {}
        viewport = {"width": size[0], "height": size[1]}
        self._served = served
        self.base_url = served.base_url
        self._expected: list[re.Pattern[str]] = []
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(
            **{"viewport": viewport, "locale": "zh-CN", "base_url": served.base_url, **touch, **options}
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.grant_permissions(["camera"], origin=served.base_url)
        if script:
            self.context.add_init_script(script)
        self.context.on("console", self._hear)
        self.context.on("weberror", self._see_error)
        self.context.on("request", self._see_request)
        self.context.on("response", self._see_response)
        self.page: Page = self.context.new_page()

    # --- What is found on the page, by its `data-test`

    def get(self, name: str, **attributes: str) -> Locator:
        """Return what has this `data-test`, and these `data-…` beside it."""
        more = "".join(f'[data-{each}="{value}"]' for each, value in attributes.items())
        return self.page.locator(f'[data-test="{name}"]{more}')

    def sees(self, name: str, **attributes: str) -> Locator:
        """Wait until it can be seen, and return it."""
        found = self.get(name, **attributes).first
        expect(found).to_be_visible()
        return found

    def press(self, name: str) -> None:
        """Press it, once it is there."""
        self.get(name).first.click()

    def fill(self, **texts: str) -> None:
        """Type into fields; `cme_number` is the field `cme-number`."""
        for name, text in texts.items():
            self.get(name.replace("_", "-")).fill(text)

    def go(self, path: str) -> None:
        """Open a page, and wait until it says what it is."""
        self.page.goto(path)
        expect(self.page.locator("h1").first).to_be_visible()

    # --- Who is signed in

    def sign_in(self, person: Person, path: str = "/") -> None:
        """Give the browser a sign-in, and open a page."""
        self.keep_sign_in(person)
        self.go(path)

    def keep_sign_in(self, person: Person) -> None:
        """Give the browser the cookie of a sign-in, as the sign-in page would."""
        self.context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": self._served.new_tokens(person).refresh_token,
                    "url": f"{self._served.base_url}/api/v1/auth",
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )

    # --- What must hold on every page

    def grave_findings(self) -> list[str]:
        """Return what axe finds on the page that is serious or critical."""
        self.page.evaluate((ROOT / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8") + ";0")
        return [what for impact, what in self.page.evaluate(_ASK_AXE) if impact in _GRAVE]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        wide, screen = self.page.evaluate(_WIDTHS)
        return max(0, int(wide) - min(int(screen), int(self.page.viewport_size["width"])))

    # --- What goes wrong on the way

    def allow(self, pattern: str) -> None:
        """Expect faults that match."""
        self._expected.append(re.compile(pattern))

    def wait_for(self, method: str, path: str) -> Any:
        """Return a context manager that waits for the answer to a call of the API."""
        wanted = re.compile(rf"/api/v1{path}$")
        return self.page.expect_response(lambda each: each.request.method == method and bool(wanted.search(each.url)))

    def _hear(self, message: ConsoleMessage) -> None:
        # What Chromium itself writes of an answer of 4xx, or where there is no network, is no fault of the page.
        text, url = message.text, message.location["url"]
        is_told = text.startswith("Failed to load resource") and ("/api/" in url or _NO_NETWORK in text)
        if message.type == "error" and not is_told and _NO_SERVICE_WORKER not in text:
            self._note(f"console: {text} ({url})")

    def _see_error(self, told: WebError) -> None:
        self._note(f"error: {told.error}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._served.base_url}/", "data:", "blob:", "about:")):
            self._note(f"another host was asked: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"answer {response.status}: {response.url}")

    def _note(self, fault: str) -> None:
        if not any(each.search(fault) for each in self._expected):
            self.faults.append(fault)

    def describe(self) -> str:
        """Return where the page is and what it says, for the report of a test that failed."""
        try:
            return f"{self.page.url}\n{self.page.inner_text('body')}"
        except Error as gone:
            return str(gone)
