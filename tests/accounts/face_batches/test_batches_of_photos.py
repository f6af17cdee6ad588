"""A zip of photos named by number: a row for each person, decided by a job, and told by row."""

import pytest
from sqlalchemy import select

from foundation.clock import day_at_home
from models.base import new_id
from models.consent import Consent
from models.edge import AuditEntry
from models.face_batches import FaceBatchPhoto, FaceBatchRow
from models.faces import FaceCase, FacePhoto, FaceTemplate
from models.people import Role
from tests.accounts.enrolment.enrolling_in_person import code_of
from tests.accounts.face_batches.conftest import Ward, count, zipped
from tests.factories import years_ago
from tests.fakes import HELD, FakeEngine, face, refused


def test_people_are_enrolled_from_photos_named_by_number(ward: Ward) -> None:
    ward.person("li")
    ward.person("wang")
    reply = ward.send({
        "{li}_1.jpg": face("li"), "{li}_2.jpg": face("li", off=0.1), "{wang}.jpg": face("wang"),
    })  # fmt: skip
    assert reply.status_code == 202
    batch = reply.json["id"]
    assert (reply.json["status"], reply.json["rows"], reply.json["done"]) == ("working", 2, 0)
    assert [row["result"] for row in ward.rows(batch)] == [None, None]
    ward.run_jobs()
    assert ward.told(batch) == {ward.number("li"): ("enrolled", None), ward.number("wang"): ("enrolled", None)}
    shown = ward.shown(batch)
    assert (shown["status"], shown["done"], shown["job_error"]) == ("done", 2, None)
    assert (shown["results"], shown["codes"]) == ({"enrolled": 2, "held": 0, "refused": 0}, {})
    templates = {each.person_id: each for each in ward.db.scalars(select(FaceTemplate))}
    assert templates[ward.people["li"].id].photos == 2
    assert ward.admin.get("/face-batches").json["items"][0]["id"] == batch


def test_the_person_sees_that_an_admin_enrolled_them_and_no_photo_is_kept(ward: Ward) -> None:
    ward.person("li")
    ward.sent({"{li}_1.jpg": face("li")})
    ward.run_jobs()
    seen = ward.face_of("li")
    assert (seen["enrolled"], seen["channel"], seen["photos_kept"]) == (True, "batch", 0)
    assert seen["enrolled_by"] == {"name": ward.boss.name, "unit": "第一医院"}
    assert {(each["channel"], each["witness"]) for each in seen["consents"]} == {("app", None)}
    assert count(ward.db, Consent) == 2  # those that li gave: the batch gives none for them
    assert count(ward.db, FaceBatchPhoto) == count(ward.db, FacePhoto) == 0
    (told,) = ward.db.scalars(select(AuditEntry).where(AuditEntry.action == "face.enrol"))
    assert (told.actor_id, told.subject_id) == (ward.boss.id, ward.people["li"].id)


def test_photos_wait_sealed_and_are_gone_with_their_row(ward: Ward) -> None:
    ward.person("li")
    photo = face("li")
    ward.sent({"{li}_1.jpg": photo, "{li}_2.jpg": photo})
    rows = list(ward.db.scalars(select(FaceBatchPhoto)))
    assert len(rows) == 2
    assert all(photo not in row.sealed and photo[:12] not in row.sealed for row in rows)
    ward.run_jobs()
    assert count(ward.db, FaceBatchPhoto) == 0
    ward.db.expire_all()
    assert [(row.master_id, row.wrapped) for row in ward.db.scalars(select(FaceBatchRow))] == [(None, None)]


def test_without_both_consents_a_row_is_refused_and_its_photo_never_stored(ward: Ward) -> None:
    ward.person("none", consents=False)
    ward.person("one", consents=False)
    one = {"consent_version": "test-1", "face_recognition": True}
    assert ward.api.as_(ward.people["one"]).post("/me/face-consent", one).status_code == 200
    ward.person("withdrawn")
    ward.api.as_(ward.people["withdrawn"]).delete("/me/face-consent")
    batch = ward.sent({f"{{{name}}}.jpg": face(name) for name in ward.people})
    assert count(ward.db, FaceBatchPhoto) == 0  # before any job
    assert ward.told(batch) == {ward.number(name): ("refused", "consent_missing") for name in ward.people}
    assert ward.shown(batch)["status"] == "done"
    assert (
        "Ask the person"
        in ward.admin.get(f"/face-batches/{batch}/rows", headers={"Accept-Language": "en"}).json["items"][0]["hint"]
    )


