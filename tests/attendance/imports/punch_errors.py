"""What the tests of punches share."""

from tests.attendance.conftest import Scene


def errors(scene: Scene, ident: str) -> list[tuple[int, str, str]]:
    rows = scene.staff.get(f"/attendance-imports/{ident}/rows?only_bad=1").json["items"]
    return [(row["number"], each["column"], each["code"]) for row in rows for each in row["errors"]]
