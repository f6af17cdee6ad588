"""Who looks after people sees their credits as they do, and each look is on record."""

import pytest
from sqlalchemy import select

from models.base import new_id
from models.edge import AuditEntry
from models.people import Role
from tests.credit.conftest import CreditScene

PATHS = [
    "/people/{}/credits?from=2018-01-01&to=2018-12-31",
    "/people/{}/compliance?year=2018",
    "/people/{}/compliance/summary?year=2018",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_authority_and_the_units_admin_see_what_its_owner_sees(scene: CreditScene, path: str) -> None:
    scene.load(*scene.figure_7())
    mine = scene.learner.get(path.replace("/people/{}", "/me")).json
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    for who in (scene.authority, admin):
        reply = who.get(path.format(scene.person.id))
        assert (reply.status_code, reply.json) == (200, mine)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_let_in_or_kept_out(scene: CreditScene, role: Role) -> None:
    may = role in (Role.UNIT_ADMIN, Role.AUTHORITY)
    make, units = scene.make, (scene.unit, scene.make.unit(name="他院"))
    people = [make.person(unit=unit) if role is Role.LEARNER else make.staff(role, unit) for unit in units]
    here, elsewhere = (scene.api.as_(person) for person in people)
    for path in PATHS:
        assert here.get(path.format(scene.person.id)).status_code == (200 if may else 403)
        assert elsewhere.get(path.format(scene.person.id)).status_code == (404 if may else 403)
        assert here.get(path.format(new_id())).status_code == (404 if may else 403)


def test_each_look_is_audited_but_for_one_at_oneself(scene: CreditScene) -> None:
    for path in PATHS:
        scene.authority.get(path.format(scene.person.id))
        scene.authority.get(path.format(scene.boss.id))
    trail = scene.db.execute(
        select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.after).order_by(AuditEntry.id)
    )
    days = {"from": "2018-01-01", "to": "2018-12-31"}
    assert [tuple(row) for row in trail] == [
        ("credits.look", scene.boss.id, scene.person.id, {"what": what, **asked})
        for what, asked in (("credits", days), ("compliance", {"year": 2018}), ("summary", {"year": 2018}))
    ]


def test_a_year_comes_whole_unless_it_has_more_lines_than_a_person_can_have(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    whole = scene.compliance()
    assert (len(whole["items"]), whole["next_cursor"]) == (10, None)
    seen, more = [], ""
    while more is not None:
        page = scene.learner.get(f"/me/compliance?year=2018&limit=4{more}").json
        assert (page["record_count"], page["result"], page["have"]) == (10, whole["result"], whole["have"])
        seen += page["items"]
        more = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == whole["items"]
    for wrong in ("xx", page_of_another_year(scene)):
        assert scene.learner.get(f"/me/compliance?year=2018&cursor={wrong}").status_code == 422


def page_of_another_year(scene: CreditScene) -> str:
    """A cursor that is good elsewhere."""
    scene.load(*[scene.row(place, date="2017-05-01") for place in (91, 92)])
    return str(scene.learner.get("/me/compliance?year=2017&limit=1").json["next_cursor"])
