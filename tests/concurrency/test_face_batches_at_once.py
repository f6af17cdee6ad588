"""Batches that race with each other, with their people and with a second worker: one face a person, none unwanted."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.consent import Consent
from models.face_batches import FaceBatchPhoto, FaceBatchStatus
from models.faces import FaceCounter, FaceKey, FaceTemplate
from tests.accounts.face_batches.conftest import Ward, count, ward  # noqa: F401 - a fixture
from tests.api import Api
from tests.concurrency.at_once import MeetingEngine, at_once
from tests.fakes import face


def sent(ward: Ward, *names: str) -> str:  # noqa: F811
    return ward.sent({f"{{{name}}}.jpg": face(name) for name in names})


def test_two_workers_decide_two_batches_with_the_same_people_once(ward: Ward, engine: MeetingEngine) -> None:  # noqa: F811
    names = ("a", "b", "c")
    for name in names:
        ward.person(name)
    batches = [sent(ward, *names) for _ in range(2)]
    at_once([ward.run_jobs] * 2)
    told = [ward.told(batch) for batch in batches]
    for name in names:
        results = sorted(str(each[ward.number(name)]) for each in told)
        assert results == ["('enrolled', None)", "('refused', 'face_already_enrolled')"]
    assert count(ward.db, FaceTemplate) == count(ward.db, FaceKey) == 3
    assert [ward.shown(batch)["status"] for batch in batches] == ["done"] * 2


@pytest.mark.parametrize("attempt", range(3))
def test_who_withdraws_at_the_same_moment_has_no_face_without_consent(
    ward: Ward,  # noqa: F811
    engine: MeetingEngine,
    attempt: int,
) -> None:
    ward.person("li")
    batch = sent(ward, "li")
    me = ward.api.as_(ward.people["li"])
    withdrawn: list[int] = []
    calls: list[Callable[[], None]] = [
        ward.run_jobs,
        lambda: withdrawn.append(me.delete("/me/face-consent").status_code),
    ]
    at_once(calls)
    ward.run_jobs()
    assert withdrawn == [204]
    assert count(ward.db, FaceTemplate) == count(ward.db, FaceKey) == count(ward.db, FaceBatchPhoto) == 0
    assert list(ward.db.scalars(select(Consent).where(Consent.withdrawn_at.is_(None)))) == []
    assert ward.shown(batch)["status"] == FaceBatchStatus.DONE
    assert ward.told(batch)[ward.number("li")] in {("enrolled", None), ("refused", "consent_missing")}


def test_who_enrols_at_the_same_moment_is_enrolled_once(ward: Ward, engine: MeetingEngine) -> None:  # noqa: F811
    ward.person("li")
    batch = sent(ward, "li")
    me = ward.api.as_(ward.people["li"])
    engine.gather(2)
    own: list[int] = []
    at_once([ward.run_jobs, lambda: own.append(Api(me.app, me.token).enrol(face("li")).status_code)])
    (told,) = ward.told(batch).values()
    assert (own, told) in [([201], ("refused", "face_already_enrolled")), ([409], ("enrolled", None))]
    assert count(ward.db, FaceTemplate) == count(ward.db, FaceKey) == 1
    assert ward.db.scalar(select(FaceCounter.last)) == 1


def test_a_batch_cancelled_at_the_same_moment_keeps_no_photo(ward: Ward, engine: MeetingEngine) -> None:  # noqa: F811
    for name in ("a", "b", "c", "d"):
        ward.person(name)
    batch = sent(ward, "a", "b", "c", "d")
    cancel = lambda: ward.admin.post(f"/face-batches/{batch}/cancellation", {"reason": "传错文件"})  # noqa: E731
    at_once([ward.run_jobs, cancel])
    ward.run_jobs()
    shown = ward.shown(batch)
    assert (shown["status"], shown["done"]) in {("cancelled", 4), ("done", 4)}
    assert count(ward.db, FaceBatchPhoto) == 0
    assert count(ward.db, FaceTemplate) == shown["results"]["enrolled"]
