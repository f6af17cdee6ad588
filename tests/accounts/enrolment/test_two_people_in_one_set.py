"""Two people's photos as one enrolment, of pairs whom plain distances took for one person; real faces, over HTTP."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faces.engines.choosing import make_engine
from faces.engines.photo_engine import PhotoEngine
from models.faces import FaceKey, FaceTemplate
from tests.api import Api
from tests.factories import Factories
from tests.photos import east_asian_people

PEOPLE = east_asian_people()
PAIRS = [("a71", "a55", 1), ("a73", "a33", 2), ("a75", "a35", 1), ("a61", "a01", 1)]  # and which photo of the second

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not {name for one, other, _ in PAIRS for name in (one, other)} <= set(PEOPLE),
        reason="needs the folder of East Asian people (FACES_EAST_ASIAN)",
    ),
]


@pytest.fixture(scope="module")
def real_engine(tmp_path_factory: pytest.TempPathFactory) -> PhotoEngine:
    return make_engine("dlib-onnx+faceres", folder=tmp_path_factory.mktemp("models"))


@pytest.fixture
def engine(real_engine: PhotoEngine) -> PhotoEngine:
    """The engine of production in place of the fake one."""
    return real_engine


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def photo(person: str, number: int) -> bytes:
    path: Path = PEOPLE[person][number - 1].with_name(f"{number}.jpg")
    return path.read_bytes()


@pytest.mark.parametrize(("one", "other", "number"), PAIRS)
def test_two_people_as_one_enrolment_are_refused(
    api: Api, make: Factories, db: Session, one: str, other: str, number: int
) -> None:
    reply = api.as_(make.person()).enrol(photo(one, 1), photo(one, 2), photo(other, number))
    assert (reply.status_code, reply.json["code"]) == (422, "not_one_person")
    for table in (FaceTemplate, FaceKey):
        assert db.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("person", ["a71", "a75"])
def test_each_of_them_alone_enrols(api: Api, make: Factories, engine: PhotoEngine, person: str) -> None:
    if len(engine.networks) < 2:
        pytest.skip("dlib's network alone refuses more of the honest ones")
    assert api.as_(make.person()).enrol(photo(person, 1), photo(person, 2)).status_code == 201
