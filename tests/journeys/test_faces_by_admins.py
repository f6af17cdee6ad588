"""Admins enrol real faces: one in person, one from a zip; both people check in afterwards."""

import pytest

from tests.accounts.face_batches.conftest import zipped
from tests.journeys.conftest import Demo
from tests.journeys.main_job import photos_of_two
from tests.journeys.phone import Phone
from tests.service.running.running_service import until

pytestmark = pytest.mark.slow


def test_an_admin_enrols_one_in_person_and_one_from_a_zip(demo: Demo) -> None:
    (mine, *my_enrolment), (theirs, *their_enrolment) = photos_of_two()
    me, other = demo.learner(0), demo.learner(1)
    admin = demo.sign_in(demo.told["admins"]["unit"])
    version = admin.call("GET", "/face-consent").json()["version"]

    ticked = {"consent_version": version, "face_recognition": "true", "face_network": "true"}
    mine_id = me.call("GET", "/me").json()["id"]
    files = [("photos", (f"{place}.jpg", photo, "image/jpeg")) for place, photo in enumerate(my_enrolment)]
    enrolled = admin.call("POST", f"/people/{mine_id}/face", data=ticked, files=files)
    assert enrolled.status_code == 201, enrolled.text
    assert me.call("GET", "/me/face").json()["channel"] == "in_person"

    number = demo.told["learners"][1]["cme_number"]
    photos = {f"{number}_{place}.jpg": photo for place, photo in enumerate(their_enrolment, start=1)}
    refused = send(admin, zipped(photos))
    assert rows(admin, refused) == [(number, "refused", "consent_missing")]
    both = {"consent_version": version, "face_recognition": True, "face_network": True}
    assert other.call("POST", "/me/face-consent", json=both).status_code == 200
    batch = send(admin, zipped(photos))
    until(lambda: admin.call("GET", f"/face-batches/{batch}").json()["status"] == "done", "the batch is done")
    assert rows(admin, batch) == [(number, "enrolled", None)]

    assert me.check_in(demo.ticket(me), mine).status_code == 201
    assert other.check_in(demo.ticket(other), theirs).status_code == 201


def send(admin: Phone, data: bytes) -> str:
    reply = admin.call("POST", "/face-batches", files={"file": ("faces.zip", data, "application/zip")})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


def rows(admin: Phone, batch: str) -> list[tuple[str, str, str | None]]:
    items = admin.call("GET", f"/face-batches/{batch}/rows").json()["items"]
    return [(row["cme_number"], row["result"], row["code"]) for row in items]
