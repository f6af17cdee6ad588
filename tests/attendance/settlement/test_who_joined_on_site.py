"""The reviewing unit sees who got onto the roster by themselves: roster, preview, confirmed list, report."""

import io
import zipfile
from collections.abc import Callable

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from models.projects import RosterEntry, RosterOrigin
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock


def came(closing: Closing, name: str, origin: RosterOrigin, *, attended: bool = True) -> None:
    person = closing.expect(name, attended=attended)
    row = table_of(RosterEntry)
    closing.db.execute(row.update().where(row.c.person_id == person.id).values(origin=origin.value))


def test_the_reviewing_unit_sees_who_joined_on_site(
    api: Api, make: Factories, clock: FakeClock, db: Session, run_jobs: Callable[[], None]
) -> None:
    closing = close(api, make, clock, db)
    came(closing, "li", RosterOrigin.STAFF)
    came(closing, "wang", RosterOrigin.ON_SITE)
    came(closing, "zhao", RosterOrigin.APPLICATION, attended=False)
    expected = {"li": "staff", "wang": "on_site", "zhao": "application"}
    path = f"/projects/{closing.project.id}"
    listed = closing.unit.get(f"{path}/roster").json["items"]
    assert {each["name"]: each["origin"] for each in listed} == expected
    preview = closing.unit.get(f"{path}/settlement/preview").json
    assert {each["name"]: each["origin"] for each in preview["grants"] + preview["skipped"]} == expected
    settlement = closing.confirm().json["id"]
    lines = closing.unit.get(f"/settlements/{settlement}/lines").json["items"]
    assert {each["name"]: each["origin"] for each in lines} == expected
    report = zipfile.ZipFile(io.BytesIO(closing.unit.get(f"{path}/report.zip").data))
    sheet = load_workbook(io.BytesIO(report.read("people.xlsx"))).active
    titles, *rows = sheet.iter_rows(values_only=True)
    column = titles.index("加入名单方式")
    assert {row[1]: row[column] for row in rows} == {"li": None, "wang": "现场报名", "zhao": "报名"}
    summary = load_workbook(io.BytesIO(report.read("summary.xlsx"))).active
    assert ("现场报名人数", 1) in [row[:2] for row in summary.iter_rows(values_only=True)]
