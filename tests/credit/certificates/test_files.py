"""Several certificates at once: a job makes one PDF or a zip, which is kept for a day."""

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apiflask import APIFlask

from credit.certificates import files
from models.certificates import CertificateFile, CertificateFilePart
from service.running.upkeep import sweep
from tests.api import Reply
from tests.credit.certificates.conftest import Certified
from tests.documents.pdfs import pages_of, text_of
from tests.fakes import FakeEngine


def ask(certified: Certified, items: list[dict[str, Any]], kind: str) -> Reply:
    numbers = [each["number"] for each in items]
    return certified.me.post("/me/certificate-files", {"numbers": numbers, "format": kind})


def test_one_pdf_has_a_page_for_each(certified: Certified, run_jobs: Callable[[], None]) -> None:
    items = [certified.issue() for _ in range(3)]
    asked = ask(certified, items, "pdf")
    assert asked.status_code == 202, asked.json
    early = certified.me.get(asked.json["path"])
    assert (early.status_code, early.json["code"], early.json["job"]) == (
        409, "certificate_file_unfinished", asked.json["job_id"],
    )  # fmt: skip
    run_jobs()
    job = certified.me.get(f"/jobs/{asked.json['job_id']}").json
    assert (job["status"], job["done"], job["total"]) == ("done", 3, 3)
    pdf = certified.me.get(asked.json["path"])
    assert pdf.mimetype == "application/pdf"
    assert pages_of(pdf.data) == 3
    assert all(each["number"] in text_of(pdf.data) for each in items)


def test_a_zip_has_a_file_for_each_and_a_link_leads_to_it(certified: Certified, run_jobs: Callable[[], None]) -> None:
    items = [certified.issue() for _ in range(13)]  # more than one step
    asked = ask(certified, items, "zip")
    run_jobs()
    link = certified.me.post("/download-links", {"path": asked.json["path"]})
    assert link.status_code == 201, link.json
    data = certified.api.get(link.json["url"].partition("/api/v1")[2]).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(f"{each['number']}.pdf" for each in items)
        alone = certified.me.get(items[0]["pdf"]).data
        assert archive.read(f"{items[0]['number']}.pdf") == alone


def test_what_is_no_longer_valid_is_left_out(certified: Certified, run_jobs: Callable[[], None]) -> None:
    good, bad = certified.issue(), certified.issue()
    for kind in ("zip", "pdf"):
        asked = ask(certified, [good, bad], kind)
        if kind == "zip":
            certified.revoke(bad)
        run_jobs()
        assert certified.me.get(f"/jobs/{asked.json['job_id']}").json["result"]["left_out"] == 1
    assert pages_of(certified.me.get(asked.json["path"]).data) == 1
    only_bad = ask(certified, [bad], "pdf")
    run_jobs()
    assert certified.me.get(only_bad.json["path"]).status_code == 404


def test_an_interrupted_job_goes_on_behind_the_last_one(certified: Certified, run_jobs: Callable[[], None]) -> None:
    items = [certified.issue() for _ in range(12)]
    asked = ask(certified, items, "zip")
    file = certified.db.get_one(CertificateFile, uuid.UUID(asked.json["id"]))
    certified.db.add(CertificateFilePart(file_id=file.id, position=0, name="first.pdf", data=b"%PDF-kept"))
    certified.db.commit()
    run_jobs()
    with zipfile.ZipFile(io.BytesIO(certified.me.get(asked.json["path"]).data)) as archive:
        assert len(archive.namelist()) == 12
        assert archive.read("first.pdf") == b"%PDF-kept"


def test_the_certificates_of_others_are_unknown_and_files_are_ones_own(
    certified: Certified, run_jobs: Callable[[], None]
) -> None:
    item = certified.issue()
    other = certified.api.as_(certified.make.person())
    assert other.post("/me/certificate-files", {"numbers": [item["number"]]}).status_code == 404
    asked = ask(certified, [item], "pdf")
    run_jobs()
    assert other.get(f"/me/certificate-files/{asked.json['id']}").status_code == 404
    for body in ({}, {"numbers": []}, {"numbers": ["x"]}, {"numbers": [item["number"]] * 201}):
        assert certified.me.post("/me/certificate-files", body).status_code == 422, body


def test_after_a_day_it_is_deleted(certified: Certified, run_jobs: Callable[[], None], app: APIFlask) -> None:
    asked = ask(certified, [certified.issue()], "zip")
    run_jobs()
    assert files.delete_old(certified.db, now=certified.clock.now()) == 0
    certified.clock.turn(hours=25)
    sweep(app.extensions["components"].settings, now=certified.clock.now(), faces=FakeEngine())
    certified.db.expire_all()
    assert certified.db.query(CertificateFilePart).count() == 0
    assert certified.me.get(asked.json["path"]).status_code in (401, 404)
    assert timedelta(days=1) == files.KEPT