def test_consents_to_an_older_text_are_not_on_record(ward: Ward) -> None:
    from accounts.enrolment import consent

    ward.person("li")
    ward.clock.turn(days=1)
    consent.publish(ward.db, version="test-2", text_zh="新告知", text_en="New notice", now=ward.clock.now())
    ward.db.commit()
    assert ward.told(ward.sent({"{li}.jpg": face("li")})) == {ward.number("li"): ("refused", "consent_missing")}


def test_only_people_within_reach_and_unknown_numbers_are_told_by_row(ward: Ward) -> None:
    ward.person("here")
    ward.person("there", unit=ward.make.unit(name="第二医院"))
    names = ("{here}", "{there}", "999999", "张三")
    batch = ward.sent({f"{name}.jpg": face(name) for name in names})
    assert count(ward.db, FaceBatchPhoto) == 1
    ward.run_jobs()
    assert ward.told(batch) == {
        ward.number("here"): ("enrolled", None),
        ward.number("there"): ("refused", "unknown_number"),
        "999999": ("refused", "unknown_number"),
        "张三.jpg": ("refused", "name_unreadable"),
    }
    assert all(row["hint"] for row in ward.rows(batch, "?result=refused"))
    assert len(ward.rows(batch, "?result=refused")) == 3


def test_refusals_of_photos_are_told_by_row_with_the_photo_and_advice(ward: Ward) -> None:
    for name in ("li", "wang", "zhao", "chen"):
        ward.person(name)
    young = ward.person("young", consents=False, birth_on=years_ago(day_at_home(ward.clock.now()), 13))
    for purpose in ("face_recognition", "face_network"):  # given while a guardian was not asked for yet
        ward.db.add(
            Consent(person_id=young.id, version="test-1", purpose=purpose, channel="app", given_at=ward.clock.now())
        )
    ward.db.commit()
    batch = ward.sent({
        "{li}_1.jpg": face("li"), "{li}_2.jpg": refused("no_face"), "{wang}_1.jpg": face("wang"),
        "{wang}_2.jpg": face("else"), "{zhao}.txt": b"no photo", "{young}.jpg": face("young"),
        **{f"{{chen}}_{n}.jpg": face("chen") for n in range(1, 7)},
    })  # fmt: skip
    ward.run_jobs()
    assert ward.told(batch) == {
        ward.number("li"): ("refused", "no_face"),
        ward.number("wang"): ("refused", "not_one_person"),
        ward.number("zhao"): ("refused", "photo_unsupported"),
        ward.number("young"): ("refused", "guardian_consent_required"),
        ward.number("chen"): ("refused", "too_many_photos"),
    }
    first = ward.rows(batch)[0]
    assert (first["photo"], first["advice"][0]["code"]) == (1, "uncover_face")
    assert count(ward.db, FaceTemplate) == count(ward.db, FaceBatchPhoto) == 0
    assert ward.shown(batch)["codes"] == {
        "no_face": 1, "not_one_person": 1, "photo_unsupported": 1, "guardian_consent_required": 1, "too_many_photos": 1,
    }  # fmt: skip


def test_duplicates_are_held_or_refused_with_their_case(ward: Ward) -> None:
    for name in ("first", "same", "likely"):
        ward.person(name)
    batch = ward.sent({
        "{first}.jpg": face("li"), "{same}.jpg": face("li"),
        "{likely}.jpg": face("li", off=HELD),
    })  # fmt: skip
    ward.run_jobs()
    rows = {row["cme_number"]: row for row in ward.rows(batch)}
    same, likely = rows[ward.number("same")], rows[ward.number("likely")]
    assert (same["result"], same["code"]) == ("refused", "face_belongs_to_another_account")
    assert (likely["result"], likely["code"]) == ("held", None)
    cases = {str(each.id): each.person_id for each in ward.db.scalars(select(FaceCase))}
    assert (cases[same["case"]], cases[likely["case"]]) == (ward.people["same"].id, ward.people["likely"].id)
    assert ward.face_of("likely")["held"] is True
    decision = {"decision": "accept", "reason": "双胞胎，已核对证件"}
    assert ward.admin.post(f"/face-cases/{likely['case']}/decision", decision).status_code == 200
    assert ward.face_of("likely")["enrolled"] is True


