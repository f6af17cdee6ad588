"""What the tests of roster import share with others."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from attendance.imports.rows import ROSTER_COLUMNS
from sheets.writing import xlsx_bytes
from tests.api import Reply
from tests.attendance.conftest import Scene

Jobs = Callable[[], None]


WHY = "上传了错误的名单"


def book(*rows: Sequence[str]) -> bytes:
    return xlsx_bytes(ROSTER_COLUMNS, [tuple(row) + ("",) * (6 - len(row)) for row in rows])


def send(scene: Scene, data: bytes, kind: str = "roster", who: Any = None) -> Reply:
    form = {"file": (io.BytesIO(data), "roster.xlsx")}
    paths = {
        "roster": f"/projects/{scene.project.id}/roster-imports",
        "punch": f"/projects/{scene.project.id}/punch-imports",
    }
    return (who or scene.staff).call("POST", paths[kind], data=form, content_type="multipart/form-data")


def previewed(scene: Scene, run_jobs: Jobs, *rows: Sequence[str]) -> dict[str, Any]:
    made = send(scene, book(*rows))
    assert (made.status_code, made.json["status"]) == (202, "checking"), made.json
    run_jobs()
    return shown(scene, made.json["id"])


def shown(scene: Scene, ident: str) -> dict[str, Any]:
    return dict(scene.staff.get(f"/attendance-imports/{ident}").json)


def act(scene: Scene, ident: str, run_jobs: Jobs, what: str = "commit") -> dict[str, Any]:
    body = {"reason": WHY} if what == "undo" else None
    assert scene.staff.post(f"/attendance-imports/{ident}/{what}", body).status_code == 202
    run_jobs()
    return shown(scene, ident)
