"""Check-ins by kiosks on two cores, compared with a bare Flask app that commits one row in each request.

    python -m bench.kiosks [--rounds N] [--seconds S] [--kiosks K] [--learners L]

Each kiosk sends one scan after the other, each of another learner: a credential, a sealed code, roster and windows, one
check-in with its receipt. In turns, the bare app commits one row in each request, on the same cores, with the same
gunicorn, workers and threads. Nothing may be lost or doubled: the check-ins are counted at the end.
"""

import argparse
import json
import tempfile
import uuid
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench.measuring import RESULTS, pin, table, write_result

CORES = len(pin(2))

from sqlalchemy import create_engine, func, insert, select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from attendance.machines.credentials import hash_of, new_token  # noqa: E402
from attendance.machines.personal_codes import PersonalCodes  # noqa: E402
from bench.answer_figures import Round, saved_figures  # noqa: E402
from bench.baselines import bare_write  # noqa: E402
from bench.load.load_generator import Job  # noqa: E402
from bench.load.running_load import LoadResult, load_for  # noqa: E402
from bench.seeding.databases import migrated_engine  # noqa: E402
from bench.seeding.full_project import add_people  # noqa: E402
from models.attendance import CheckIn  # noqa: E402
from models.base import new_id  # noqa: E402
from models.projects import Liveness, Project, ProjectStatus, QrMode, RosterEntry, RosterRole  # noqa: E402
from models.projects import Session as VenueSession  # noqa: E402
from models.venue_machines import Kiosk  # noqa: E402
from service.configuration.keys import load_keys  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from tests.service.running.running_service import RunningService, free_port, running, until  # noqa: E402

PACKAGES = ["gunicorn", "flask", "apiflask", "sqlalchemy", "cryptography"]
Request = tuple[str, str, int, str]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    wanted = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        var, port = Path(folder) / "var", free_port()
        var.mkdir()
        settings = Settings.model_construct(var=var, port=port)
        tokens, scans = _seed(settings, kiosks=wanted.kiosks, learners=wanted.learners)
        unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
        with running("service.run", var, **{**unset, "PORT": str(port), "FACE_WORKERS": "1"}) as ours:
            until(lambda: ours.is_open() and ours.call("GET", "/readyz")[0] == 200, "the service to be ready")
            sizes, bare_port = Settings.model_construct(), free_port()
            with bare_write.served(
                Path(folder), bare_port, workers=sizes.web_workers, threads=sizes.web_threads
            ) as bare:
                rounds = [_round(ours, bare, tokens, scans, wanted) for _ in range(wanted.rounds)]
            answered = sum(len(each.ours.result["times"]) for each in rounds)
            sent = wanted.learners - len(scans)
            made = _count(settings)
    if not answered <= made <= sent:
        raise RuntimeError(f"{sent} scans were sent and {answered} answered, but there are {made} check-ins")
    figures = {"kiosks": wanted.kiosks, "rounds": wanted.rounds, "check_ins": made}
    figures |= saved_figures(rounds, wanted.seconds)
    print(_report(figures))
    write_result("kiosks", figures, packages=PACKAGES, pinned_to=CORES, folder=wanted.results)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench kiosks")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each part of a round")
    parser.add_argument("--kiosks", type=int, default=32, help="kiosks that send scans at the same time")
    parser.add_argument("--learners", type=int, default=40_000, help="more than can be checked in")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    return parser


