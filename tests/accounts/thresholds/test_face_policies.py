"""Who sets the thresholds of faces, and what is told of them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.face_policies import FaceCalibration, FacePolicySetting
from models.people import Role, UnitKind
from tests.accounts.thresholds.conftest import BOTH, GUARD, enrol
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeEngine, face


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture
def authority(api: Api, make: Factories) -> Api:
    return api.as_(make.staff(Role.AUTHORITY, make.province))


def test_a_calibration_of_before_there_were_guards_gets_the_packaged_one(
    api: Api, make: Factories, db: Session, authority: Api
) -> None:
    enrol(api, make, 20)
    made = authority.post("/face-calibrations").json["id"]
    row = db.scalars(select(FaceCalibration)).one()
    row.policies = [{what: value for what, value in each.items() if what != "guard"} for each in row.policies]
    db.commit()
    chosen = authority.put("/face-policy", {"calibration": made, "reason": "沿用旧阈值"}).json
    assert [each["guard"] for each in chosen["policies"]] == [GUARD]


def test_too_few_people_are_told_so_and_change_nothing(api: Api, make: Factories, db: Session, authority: Api) -> None:
    enrol(api, make, 19)
    reply = authority.post("/face-calibrations")
    assert (reply.status_code, reply.json["code"]) == (409, "too_few_faces")
    assert db.scalar(select(func.count()).select_from(FaceCalibration)) == 0


def test_a_calibration_that_is_not_there_is_not_set(authority: Api, db: Session) -> None:
    unknown = "01890000-0000-7000-8000-000000000000"
    reply = authority.put("/face-policy", {"calibration": unknown, "reason": "试用"})
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")
    assert db.scalar(select(func.count()).select_from(FacePolicySetting)) == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHORITY, Role.LEARNER}))
def test_only_an_authority_sets_thresholds(api: Api, make: Factories, role: Role) -> None:
    assert_sets_none(api.as_(make.staff(role, make.province)))


@pytest.mark.parametrize("kind", [UnitKind.CITY, UnitKind.COUNTY])
def test_only_the_authority_of_the_province_sets_thresholds(
    api: Api, make: Factories, db: Session, kind: UnitKind
) -> None:
    below = make.unit(kind=kind, parent=make.province)
    chief = make.staff(Role.AUTHORITY, below)
    assert_sets_none(api.as_(chief))
    assert api.as_(chief).get("/face-policy").status_code == 200
    assert db.scalar(select(func.count()).select_from(FacePolicySetting)) == 0


def assert_sets_none(someone: Api) -> None:
    for reply in (
        someone.put("/face-policy", {"calibration": None, "reason": "试用"}),
        someone.post("/face-calibrations"),
    ):
        assert (reply.status_code, reply.json["code"]) == (403, "forbidden")


def test_readyz_tells_which_networks_look(api: Api) -> None:
    told = api.get("/readyz").json
    assert told["face_networks"] == BOTH.split("+")
    assert told["missing_face_networks"] == []
    assert told["face_policy"] == {"version": "packaged-ea-1", "networks": BOTH}


def test_without_the_second_network_the_first_ones_centred_thresholds_decide_and_readyz_says_so(
    api: Api, make: Factories, engine: FakeEngine
) -> None:
    engine.also = ()
    told = api.get("/readyz")
    assert told.status_code == 200
    assert told.json["missing_face_networks"] == ["human-faceres-3.3.6"]
    assert told.json["face_policy"] == {"version": "packaged-ea-1", "networks": "dlib-resnet-v1"}
    assert api.as_(make.person()).enrol(face("li"), face("wang")).json["code"] == "not_one_person"
    assert api.as_(make.person()).enrol(face("li"), face("li", off=0.3)).status_code == 201
    assert api.as_(make.person()).enrol(face("li", off=0.1)).json["code"] == "face_belongs_to_another_account"
