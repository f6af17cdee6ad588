"""A full hall for a minute: kiosks and phones check people in at the same time, and nothing is lost or doubled.

    python -m bench.hall [--seconds S] [--kiosks K] [--phones P] [--learners L] [--sessions N]

Kiosks read codes and phones send photos at the same sessions, each as fast as it is answered. Some people are at a
kiosk and on their phone at once, and every tenth scan is sent a second time. The networks take no time here: the
benchmark `checkins` is about them. At the end each acknowledged check-in must be there, and each must be there once.
"""

import argparse
import json
import tempfile
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, percentile, pin, table, write_result

CORES = len(pin(2))

from sqlalchemy import create_engine, insert, select  # noqa: E402

from attendance.machines.credentials import hash_of, new_token  # noqa: E402
from attendance.machines.personal_codes import PersonalCodes  # noqa: E402
from bench.load import check_in_load, load_generator  # noqa: E402
from bench.load.running_load import LoadResult, RunningLoad, cpu_seconds_of  # noqa: E402
from bench.seeding.seeded_learners import SeededLearners, seed, settings_in  # noqa: E402
from faces.engine import Purpose  # noqa: E402
from faces.engines.choosing import policy_of  # noqa: E402
from faces.matching.template import make_template  # noqa: E402
from models.attendance import CheckIn  # noqa: E402
from models.base import new_id  # noqa: E402
from models.people import Person  # noqa: E402
from models.venue_machines import Kiosk  # noqa: E402
from service.configuration.keys import load_keys  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from service.edge.database import prepare_engine  # noqa: E402
from tests.fakes import FakeEngine, picture  # noqa: E402
from tests.service.running.running_service import RunningService, free_port, running, until  # noqa: E402

PACKAGES = ["gunicorn", "flask", "apiflask", "sqlalchemy", "cryptography"]
SHARED = 20
"""So many people of each session are at a kiosk and on their phone at once."""
Key = tuple[str, str]


