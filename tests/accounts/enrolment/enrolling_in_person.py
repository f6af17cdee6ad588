"""What the tests of enrolling in person share with others."""

from models.people import Person
from tests.api import Api, Reply

BOTH = {"face_recognition": "true", "face_network": "true"}


def enrol(admin: Api, person: Person, *photos: bytes, version: str = "test-1", **ticked: str) -> Reply:
    return admin.send_photos(f"/people/{person.id}/face", photos, consent_version=version, **ticked)


def code_of(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]
