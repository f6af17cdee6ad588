"""Batches beside other work: killed jobs, an engine that is away, withdrawals and second enrolments meanwhile."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from accounts.face_batches import batches
from accounts.face_batches.waiting_photos import open_photos
from faces import errors
from faces.engine import Look, Purpose
from faces.matching.vault import KeyRing
from foundation import jobs
from models.consent import Consent
from models.edge import AuditEntry
from models.face_batches import FaceBatch, FaceBatchPhoto, FaceBatchRow, FaceBatchStatus
from models.faces import FaceTemplate
from models.jobs import Job, JobStatus
from models.people import Role, RoleGrant
from service.commands.key_rotation import rotate
from service.configuration.keys import BadKey, load_keys
from service.configuration.settings import Settings
from service.running.key_checks import check_keys
from service.running.upkeep import sweep
from tests.accounts.face_batches.conftest import BOTH, Ward, count
from tests.fakes import FakeClock, FakeEngine, face


class Crash(BaseException):
    """The worker is gone, at once: no handler of ours sees it."""


class MeddlingEngine(FakeEngine):
    """A fake engine that does something while it looks at somebody, once or always."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._acts: dict[bytes, Callable[[], None]] = {}

    def while_looking_at(self, photo: bytes, act: Callable[[], Any]) -> None:
        self._acts[photo] = act

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        act = self._acts.get(photo)
        if act is not None:
            act()
        return super().look(photo, purpose, model)


@pytest.fixture
def engine() -> MeddlingEngine:
    return MeddlingEngine()


def fails(error: type[BaseException]) -> Callable[..., None]:
    def act(*_: object) -> None:
        raise error

    return act


def once(act: Callable[[], Any]) -> Callable[[], None]:
    left = [act]

    def do() -> None:
        if left:
            left.pop()()

    return do


def three(ward: Ward) -> str:
    for name in ("a", "b", "c"):
        ward.person(name)
    return ward.sent({f"{{{name}}}.jpg": face(name) for name in ("a", "b", "c")})


