"""The pages of the web client on a slow phone: bytes of script, requests, and milliseconds until something shows.

    python -m bench.web [--rounds N] [--people P] [--questions Q]

Chromium loads each page with an empty cache through 1.6 Mbit/s and 150 ms, on a processor slowed down four times, in
turns with a bare page. The camera is a film: of a QR code for the scan, of a wall for the check-in.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.browsing import LATENCY_MS, TIMES_SLOWER, Load, bare_page, get_chromium, load
from bench.measuring import RESULTS, table, write_result
from bench.seeding.seeded_learners import seed
from faces.engine import Purpose
from faces.engines.choosing import policy_of
from faces.matching.template import make_template
from models.people import Person
from models.projects import Project
from service.app import create_app
from service.configuration.settings import Settings
from tests.api import Api
from tests.attendance.courses import exam
from tests.browser.chromium import launch
from tests.browser.devices import Device
from tests.browser.films import Camera, code_film
from tests.browser.served import Served, built_client
from tests.fakes import FakeEngine, RecordingGateway, picture
from tests.service.running.running_service import free_port, running, until

BUDGET_KB, BUDGET_REQUESTS, CAMERA_KB, PAINT = 60, 10, 40, 2.0
_STAFF = "3399999999"


@dataclass(frozen=True)
class _Site:
    """The service with its data. learner: the first one; session: an open one with everybody on its roster."""

    served: Served
    client: Path
    learner: Person
    organizer: Person
    session: str
    project: str

    def code(self) -> str:
        """Return the text of the QR code that the venue shows now."""
        return str(Api(self.served.app).as_(self.organizer).get(f"/sessions/{self.session}/qr").json["url"])


@dataclass(frozen=True)
class _Case:
    """A page to load. who: who is signed in; act: what they do there; until: what they wait for."""

    path: Callable[[_Site], str]
    shows: Mapping[str, str]
    until: str
    who: str = "learner"
    act: Callable[[Page], None] | None = None
    shows_code: bool = False


def _press(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f'[data-test="{name}"]').first.click()


def _path_of(url: str) -> str:
    return "/s/" + url.partition("/s/")[2]


TODAY = {"shown": "[data-test=today], main p.card"}  # late in the evening the session is one of tomorrow
READ = {"shown": "main h1"}
EXAM = {"shown": '[data-test="exam-start"]', "question": "fieldset.question"}
ROOM = {"numbers": ".numbers", "shown": "tbody tr"}
CASES = {
    "home, signed out": _Case(lambda site: "/", {"shown": '[data-test="scan-button"]'}, "shown", who=""),
    "home, signed in": _Case(lambda site: "/", TODAY, "shown"),
    "scan: camera ready": _Case(lambda site: "/scan", READ, "camera"),
    "scan: code read": _Case(lambda site: "/scan", {"read": ".advice"}, "read", shows_code=True),
    "QR link to camera": _Case(lambda site: _path_of(site.code()), READ, "camera", act=_press("go-on")),
    "exam to question 1": _Case(
        lambda site: f"/projects/{site.project}/exam", EXAM, "question", act=_press("exam-start")
    ),
    "room": _Case(lambda site: f"/room/{site.session}", ROOM, "shown", who="organizer"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(prog="scripts/bench web")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=500, help="on the roster of the room's session")
    parser.add_argument("--questions", type=int, default=50, help="of the exam")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    wanted = parser.parse_args(arguments)
    chromium = get_chromium()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        _site(Path(name), wanted.people, wanted.questions) as site,
        bare_page(Path(name)) as bare,
        sync_playwright() as play,
    ):
        camera = Camera(Path(name))
        browser = launch(play, chromium, camera.file)
        about = {"chromium": browser.version, "people": wanted.people, "questions": wanted.questions}
        figures = measure(browser, camera, site, bare, wanted.rounds)
        browser.close()
    print(report(figures))
    whole = {"rounds": wanted.rounds, **about, "pages": figures}
    write_result("web", whole, packages=["flask", "gunicorn", "playwright"], pinned_to=0, folder=wanted.results)


@contextmanager
def _site(folder: Path, people: int, questions: int) -> Iterator[_Site]:
    client, why = built_client()
    if not client:
        raise SystemExit(f"the web client could not be built: {why}")
    var, port = folder / "var", free_port()
    var.mkdir()
    settings = Settings.model_construct(var=var, port=port)
    look = FakeEngine().look(picture("hall", 0), Purpose.ENROL)
    seeded = seed(settings, [make_template([look], policy_of(settings.face_engine))], learners=people, sessions=1)
    unset = {each.upper(): "" for each in Settings.model_fields if each != "var"}
    options = {
        **unset,
        "PORT": str(port),
        "FACE_WORKERS": "1",
        "WEB_FOLDER": client,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    settings = settings.model_copy(update={"public_url": options["PUBLIC_URL"]})
    with running("service.run", var, **options) as process:
        until(lambda: process.is_open() and process.call("GET", "/readyz")[0] == 200, "the service to be ready")
        app = create_app(settings, engine=FakeEngine(), sms=RecordingGateway())
        with Session(create_engine(settings.database), expire_on_commit=False) as db:
            everybody = db.scalars(select(Person).order_by(Person.cme_number)).all()
            project = str(db.scalars(select(Project.id)).one())
        staff = Api(app).as_(everybody[-1])
        rules = exam(questions, needs_attendance=False, minutes=120)
        made = staff.put(f"/projects/{project}/exam", rules)
        if made.status_code != 200:
            raise RuntimeError(made.json)
        served = Served(options["PUBLIC_URL"], settings, app)
        yield _Site(served, Path(client), everybody[0], everybody[-1], seeded.sessions[0], project)


def measure(browser: Browser, camera: Camera, site: _Site, bare: str, rounds: int) -> dict[str, Any]:
    """Return the figures of each page, all in turns with the bare page. A round that is not counted goes before."""
    loads: dict[str, list[Load]] = {name: [] for name in ("bare page", *CASES)}
    for turn in range(1 + rounds):
        for name in loads:
            found = _load_bare(browser, bare) if name == "bare page" else _load(browser, camera, site, CASES[name])
            if turn:
                loads[name].append(found)
    return {name: _figures(site, found) for name, found in loads.items()}


def _load_bare(browser: Browser, url: str) -> Load:
    context = browser.new_context(is_mobile=True, viewport={"width": 360, "height": 740})
    found = load(context.new_page(), url, {"shown": "h1"}, "shown")
    context.close()
    return found


def _load(browser: Browser, camera: Camera, site: _Site, case: _Case) -> Load:
    if case.shows_code:
        camera.show(code_film(site.code()))
    else:
        camera.show_wall()
    phone = Device(browser, site.served)
    if case.who:
        phone.keep_sign_in({"learner": site.learner, "organizer": site.organizer}[case.who])
    found = load(phone.page, site.served.base_url + case.path(site), case.shows, case.until, case.act)
    phone.context.close()
    return found


def _figures(site: _Site, loads: Sequence[Load]) -> dict[str, Any]:
    """Return bytes and requests, which are the same in each load, and the median and the range of each time."""
    last = loads[-1]
    scripts = {Path(path).name: site.client / (path.removeprefix("/") + ".gz") for path in last.sizes}
    times = {name: [each.ms[name] for each in loads if name in each.ms] for name in last.ms}
    return {
        "requests": last.requests,
        "script_bytes": sum(last.sizes.values()),
        "scripts_as_gzip": {name: file.stat().st_size for name, file in scripts.items() if file.is_file()},
        "ms": {
            name: {"median": round(median(each)), "low": round(min(each)), "high": round(max(each))}
            for name, each in times.items()
        },
    }


def report(figures: Mapping[str, Any]) -> str:
    """Return the table and what meets its goal."""
    rows = [
        [
            name,
            f"{each['script_bytes'] / 1000:.1f}",
            f"{sum(each['scripts_as_gzip'].values()) / 1000:.1f}",
            each["requests"],
            *(_time(each["ms"], wanted) for wanted in ("first paint", "last")),
        ]
        for name, each in figures.items()
    ]
    headers = ["page", "script, kB", "as gzip", "requests", "first paint, ms", "shown, ms"]
    bare, home = (figures[name]["ms"]["first paint"]["median"] for name in ("bare page", "home, signed in"))
    first = set(figures["home, signed in"]["scripts_as_gzip"])
    own = {name: _own_kb(figures[name], first) for name in ("scan: camera ready", "QR link to camera")}
    return "\n".join([
        f"{1.6} Mbit/s, {LATENCY_MS} ms, a processor {TIMES_SLOWER} times slower; {datetime.now(UTC).date()}",
        table(headers, rows),
        f"home's first paint is {home / bare:.2f} times the bare page's (goal: under {PAINT:g}); goals of home: "
        f"{BUDGET_KB} kB and {BUDGET_REQUESTS} requests",
        *(f"{name}: {kb:.1f} kB of script beyond home's (goal: under {CAMERA_KB})" for name, kb in own.items()),
    ])  # fmt: skip


def _time(times: Mapping[str, Any], wanted: str) -> str:
    others = [each for name, each in times.items() if name != "first paint"]
    found = times.get(wanted) if wanted != "last" else max(others, key=lambda each: each["median"], default=None)
    return f"{found['median']} ({found['low']} to {found['high']})" if found else "-"


def _own_kb(figures: Mapping[str, Any], first: set[str]) -> float:
    """Return the size of the scripts that home does not have, as gzip: no less than what is sent."""
    own = [size for name, size in figures["scripts_as_gzip"].items() if name not in first]
    return float(sum(own)) / 1000


if __name__ == "__main__":
    main()
