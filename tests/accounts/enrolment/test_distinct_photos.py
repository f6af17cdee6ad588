"""The same picture counts once at enrolment, and a setting says how many different ones are needed."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.faces import FacePhoto, FaceTemplate
from service.app import equip, make_components
from service.configuration.settings import Settings
from tests.accounts.enrolment.photo_checks import count
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway, picture
from tests.pictures import PaintedEngine
from tests.pictures import picture as painted


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture
def strict_app(
    app: APIFlask, settings: Settings, clock: FakeClock, engine: FakeEngine, sms: RecordingGateway
) -> Iterator[APIFlask]:
    """The service where an enrolment needs three different photos."""
    strict = settings.model_copy(update={"enrolment_photos": 3})
    equip(app, make_components(strict, clock=clock, engine=engine, sms=sms))
    yield app
    equip(app, make_components(settings, clock=clock, engine=engine, sms=sms))


@pytest.mark.parametrize(
    ("photos", "distinct"),
    [
        ([picture("li", 1)] * 3, 1),
        ([picture("li", 1), picture("li", 1, tags=1)], 1),
        ([picture("li", 1), picture("li", 1, mirrored=True), picture("li", 2)], 2),
        ([picture("li", 1), picture("li", 2), picture("li", 1)], 2),
        ([picture("li", 1), picture("li", 2), picture("li", 3)], 3),
    ],
)
def test_photos_is_the_number_of_distinct_ones(
    api: Api, make: Factories, db: Session, photos: list[bytes], distinct: int
) -> None:
    reply = api.as_(make.person()).enrol(*photos)
    assert (reply.status_code, reply.json["photos"]) == (201, distinct)
    assert len(reply.json["quality"]) == len(photos)
    assert db.scalars(select(FaceTemplate.photos)).one() == distinct


def test_fewer_different_photos_than_needed_are_refused(strict_app: APIFlask, make: Factories, db: Session) -> None:
    me = Api(strict_app).as_(make.person())
    assert me.get("/face-consent").json["photos_needed"] == 3
    reply = me.enrol(picture("li", 1), picture("li", 2), picture("li", 1), picture("li", 2, tags=1))
    assert (reply.status_code, reply.json["code"]) == (422, "too_few_photos")
    assert (reply.json["needed"], reply.json["distinct"]) == (3, 2)
    assert list(reply.json["errors"]) == ["photos"]
    assert count(db, FaceTemplate) == 0
    assert me.enrol(picture("li", 1), picture("li", 2), picture("li", 3)).json["photos"] == 3


def test_the_odd_photo_is_named_by_its_place_among_those_sent(api: Api, make: Factories) -> None:
    mine = picture("li", 1)
    reply = api.as_(make.person()).enrol(mine, mine, picture("li", 2), picture("wang", 1))
    assert (reply.json["code"], list(reply.json["errors"])) == ("not_one_person", ["photos.3"])


def test_production_needs_three_photos_and_everything_else_one() -> None:
    assert Settings().photos_needed == 1
    assert Settings(demo=True).photos_needed == 1
    assert Settings(enrolment_photos=2).photos_needed == 2
    production = Settings.model_construct(environment="production", enrolment_photos=None)
    assert production.photos_needed == 3


class TestKeptPhotos:
    """Only different pictures are kept for a change of the model."""

    @pytest.fixture
    def engine(self) -> PaintedEngine:
        return PaintedEngine()

    def test_a_copy_is_not_kept(self, api: Api, make: Factories, db: Session) -> None:
        photos = [painted("li"), painted("li"), painted("li", off=0.4)]
        reply = api.as_(make.person()).send_photos("/me/face", photos, consent_version="test-1", keep_photos="true")
        assert (reply.status_code, reply.json["photos"]) == (201, 2)
        assert count(db, FacePhoto) == 2