def _seed(settings: Settings, *, kiosks: int, learners: int) -> tuple[list[str], deque[Request]]:
    """Seed a session with kiosks and a roster; return the kiosks' credentials, and one scan for each learner."""
    now, project, session = datetime.now(UTC).replace(microsecond=0), new_id(), new_id()
    tokens = [new_token() for _ in range(kiosks)]
    engine = migrated_engine(settings)
    with engine.begin() as connection:
        unit, people = add_people(connection, learners)
        facts = {
            "id": project, "unit_id": unit, "reviewing_unit_id": unit, "status": ProjectStatus.RUNNING,
            "name": "学习班", "starts_on": now.date(), "ends_on": now.date(), "created_by": people[0],
            "created_at": now,
        }  # fmt: skip
        connection.execute(insert(Project), [facts])
        roster = {"project_id": project, "role": RosterRole.LEARNER, "added_at": now}
        connection.execute(insert(RosterEntry), [{"id": new_id(), "person_id": each, **roster} for each in people[2:]])
        windows = {
            "in_opens_at": now - timedelta(hours=1), "late_from": now + timedelta(hours=1),
            "in_closes_at": now + timedelta(hours=2), "out_opens_at": now + timedelta(hours=3),
            "out_closes_at": now + timedelta(hours=4),
        }  # fmt: skip
        place = {
            "id": session, "project_id": project, "short_code": session.hex[-12:], "title": "上午", "venue": "一号厅",
            "zone": "Asia/Shanghai", "starts_at": now, "ends_at": now + timedelta(hours=3),
            "qr_mode": QrMode.ROTATING, "liveness": Liveness.NONE, **windows,
        }  # fmt: skip
        connection.execute(insert(VenueSession), [place])
        paired = {
            "session_id": session, "is_attended": True, "pairing_until": now, "made_by": people[0], "made_at": now,
            "name": "门口", "paired_at": now,
        }  # fmt: skip
        machines = [
            {"id": new_id(), "pairing_hash": uuid.uuid4().bytes * 2, "token_hash": hash_of(token), **paired}
            for token in tokens
        ]
        connection.execute(insert(Kiosk), machines)
    engine.dispose()
    at = now.isoformat()
    codes = PersonalCodes(load_keys(settings).venue)
    scans = deque(
        (
            "POST",
            "/api/v1/kiosk/check-ins",
            number % kiosks,
            json.dumps({"code": codes.show(who, now)[0].text, "nonce": uuid.uuid4().hex, "scanned_at": at}),
        )
        for number, who in enumerate(people[2:])
    )
    return tokens, scans


def _round(
    ours: RunningService, bare: RunningService, tokens: list[str], scans: deque[Request], wanted: argparse.Namespace
) -> Round:
    """Send scans to the service, then rows to the bare app; return both loads. Scans that were sent are taken away."""
    mine = _load(ours, tokens, list(scans), 201, wanted)
    for _ in range(min(len(scans), mine.result["tried"])):
        scans.popleft()
    body = json.dumps({"options": ["1"]})
    rows = [
        ("PUT", f"/exam-attempts/{uuid.uuid4()}/answers/1", number % len(tokens), body)
        for number in range(len(scans) + wanted.learners)
    ]
    return Round(mine, _load(bare, tokens, rows, 200, wanted))


def _load(
    service: RunningService, tokens: list[str], requests: list[Request], expects: int, wanted: argparse.Namespace
) -> LoadResult:
    job = Job(service.port, tokens, list(islice(requests, wanted.learners)), wanted.kiosks, expects, wanted.seconds)
    return load_for(service, job, wanted.seconds)


def _count(settings: Settings) -> int:
    engine = create_engine(settings.database)
    with Session(engine) as db:
        number = db.scalar(select(func.count()).select_from(CheckIn)) or 0
    engine.dispose()
    return number


def _report(figures: dict[str, object]) -> str:
    def row(name: str, each: dict[str, float], form: str) -> list[object]:
        return [name, *(format(each[part], form) for part in ("median", "low", "high"))]

    ours, bare = figures["saved"], figures["bare_write"]
    assert isinstance(ours, dict)
    assert isinstance(bare, dict)
    of_bare, by_cpu = figures["of_bare_write"], figures["of_bare_write_by_cpu"]
    assert isinstance(of_bare, dict)
    assert isinstance(by_cpu, dict)
    rows = [
        row("check-ins/s", ours["per_second"], ".1f"),
        row("bare Flask, one committed row/s", bare["per_second"], ".1f"),
        row("  share of it", of_bare, ".1%"),
        row("  by CPU time of the web", by_cpu, ".1%"),
        row("CPU ms: a check-in", ours["cpu_ms"], ".2f"),
        row("CPU ms: a bare write", bare["cpu_ms"], ".2f"),
        row("others' share of the cores", ours["others_share"], ".1%"),
    ]
    return table([f"{figures['kiosks']} kiosks at once", "median", "low", "high"], rows)


if __name__ == "__main__":
    main()
