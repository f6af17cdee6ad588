"""`scripts/take-screens`: starts a demo, lets its people do something, and takes each page."""

import argparse
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Error, sync_playwright
from sqlalchemy import select

from bench.screens.pages import SHOTS, Scene, Shot
from bench.screens.story import tell_once
from models.people import Person
from service.configuration.settings import Settings
from service.edge.database import db
from tests.browser.chromium import find_chromium, launch
from tests.browser.devices import DESK, PHONE, Device
from tests.browser.films import Camera
from tests.browser.served import ROOT, Served, beside, built_client, serving

LANGUAGES = {"zh": "zh-CN", "en": "en"}
SIZES = {"phone": PHONE, "desk": DESK}
PLACE: dict[str, Any] = {"device_scale_factor": 1, "timezone_id": "Asia/Shanghai"}
STILL = 3_000  # milliseconds that a page may go on asking
QUALITY = 66  # of WebP: letters stay sharp
FACES = {"/faces/cases/:case", "/faces/people/:person", "/room/attempts/:attempt"}  # they show real faces
NOT_TAKEN = {"/check-in", "/screen/:token", "/:rest(.*)", "/dev/components", "/dev/phone", *FACES}


def main() -> int:
    """Take the pictures, and return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/take-screens", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="take these pages alone, such as home")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "screens")
    parser.add_argument("--dark", action="store_true", help="in dark colours; the names end with -dark")
    parser.add_argument("--running", type=Path, metavar="VAR", help="of a demo that runs already, on this data folder")
    given = parser.parse_args()
    shots = [each for each in SHOTS if not given.names or each.name in given.names]
    (client, why_not), chromium = built_client(), find_chromium()
    if not client or not chromium or not shots:
        print(why_not or "take-screens: no Chromium (scripts/test --install-browser), or no page of that name")
        return 1
    given.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        var = given.running or Path(folder) / "var"
        camera = Camera(Path(folder))
        with _of(var) if given.running else serving(client, var, f"sqlite:///{folder}/cme.db") as served:
            browser = launch(play, chromium, camera.file)
            scene = Scene(tell_once(served.base_url, var), camera)
            size = sum(_take(shots, browser, served, scene, given.into, "dark" if given.dark else "light"))
            browser.close()
    print(f"{size / 1e6:.1f} MB in {given.into}")
    for path in sorted(_routes() - NOT_TAKEN - {_route_of(each.path) for each in SHOTS}):
        print(f"take-screens: no picture of {path}: add it to bench/screens/pages.py", file=sys.stderr)
    return 0


def _take(
    shots: list[Shot], browser: Browser, served: Served, scene: Scene, folder: Path, scheme: str
) -> Iterator[int]:
    """Take each page in each language and size; yield the bytes of each picture."""
    for who in dict.fromkeys(each.who for each in shots):
        for language, locale in LANGUAGES.items():
            for size, pixels in SIZES.items():
                device = Device(browser, served, size=pixels, locale=locale, color_scheme=scheme, **PLACE)
                if who:
                    device.sign_in(_person(served, scene.story.numbers[who]))
                for shot in (each for each in shots if each.who == who):
                    name = f"{shot.name}-{size}-{language}{'-dark' if scheme == 'dark' else ''}.webp"
                    try:
                        _open(device, shot, scene)
                    except (Error, AssertionError) as fault:
                        device.faults.append(str(fault).splitlines()[0])
                    yield _write(folder / name, device.page.screenshot())
                    _tell_faults(device, name)
                device.context.close()


def _of(var: Path) -> AbstractContextManager[Served]:
    """Return the demo that runs on a data folder."""
    told = json.loads((var / "demo.json").read_text(encoding="utf-8"))
    return beside(Settings(var=var, demo=True, public_url=told["base_url"]))


def _open(device: Device, shot: Shot, scene: Scene) -> None:
    if shot.before:
        shot.before(device, scene)
    if shot.path:
        device.go(shot.path.format(**scene.story.ids))
    if shot.step:
        shot.step(device, scene)
    with suppress(Error):  # a page that follows a stream is never without a request
        device.page.wait_for_load_state("networkidle", timeout=STILL)


def _write(path: Path, png: bytes) -> int:
    with Image.open(io.BytesIO(png)) as shown:
        shown.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
    return path.stat().st_size


def _tell_faults(device: Device, name: str) -> None:
    """Say what is wrong with the page that was taken."""
    headings, wide = device.page.locator("h1").count(), device.overflow()
    faults = [
        *device.faults,
        *([f"{headings} h1"] if headings != 1 else []),
        *([f"{wide} px too wide"] if wide else []),
    ]
    device.faults.clear()
    for fault in faults:
        print(f"{name}: {fault}", file=sys.stderr)


def _person(served: Served, number: str) -> Person:
    with served.app.test_request_context():
        person = db.session.scalars(select(Person).where(Person.cme_number == number)).one()
        db.session.expunge(person)
        return person


def _routes() -> set[str]:
    source = (ROOT / "web" / "src" / "router.ts").read_text(encoding="utf-8")
    return set(re.findall(r'path: "([^"]+)"', source))


def _route_of(path: str) -> str:
    plain = re.sub(r"\{(session|settlement)\}", r":\1", path.split("?")[0])
    return re.sub(r"\{(settled|running|project|opening)\}|(?<=^/claims/)new$", ":id", plain)


if __name__ == "__main__":
    sys.exit(main())
