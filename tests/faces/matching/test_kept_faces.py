"""Real faces, kept at enrolment, get the numbers of a network that came later; somebody else's photos don't."""

from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment.enrolment import open_template
from faces.engine import Purpose
from faces.engines.choosing import make_engine
from faces.engines.photo_engine import PhotoEngine
from faces.matching.policy import Band, Policy
from faces.matching.vault import KeyRing, WrappedKey, seal_photo
from faces.matching.verify import verify
from faces.model_files.human_models import FACERES_MODEL, are_here
from faces.photos.small_photo import make_small
from models.faces import FaceKey, FacePhoto, FaceTemplate
from models.people import Person
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.photos import people


@pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human")
def test_kept_real_faces_get_the_numbers_of_a_network_that_came_later(
    api: Api, app: APIFlask, make: Factories, db: Session, clock: FakeClock, settings: Settings,
    engine: PhotoEngine, policy: Policy, converted_folder: Path,
) -> None:  # fmt: skip
    make.face_law()
    ring = app.extensions["components"].keys.face_ring
    first, stranger = [photos for group in people().values() if len(photos := sendable(group)) >= 2][:2]
    persons = [enrolled(api, make, first[:1]), enrolled(api, make, stranger[:1])]
    swap(db, persons[1], first[0], ring)
    both = make_engine("dlib-onnx+faceres", folder=converted_folder)
    sweep(settings, now=clock.now(), faces=both)
    networks = [
        db.scalars(select(FaceTemplate.networks).where(FaceTemplate.person_id == each.id)).one() for each in persons
    ]
    assert networks == [f"{engine.name}+{FACERES_MODEL}", engine.name]
    template = open_template(db, person_id=persons[0].id, ring=ring)
    assert template.descriptors[FACERES_MODEL].shape == (1024,)
    assert verify([both.look(first[1], Purpose.CHECK_IN)], template, policy).band is not Band.REJECT
    assert verify([both.look(stranger[0], Purpose.CHECK_IN)], template, policy).band is Band.REJECT


def sendable(photos: list[Path]) -> list[bytes]:
    """Those that the test client sends without a temporary file, which it would leave open."""
    return [photo.read_bytes() for photo in photos if photo.stat().st_size < 400_000]


def enrolled(api: Api, make: Factories, photos: list[bytes]) -> Person:
    person = make.person()
    reply = api.as_(person).send_photos("/me/face", photos, consent_version="test-1", keep_photos="true")
    assert reply.status_code == 201
    return person


def swap(db: Session, person: Person, photo: bytes, ring: KeyRing) -> None:
    """Put somebody else's photo in the place of the one that was kept, sealed as it should be."""
    key = db.get_one(FaceKey, person.id)
    row = db.scalars(select(FacePhoto).where(FacePhoto.person_id == person.id)).one()
    row.sealed = seal_photo(
        make_small(photo) or b"", WrappedKey(key.master_id, key.wrapped), ring, person.id.bytes + b"\0"
    )
    db.commit()