@dataclass(frozen=True)
class Hall:
    """What is sent. scans, visits: the session and the learner of each request, by their numbers."""

    seeded: SeededLearners
    people: list[str]
    tokens: list[str]
    scans: list[tuple[int, int]]
    requests: list[tuple[str, str, int, str]]
    visits: list[list[int]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result. Raises RuntimeError if anything was lost or doubled."""
    wanted = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        var, port = Path(folder) / "var", free_port()
        var.mkdir()
        settings = settings_in(var, port)
        hall = _fill(settings, wanted)
        photos = _photos(Path(folder), len(hall.visits))
        unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
        with running("bench.load.service_without_networks", var, **unset | {"PORT": str(port)}) as service:
            until(lambda: service.is_open() and service.call("GET", "/readyz")[0] == 200, "the service to be ready")
            kiosks, phones = _load(service, hall, photos, wanted)
        there = _check_ins(settings)
    acknowledged = _acknowledged(hall, kiosks, phones)
    lost = [key for key in acknowledged if there[key] == 0]
    doubled = [key for key, statuses in acknowledged.items() if statuses.count(201) > 1 or there[key] > 1]
    if lost or doubled or not acknowledged:
        raise RuntimeError(f"of {len(acknowledged)} acknowledged, {len(lost)} are lost and {len(doubled)} doubled")
    figures = {"kiosks": wanted.kiosks, "phones": wanted.phones, "seconds": wanted.seconds}
    figures |= {"acknowledged": len(acknowledged), "lost": 0, "doubled": 0}
    figures |= {"by_kiosk": _figures(kiosks, 1), "by_phone": _figures(phones, 2)}
    print(_report(figures))
    write_result("hall", figures, packages=PACKAGES, pinned_to=CORES, folder=wanted.results)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench hall")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kiosks", type=int, default=32)
    parser.add_argument("--phones", type=int, default=500)
    parser.add_argument("--learners", type=int, default=4000, help="half of them with kiosks, half with phones")
    parser.add_argument("--sessions", type=int, default=6)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    return parser


def _fill(settings: Settings, wanted: argparse.Namespace) -> Hall:
    """Seed people, sessions and kiosks, and return what they will send."""
    look = FakeEngine().look(picture("hall", 0), Purpose.ENROL)
    seeded = seed(
        settings, [make_template([look], policy_of(settings.face_engine))],
        learners=wanted.learners, sessions=wanted.sessions,
    )  # fmt: skip
    tokens = [new_token() for _ in range(wanted.kiosks)]
    engine = create_engine(settings.database)
    prepare_engine(engine)
    with engine.begin() as connection:
        numbers = connection.execute(select(Person.cme_number, Person.id)).all()
        staff = dict(numbers)["3399999999"]
        people = [ident for _, ident in sorted(numbers) if ident != staff]
        connection.execute(insert(Kiosk), [_kiosk(each, place, seeded, staff) for place, each in enumerate(tokens)])
    engine.dispose()
    half = wanted.learners // 2
    scans = [(session, who) for session in range(wanted.sessions) for who in [*range(SHARED), *range(half, 2 * half)]]
    visits = [[who, 0, session] for session in range(wanted.sessions) for who in range(half)]
    for number, visit in enumerate(visits):
        visit[1] = number
    codes, now = PersonalCodes(load_keys(settings).venue), datetime.now(UTC)
    bodies, asked = [], []
    for number, (session, who) in enumerate(scans):
        nonce = uuid.uuid4().hex
        body = json.dumps({"code": codes.show(people[who], now)[0].text, "nonce": nonce, "scanned_at": now.isoformat()})
        kiosk = session + wanted.sessions * (number % (wanted.kiosks // wanted.sessions))
        for _ in range(2 if number % 10 == 0 else 1):
            bodies.append(("POST", "/api/v1/kiosk/check-ins", kiosk, body))
            asked.append((session, who))
    return Hall(seeded, [str(each) for each in people], tokens, asked, bodies, visits)


def _kiosk(token: str, place: int, seeded: SeededLearners, staff: uuid.UUID) -> dict[str, Any]:
    now = datetime.now(UTC)
    session = uuid.UUID(seeded.sessions[place % len(seeded.sessions)])
    return {
        "id": new_id(), "session_id": session, "is_attended": True, "pairing_hash": uuid.uuid4().bytes * 2,
        "pairing_until": now, "made_by": staff, "made_at": now, "name": "门口", "token_hash": hash_of(token),
        "paired_at": now,
    }  # fmt: skip


def _photos(folder: Path, count: int) -> list[str]:
    """Write a picture of the same face for each visit: nobody checks in twice with one picture."""
    paths = [folder / f"{number}.photo" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(picture("hall", number + 1))
    return [str(path) for path in paths]


def _load(
    service: RunningService, hall: Hall, photos: list[str], wanted: argparse.Namespace
) -> tuple[LoadResult, LoadResult]:
    """Send scans and visits at the same time; return both loads."""
    scans = load_generator.Job(
        service.port, hall.tokens, hall.requests, wanted.kiosks, 201, seconds=wanted.seconds, also=200
    )
    visits = check_in_load.Job(
        service.port, hall.seeded.organizer, hall.seeded.learners, photos, hall.seeded.sessions, hall.visits,
        wanted.phones, seconds=wanted.seconds, also=200,
    )  # fmt: skip
    loads = [
        RunningLoad(module, asdict(job), lambda: cpu_seconds_of(service), lambda tried: None)
        for module, job in (("bench.load.load_generator", scans), ("bench.load.check_in_load", visits))
    ]
    kiosks, phones = (load.finish() for load in loads)
    if kiosks.result["refused"]:
        raise RuntimeError(f"kiosks were refused: {kiosks.result['refused']}")
    return kiosks, phones


def _acknowledged(hall: Hall, kiosks: LoadResult, phones: LoadResult) -> dict[Key, list[int]]:
    """Return the statuses of all answers that told of a check-in, by session and person."""
    asked = [(hall.scans[place], status) for place, status in kiosks.result["done"]]
    asked += [((hall.visits[place][2], hall.visits[place][0]), status) for place, status in phones.result["done"]]
    found: dict[Key, list[int]] = {}
    for (session, who), status in asked:
        found.setdefault((hall.seeded.sessions[session], hall.people[who]), []).append(status)
    return found


def _check_ins(settings: Settings) -> Counter[Key]:
    """Return how many check-ins each person has at each session."""
    engine = create_engine(settings.database)
    with engine.connect() as connection:
        rows = connection.execute(select(CheckIn.session_id, CheckIn.person_id)).all()
    engine.dispose()
    return Counter((str(session), str(person)) for session, person in rows)


def _figures(load: LoadResult, times: int) -> dict[str, Any]:
    """Return how many were answered a second, and how long they took. times: how many columns add up."""
    took = [sum(each[1 : 1 + times]) for each in load.result["times"]]
    return {
        "answered": len(took),
        "per_second": round(len(took) / load.result["wall_seconds"], 1),
        "p50_ms": round(percentile(took, 50), 1),
        "p99_ms": round(percentile(took, 99), 1),
        "refused": load.result["refused"],
    }


def _report(figures: dict[str, Any]) -> str:
    rows = [
        [name, each["answered"], each["per_second"], each["p50_ms"], each["p99_ms"], sum(each["refused"].values())]
        for name, each in (("kiosks", figures["by_kiosk"]), ("phones, ticket and photo", figures["by_phone"]))
    ]
    titles = [f"{figures['seconds']:.0f} s", "answered", "a second", "p50 ms", "p99 ms", "refused"]
    return f"{table(titles, rows)}\n{figures['acknowledged']} acknowledged, none lost, none doubled"


if __name__ == "__main__":
    main()
