"""What the tests of punch import share with others."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime
from typing import Any

from attendance.imports.rows import PUNCH_COLUMNS
from sheets.writing import csv_lines
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import send, shown

Jobs = Callable[[], None]


def zone_of(scene: Scene) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(scene.session.zone)


def local(scene: Scene, at: datetime) -> str:
    return at.astimezone(zone_of(scene)).strftime("%Y-%m-%d %H:%M:%S")


def previewed(scene: Scene, run_jobs: Jobs, *rows: tuple[str, ...]) -> dict[str, Any]:
    lines = [tuple(row) + ("",) * (5 - len(row)) for row in rows]
    made = send(scene, "".join(csv_lines(PUNCH_COLUMNS, lines)).encode(), "punch")
    assert made.status_code == 202, made.json
    run_jobs()
    return shown(scene, made.json["id"])


def number_of(scene: Scene, name: str) -> str:
    return str(scene.people[name].cme_number)


def errors(scene: Scene, ident: str) -> list[tuple[int, str, str]]:
    rows = scene.staff.get(f"/attendance-imports/{ident}/rows?only_bad=1").json["items"]
    return [(row["number"], each["column"], each["code"]) for row in rows for each in row["errors"]]