def test_a_killed_job_goes_on_where_it_was(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    engine.while_looking_at(face("b"), once(fails(Crash)))
    with pytest.raises(Crash):
        ward.run_jobs()
    assert [row["result"] for row in ward.rows(batch)] == ["enrolled", None, None]
    assert count(ward.db, FaceBatchPhoto) == 2
    ward.run_jobs()  # the lease of the dead worker still runs
    assert ward.shown(batch)["done"] == 1
    ward.clock.turn(minutes=2)
    ward.run_jobs()
    assert [row["result"] for row in ward.rows(batch)] == ["enrolled"] * 3
    assert count(ward.db, FaceTemplate) == 3
    assert len(list(ward.db.scalars(select(AuditEntry).where(AuditEntry.action == "face.enrol")))) == 3
    assert count(ward.db, FaceBatchPhoto) == 0


def test_a_busy_engine_costs_no_row(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    engine.while_looking_at(face("b"), once(fails(errors.EngineBusy)))
    ward.run_jobs()
    assert [row["result"] for row in ward.rows(batch)] == ["enrolled", None, None]
    ward.clock.turn(minutes=2)
    ward.run_jobs()
    assert ward.shown(batch)["results"] == {"enrolled": 3, "held": 0, "refused": 0}


def test_a_photo_that_kills_the_engine_stops_no_other_row(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    engine.while_looking_at(face("b"), fails(errors.EngineDown))
    for _ in range(7):
        ward.run_jobs()
        ward.clock.turn(minutes=2)
    told = ward.told(batch)
    assert told[ward.number("b")] == ("refused", "face_engine_down")
    assert [told[ward.number(name)] for name in ("a", "c")] == [("enrolled", None)] * 2
    assert (ward.shown(batch)["status"], count(ward.db, FaceBatchPhoto)) == ("done", 0)


def test_a_dead_job_is_told_and_its_photos_are_deleted(ward: Ward, settings: Settings, clock: FakeClock) -> None:
    batch = three(ward)
    ward.db.execute(update(Job).values(tries=jobs.MOST_TRIES))
    ward.db.commit()
    ward.run_jobs()
    assert (ward.shown(batch)["job_error"], count(ward.db, FaceBatchPhoto)) == ("gave_up", 3)
    sweep(settings, now=clock.now(), faces=FakeEngine())
    shown = ward.shown(batch)
    assert (shown["status"], shown["job_error"], shown["codes"]) == ("failed", "gave_up", {"not_processed": 3})
    assert count(ward.db, FaceBatchPhoto) == 0
    ward.db.expire_all()
    assert {row.wrapped for row in ward.db.scalars(select(FaceBatchRow))} == {None}
    again = ward.sent({f"{{{name}}}.jpg": face(name) for name in ("a", "b", "c")})
    ward.run_jobs()
    assert ward.shown(again)["results"]["enrolled"] == 3


def test_a_batch_that_no_worker_takes_is_given_up_after_three_days(ward: Ward, settings: Settings) -> None:
    batch = three(ward)
    sweep(settings, now=ward.clock.now() + timedelta(days=2), faces=FakeEngine())
    assert (ward.shown(batch)["status"], count(ward.db, FaceBatchPhoto)) == ("working", 3)
    sweep(settings, now=ward.clock.now() + timedelta(days=4), faces=FakeEngine())
    assert (ward.shown(batch)["status"], count(ward.db, FaceBatchPhoto)) == ("failed", 0)
    ward.run_jobs()
    assert count(ward.db, FaceTemplate) == 0


def test_an_upload_that_broke_off_is_hidden_and_deleted(
    ward: Ward, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.person("a")
    with monkeypatch.context() as broken:
        broken.setattr(batches, "_begin", fails(OSError))
        assert ward.send({"{a}.jpg": face("a")}).status_code == 500
    assert ward.admin.get("/face-batches").json["items"] == []
    assert count(ward.db, FaceBatchPhoto) == 1
    sweep(settings, now=ward.clock.now() + timedelta(days=2), faces=FakeEngine())
    assert count(ward.db, FaceBatch) == count(ward.db, FaceBatchRow) == count(ward.db, FaceBatchPhoto) == 0


def test_reports_are_kept_for_ninety_days(ward: Ward, settings: Settings) -> None:
    batch = three(ward)
    ward.run_jobs()
    sweep(settings, now=ward.clock.now() + timedelta(days=89), faces=FakeEngine())
    assert ward.admin.get(f"/face-batches/{batch}").status_code == 200
    sweep(settings, now=ward.clock.now() + timedelta(days=91), faces=FakeEngine())
    assert ward.admin.get(f"/face-batches/{batch}").status_code == 404
    assert count(ward.db, FaceTemplate) == 3


def test_two_batches_with_one_person_enrol_them_once(ward: Ward) -> None:
    ward.person("li")
    first, second = (ward.sent({"{li}.jpg": face("li")}) for _ in range(2))
    ward.run_jobs()
    told = [ward.told(batch)[ward.number("li")] for batch in (first, second)]
    assert told == [("enrolled", None), ("refused", "face_already_enrolled")]
    assert count(ward.db, FaceTemplate) == 1


def test_who_enrols_meanwhile_keeps_their_own_face(ward: Ward, engine: MeddlingEngine) -> None:
    ward.person("li")
    batch = ward.sent({"{li}.jpg": face("li")})
    me = ward.api.as_(ward.people["li"])
    engine.while_looking_at(face("li"), once(lambda: me.enrol(face("li", off=0.1))))
    ward.run_jobs()
    assert ward.told(batch) == {ward.number("li"): ("refused", "face_already_enrolled")}
    assert ward.face_of("li")["channel"] == "app"
    assert count(ward.db, FaceTemplate) == 1


def test_who_withdraws_before_the_job_is_refused_and_their_photos_are_gone_at_once(
    ward: Ward, engine: MeddlingEngine
) -> None:
    batch = three(ward)
    ward.api.as_(ward.people["b"]).delete("/me/face-consent")
    assert count(ward.db, FaceBatchPhoto) == 2
    ward.run_jobs()
    assert ward.told(batch)[ward.number("b")] == ("refused", "consent_missing")
    shown = ward.shown(batch)
    assert (shown["status"], shown["results"]) == ("done", {"enrolled": 2, "held": 0, "refused": 1})
    assert count(ward.db, FaceTemplate) == 2


def test_a_batch_ends_where_everybody_has_withdrawn(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    for name in ("a", "b", "c"):
        ward.api.as_(ward.people[name]).delete("/me/face-consent")
    ward.run_jobs()
    assert (ward.shown(batch)["status"], ward.shown(batch)["codes"]) == ("done", {"consent_missing": 3})
    assert engine.looks == count(ward.db, FaceBatchPhoto) == 0


def test_who_withdraws_while_their_photo_is_looked_at_is_not_enrolled(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    engine.while_looking_at(face("b"), once(lambda: ward.api.as_(ward.people["b"]).delete("/me/face-consent")))
    ward.run_jobs()
    assert ward.told(batch)[ward.number("b")] == ("refused", "consent_missing")
    seen = ward.face_of("b")
    assert (seen["enrolled"], seen["held"], seen["consents"]) == (False, False, [])
    standing = select(Consent).where(Consent.person_id == ward.people["b"].id, Consent.withdrawn_at.is_(None))
    assert list(ward.db.scalars(standing)) == []
    assert ward.shown(batch)["results"] == {"enrolled": 2, "held": 0, "refused": 1}


def test_a_batch_cancelled_while_a_photo_is_looked_at_enrols_nobody_more(ward: Ward, engine: MeddlingEngine) -> None:
    batch = three(ward)
    engine.while_looking_at(
        face("b"), once(lambda: ward.admin.post(f"/face-batches/{batch}/cancellation", {"reason": "传错文件"}))
    )
    ward.run_jobs()
    assert [row["code"] for row in ward.rows(batch)] == [None, "batch_cancelled", "batch_cancelled"]
    assert (count(ward.db, FaceTemplate), count(ward.db, FaceBatchPhoto)) == (1, 0)


def test_an_admin_who_lost_the_role_meanwhile_enrols_nobody_more(ward: Ward) -> None:
    three(ward)
    ward.db.execute(delete(RoleGrant).where(RoleGrant.person_id == ward.boss.id, RoleGrant.role == Role.UNIT_ADMIN))
    ward.db.commit()
    ward.run_jobs()
    assert set(ward.db.scalars(select(FaceBatchRow.code))) == {"unknown_number"}
    assert list(ward.db.scalars(select(FaceBatch.status))) == [FaceBatchStatus.DONE]
    assert count(ward.db, FaceTemplate) == 0


def test_photos_that_cannot_be_opened_are_told(ward: Ward) -> None:
    batch = three(ward)
    ward.db.execute(update(FaceBatchPhoto).where(FaceBatchPhoto.row == 2).values(sealed=b"\x01changed since"))
    ward.db.execute(delete(FaceBatchPhoto).where(FaceBatchPhoto.row == 3))
    ward.db.commit()
    ward.run_jobs()
    assert [row["code"] for row in ward.rows(batch)] == [None, "photos_lost", "photos_lost"]


def test_waiting_photos_are_opened_after_a_change_of_the_master_key(ward: Ward, settings: Settings) -> None:
    three(ward)
    parts = ward.api.app.extensions["components"]
    ring = parts.keys.face_ring.rotated("k2")
    assert rotate(settings, ring) == 3
    assert rotate(settings, ring) == 0
    ward.db.expire_all()
    assert {row.master_id for row in ward.db.scalars(select(FaceBatchRow))} == {"k2"}
    rows = ward.db.scalars(select(FaceBatchRow).order_by(FaceBatchRow.number)).all()
    assert [open_photos(ward.db, row, ring) for row in rows] == [[face(name)] for name in ("a", "b", "c")]


def test_consents_can_be_given_and_a_row_sent_again(ward: Ward) -> None:
    ward.person("li", consents=False)
    assert ward.told(ward.sent({"{li}.jpg": face("li")}))[ward.number("li")] == ("refused", "consent_missing")
    ward.api.as_(ward.people["li"]).post("/me/face-consent", BOTH)
    batch = ward.sent({"{li}.jpg": face("li")})
    ward.run_jobs()
    assert ward.told(batch)[ward.number("li")] == ("enrolled", None)


def test_a_job_done_leaves_no_job_open(ward: Ward) -> None:
    three(ward)
    ward.run_jobs()
    (job,) = ward.db.scalars(select(Job))
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 3, 3)


def test_the_job_holds_the_photos_of_one_row_at_a_time(ward: Ward) -> None:
    three(ward)
    ward.run_jobs()  # the gallery is in memory from here on
    names = [f"person {n}" for n in range(8)]
    for name in names:
        ward.person(name)
    ward.sent({f"{{{name}}}.jpg": face(name) + b" " * 2**21 for name in names})
    tracemalloc.start()
    try:
        ward.run_jobs()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count(ward.db, FaceTemplate) == 3 + 8
    assert peak < 6 * 2**21  # sealed, opened, and what the driver and the parser make of it


def test_a_key_that_does_not_open_the_waiting_photos_is_refused_at_the_first_start(
    ward: Ward, settings: Settings
) -> None:
    three(ward)
    keys = load_keys(settings)
    with pytest.raises(BadKey, match=r"FACE_MASTER_KEYS k1 .* opens no face"):
        check_keys(settings, replace(keys, face_ring=KeyRing({"k1": b"w" * 32}, "k1")), ward.clock.now())
    check_keys(settings, keys, ward.clock.now())
