"""A corrected name: certificates are issued again by themselves, under new numbers that name the old ones."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from accounts.people.edits import NAME_JOB
from models.jobs import Job
from models.people import Person
from tests.credit.certificates.conftest import Certified
from tests.documents.pdfs import text_of

pytestmark = pytest.mark.either_database


def correct(certified: Certified, admin: Person, name: str) -> None:
    reply = certified.api.as_(admin).patch(f"/people/{certified.person.id}", {"name": name, "reason": "证件更名"})
    assert reply.status_code == 200, reply.json


def test_valid_certificates_get_new_numbers_that_name_the_old(
    certified: Certified, unit_admin: Person, run_jobs: Callable[[], None]
) -> None:
    first, second, revoked = (certified.issue() for _ in range(3))
    assert certified.revoke(revoked).status_code == 200
    correct(certified, unit_admin, "陈更名")
    assert certified.verify(first).json["state"] == "valid"  # until the job has run
    run_jobs()
    items = {each["number"]: each for each in certified.me.get("/me/certificates").json["items"]}
    assert len(items) == 5
    for old in (first, second):
        seen = certified.verify(old).json
        assert (seen["valid"], seen["state"]) == (False, "replaced")
        new = items[seen["replaced_by"]]
        assert (new["state"], new["replaces"]) == ("valid", old["number"])
        assert "姓名陈更名" in text_of(certified.me.get(new["pdf"]).data)
    assert certified.verify(revoked).json["state"] == "revoked"
    told = [each for each in certified.me.get("/me/notices").json["items"] if each["topic"] == "certificate_replaced"]
    assert len(told) == 2
    assert first["number"] in "".join(each["text"] for each in told)


def test_a_name_that_is_corrected_twice_is_printed_as_it_is_last(
    certified: Certified, unit_admin: Person, run_jobs: Callable[[], None]
) -> None:
    certified.issue()
    correct(certified, unit_admin, "陈更名")
    correct(certified, unit_admin, "陈再更")
    run_jobs()
    valid = [each for each in certified.me.get("/me/certificates").json["items"] if each["state"] == "valid"]
    assert len(valid) == 1
    assert "姓名陈再更" in text_of(certified.me.get(valid[0]["pdf"]).data)
    assert len(certified.rows()) == 2  # the second job finds nothing outdated


def test_a_name_that_no_font_can_set_opens_the_task_and_the_old_certificate_stays(
    certified: Certified, unit_admin: Person, run_jobs: Callable[[], None]
) -> None:
    item = certified.issue()
    correct(certified, unit_admin, "\U0002b779某")
    run_jobs()
    assert certified.verify(item).json["state"] == "valid"
    (task,) = certified.api.as_(unit_admin).get("/certificate-name-tasks").json["items"]
    assert task["letters"] == ["\U0002b779 (U+2B779)"]


def test_a_change_of_unit_alone_reissues_nothing(certified: Certified, unit_admin: Person) -> None:
    reply = certified.api.as_(unit_admin).patch(
        f"/people/{certified.person.id}", {"name": certified.person.name, "reason": "核对"}
    )
    assert reply.status_code == 200
    assert list(certified.db.scalars(select(Job).where(Job.kind == NAME_JOB))) == []
