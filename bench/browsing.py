"""Loads pages in Chromium as a phone on a slow network does, and says what they took."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.chromium import find_chromium

DOWN, UP, LATENCY_MS, TIMES_SLOWER = 1.6e6 / 8, 0.75e6 / 8, 150, 4
"""The phone and its network: bytes a second, milliseconds, and how many times slower its processor is."""

_WATCH = """wanted => {
    const shown = (window.shownAt = {});
    const now = () => performance.timeOrigin + performance.now();
    const look = () => {
        for (const [name, what] of Object.entries(wanted)) {
            if (!(name in shown) && document.querySelector(what)) shown[name] = now();
        }
        const video = document.querySelector("video");
        if (video?.videoWidth && video.readyState >= 2) shown.camera ??= now();
        requestAnimationFrame(look);
    };
    look();
}"""
_TIMES = """() => ({
    began: performance.timeOrigin,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    shown: window.shownAt ?? {},
})"""


def get_chromium() -> str:
    """Return the path of a Chromium. Raises SystemExit, with how to get one, where there is none."""
    found = find_chromium()
    if not found:
        raise SystemExit("no Chromium: scripts/test --install-browser installs one, or name one in CHROMIUM")
    return found


@dataclass
class Load:
    """What one load of a page took. sizes: bytes of the bodies of its scripts as sent, by path; ms: milliseconds."""

    requests: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)


def load(page: Page, url: str, shows: Mapping[str, str], until: str, act: Callable[[Page], None] | None = None) -> Load:
    """Open a page on the slow phone, and return what it took until `until` was shown.

    shows: selectors of what is waited for, by name; `camera` is a video with a picture. act: what the person does next.
    """
    cdp = page.context.new_cdp_session(page)
    for command, options in (
        ("Network.enable", {}),
        ("Network.emulateNetworkConditions", {
            "offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP,
        }),
        ("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER}),
    ):  # fmt: skip
        cdp.send(command, options)
    traffic = _Traffic(cdp)
    page.add_init_script(f"({_WATCH})({dict(shows)!r})")
    page.goto(url, wait_until="commit")
    began = page.evaluate(_TIMES)["began"]
    page.wait_for_load_state("load")
    if act is not None:
        act(page)
    page.locator("video" if until == "camera" else shows[until]).first.wait_for(timeout=120_000)
    requests, scripts = traffic.so_far()
    times = _await_times(page, until)
    page.wait_for_timeout(300)  # the sizes of what came last
    found = Load(requests, {path: traffic.sizes[ident] for ident, path in scripts.items() if ident in traffic.sizes})
    if times["painted"] is not None and act is None:
        found.ms["first paint"] = times["painted"]
    found.ms |= {name: at - began for name, at in times["shown"].items()}
    cdp.detach()
    return found


def _await_times(page: Page, until: str) -> Any:
    for _ in range(600):
        times = page.evaluate(_TIMES)
        if until in times["shown"]:
            return times
        page.wait_for_timeout(50)
    raise RuntimeError(f"{page.url} never showed: {until}")


class _Traffic:
    """What a page asked for. sizes: bytes of each answer's body as it was transferred, by the request."""

    def __init__(self, cdp: Any) -> None:
        self._asked: list[tuple[str, str, str]] = []
        self._heads: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        cdp.on("Network.requestWillBeSent", self._ask)
        cdp.on("Network.responseReceived", self._head)
        cdp.on("Network.loadingFinished", self._end)

    def so_far(self) -> tuple[int, dict[str, str]]:
        """Return how many requests there were so far, and the paths of those for scripts."""
        return len(self._asked), {ident: path for ident, kind, path in self._asked if kind == "Script"}

    def _ask(self, event: Any) -> None:
        if event["request"]["url"].startswith("http"):
            self._asked.append((event["requestId"], event.get("type", ""), urlsplit(event["request"]["url"]).path))

    def _head(self, event: Any) -> None:
        self._heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def _end(self, event: Any) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"]) - self._heads.get(event["requestId"], 0)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextmanager
def bare_page(folder: Path) -> Iterator[str]:
    """Serve a page of one heading and one line, without style and script; give its address."""
    html = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>空白</title><h1>继续医学教育</h1><p>扫一扫</p>'
    )
    (folder / "index.html").write_text(html, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