def test_admins_do_not_enrol_themselves(ward: Ward) -> None:
    ward.people["boss"] = ward.boss
    ward.api.as_(ward.boss).post("/me/face-consent", {"consent_version": "test-1", "face_recognition": True})
    batch = ward.sent({"{boss}.jpg": face("boss")})
    assert ward.told(batch) == {ward.number("boss"): ("refused", "own_face")}


def test_somebody_who_is_enrolled_already_is_told(ward: Ward) -> None:
    ward.person("li")
    ward.api.as_(ward.people["li"]).enrol(face("li"))
    batch = ward.sent({"{li}.jpg": face("li")})
    ward.run_jobs()
    assert ward.told(batch) == {ward.number("li"): ("refused", "face_already_enrolled")}


def test_without_an_impact_assessment_no_batch(ward: Ward) -> None:
    from sqlalchemy import delete

    from models.consent import ImpactAssessment

    ward.person("li")
    ward.db.execute(delete(ImpactAssessment))
    ward.db.commit()
    assert code_of(ward.send({"{li}.jpg": face("li")})) == (409, "face_not_offered")


def test_batches_belong_to_the_admin_who_sent_them(ward: Ward) -> None:
    ward.person("li")
    batch = ward.sent({"{li}.jpg": face("li")})
    other = ward.api.as_(ward.make.staff(Role.UNIT_ADMIN, ward.unit))
    assert other.get("/face-batches").json["items"] == []
    for path in (f"/face-batches/{batch}", f"/face-batches/{batch}/rows", f"/face-batches/{new_id()}"):
        assert code_of(other.get(path)) == (404, "not_found")
    assert code_of(other.post(f"/face-batches/{batch}/cancellation", {"reason": "误传"})) == (404, "not_found")
    assert ward.upload(b"", ward.api.as_(ward.people["li"])).status_code == 403
    assert ward.upload(b"", ward.api.as_(ward.make.organizer(ward.unit))).status_code == 403


def test_batches_and_rows_come_in_pages(ward: Ward) -> None:
    batches = [ward.sent({f"{n}{m}.jpg": face("x") for m in range(3)}) for n in range(1, 4)]
    first = ward.admin.get("/face-batches?limit=2").json
    rest = ward.admin.get(f"/face-batches?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + rest["items"]] == batches[::-1]
    page = ward.admin.get(f"/face-batches/{batches[0]}/rows?limit=2").json
    more = ward.admin.get(f"/face-batches/{batches[0]}/rows?limit=2&cursor={page['next_cursor']}").json
    assert [row["number"] for row in page["items"] + more["items"]] == [1, 2, 3]


def test_a_batch_is_cancelled_and_its_photos_are_gone_at_once(ward: Ward, engine: FakeEngine) -> None:
    ward.person("li")
    batch = ward.sent({"{li}.jpg": face("li")})
    cancelled = ward.admin.post(f"/face-batches/{batch}/cancellation", {"reason": "传错文件"})
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")
    assert count(ward.db, FaceBatchPhoto) == 0
    ward.run_jobs()
    assert engine.looks == 0
    assert ward.told(batch) == {ward.number("li"): ("refused", "batch_cancelled")}
    assert code_of(ward.admin.post(f"/face-batches/{batch}/cancellation", {"reason": "再次"})) == (409, "batch_ended")
    (told,) = ward.db.scalars(select(AuditEntry).where(AuditEntry.action == "face_batch.cancel"))
    assert (told.actor_id, told.reason) == (ward.boss.id, "传错文件")


def test_a_repeat_with_one_key_makes_one_batch(ward: Ward) -> None:
    ward.person("li")
    data = zipped({f"{ward.number('li')}.jpg": face("li")})
    replies = [ward.upload(data, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert replies[0].json == replies[1].json
    assert len(ward.admin.get("/face-batches").json["items"]) == 1


@pytest.mark.parametrize("name", ["{li}_1.JPG", "照片/{li}-1.png", "a\\b\\{li} (2).heic", "../../{li}_1.jpg", "{li}"])
def test_names_as_people_write_them(ward: Ward, name: str) -> None:
    ward.person("li")
    batch = ward.sent({name: face("li"), "__MACOSX/._x": b"", ".DS_Store": b"", "Thumbs.db": b"", "照片/": b""})
    ward.run_jobs()
    assert ward.told(batch) == {ward.number("li"): ("enrolled", None)}
