"""Who else sees a project's people and results: its reviewing unit and the admin of its unit, who only read."""

import pytest

from models.people import Role
from models.projects import ProjectStatus
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene

PEOPLE = (
    "/roster",
    "/roster.xlsx",
    "/roster.csv",
    "/waiting-list",
    "/attendance",
    "/settlement/preview",
    "/settlements",
)
PLAN = ("/sessions", "/transitions", "")


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.UNIT_ADMIN])
def test_the_reviewing_unit_and_the_units_admin_see_a_project_from_its_filing_on(scene: Scene, role: Role) -> None:
    over = scene.make.province if role is Role.AUTHORITY else scene.unit
    overseer = scene.api.as_(scene.make.staff(role, over))
    draft = scene.make.project(unit=scene.unit, organizer=scene.organizer, status=ProjectStatus.DRAFT)
    filed = scene.make.project(unit=scene.unit, organizer=scene.organizer, status=ProjectStatus.FILED)
    session = scene.make.session(draft)
    sees_drafts = role is Role.AUTHORITY
    for tail in (*PEOPLE, *PLAN):
        is_seen = sees_drafts and tail in PLAN
        assert overseer.get(f"/projects/{draft.id}{tail}").status_code == (200 if is_seen else 403), tail
        assert overseer.get(f"/projects/{filed.id}{tail}").status_code == 200, tail
    for tail in ("", "/attendance", "/corrections"):
        assert code_of(overseer.get(f"/sessions/{session.id}{tail}")) == (403, "forbidden"), tail
        assert overseer.get(f"/sessions/{scene.session.id}{tail}").status_code == 200, tail
        assert scene.staff.get(f"/sessions/{session.id}{tail}").status_code == 200, tail
    listed = {each["id"] for each in overseer.get("/projects").json["items"]}
    assert listed == {str(filed.id), str(scene.project.id)} | ({str(draft.id)} if sees_drafts else set())
    assert str(draft.id) in {each["id"] for each in scene.staff.get("/projects").json["items"]}


def test_the_units_admin_only_reads(scene: Scene) -> None:
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    assert admin.get(f"/projects/{scene.project.id}/transitions").json["next"] == []
    why = {"reason": "试试看"}
    assert code_of(admin.post(f"/projects/{scene.project.id}/transitions", {"to": "cancelled", **why})) == (
        403, "forbidden",
    )  # fmt: skip
    assert code_of(admin.post(f"/sessions/{scene.session.id}/cancellation", why)) == (403, "forbidden")
    assert code_of(admin.get(f"/projects/{scene.project.id}/exam")) in ((403, "forbidden"), (404, "not_found"))


def test_an_admin_of_another_unit_who_reads_elsewhere_sees_nothing_here(scene: Scene) -> None:
    stranger = scene.make.staff(Role.UNIT_ADMIN, scene.make.unit(name="二院"), Role.ORGANIZER)
    for tail in (*PEOPLE, *PLAN):
        assert code_of(scene.api.as_(stranger).get(f"/projects/{scene.project.id}{tail}")) == (403, "forbidden")
    assert scene.api.as_(stranger).get("/projects").json["items"] == []
