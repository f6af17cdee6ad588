"""A phone's camera, its browser with the cookie of a scan, and its owner who signs in later."""

from tests.api import Reply
from tests.attendance.conftest import Scene


def scanned(scene: Scene, url: str | None = None) -> str:
    """Open the shown code without a sign-in, and return the cookie of the browser."""
    page = scene.api.get((url or scene.shown()).removeprefix("https://cme.test"))
    return page.headers["Set-Cookie"].partition(";")[0]


def ask(
    scene: Scene, method: str, path: str, *, name: str | None = None, cookie: str | None = None, **body: object
) -> Reply:
    """Send a request as a browser does: with the cookie of a scan, with somebody's sign-in, with both or neither."""
    headers = {}
    if name is not None:
        headers["Authorization"] = f"Bearer {scene.api.as_(scene.people[name]).token}"
    if cookie is not None:
        headers["Cookie"] = cookie
    client = scene.api.app.test_client(use_cookies=False)
    return client.open(f"/api/v1{path}", method=method, json=body if method == "POST" else None, headers=headers)


def ticket(scene: Scene, name: str, cookie: str | None = None, **body: object) -> Reply:
    """Ask for a ticket, without the text of a code unless `qr` is among the body."""
    return ask(scene, "POST", "/check-in-tickets", name=name, cookie=cookie, **body)
