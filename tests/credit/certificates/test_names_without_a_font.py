"""A name with letters that no font has: never a box, never a failure, but a task for the admin who can solve it."""

from pathlib import Path

from apiflask import APIFlask
from sqlalchemy.orm import Session

from documents.typesetting import Fonts, Typesetter
from models.people import Person, UnitKind
from tests.credit.certificates.conftest import Certified
from tests.documents.pdfs import make_font, text_of

RARE = "𫝹某"


def rename(certified: Certified, name: str) -> None:
    certified.db.get_one(Person, certified.person.id).name = name
    certified.db.commit()


def test_the_person_is_told_what_is_missing_and_the_admin_too(
    certified: Certified, unit_admin: Person, db: Session
) -> None:
    rename(certified, RARE)
    grant = certified.grant()
    for _ in range(2):
        refused = certified.ask(grant)
        assert (refused.status_code, refused.json["code"]) == (409, "name_letters_missing")
        assert refused.json["letters"] == ["𫝹 (U+2B779)"]
        assert "管理员" in refused.json["hint"]
    assert certified.rows() == []
    (mine,) = certified.me.get("/me/notices").json["items"]
    assert mine["topic"] == "certificate_waits"
    assert "U+2B779" in mine["text"]
    admin = certified.api.as_(unit_admin)
    (theirs,) = admin.get("/me/notices").json["items"]
    assert (theirs["topic"], "U+2B779" in theirs["text"]) == ("certificate_letters", True)
    (task,) = admin.get("/certificate-name-tasks").json["items"]
    assert (task["person_id"], task["letters"], task["is_solved"]) == (
        str(certified.person.id), ["𫝹 (U+2B779)"], False,
    )  # fmt: skip
    assert task["person"]["name"] == RARE


def test_after_a_font_was_added_the_certificate_is_issued_and_the_task_is_over(
    certified: Certified, unit_admin: Person, app: APIFlask, tmp_path: Path
) -> None:
    rename(certified, RARE)
    grant = certified.grant()
    assert certified.ask(grant).status_code == 409
    make_font("𫝹", tmp_path / "rare.ttf")
    with_font(app, tmp_path)
    admin = certified.api.as_(unit_admin)
    assert admin.get("/certificate-name-tasks").json["items"][0]["is_solved"] is True
    reply = certified.ask(grant)
    assert reply.status_code == 201
    assert f"姓名{RARE}" in text_of(certified.me.get(reply.json["items"][0]["pdf"]).data)
    assert admin.get("/certificate-name-tasks").json["items"] == []


def with_font(app: APIFlask, folder: Path) -> None:
    """Start the service again, as it were, with FONT_DIR."""
    desk = app.extensions["components"].certificates
    object.__setattr__(desk.printer, "typesetter", Typesetter(Fonts(folder)))


def test_a_font_that_is_gone_again_is_no_failure(certified: Certified, app: APIFlask, tmp_path: Path) -> None:
    rename(certified, RARE)
    make_font("𫝹", tmp_path / "rare.ttf")
    with_font(app, tmp_path)
    item = certified.issue()
    object.__setattr__(app.extensions["components"].certificates.printer, "typesetter", Typesetter(Fonts()))
    refused = certified.me.get(item["pdf"])
    assert (refused.status_code, refused.json["code"]) == (409, "name_letters_missing")
    assert certified.verify(item).json["valid"] is True


def test_admins_of_other_units_do_not_see_it(certified: Certified) -> None:
    from models.people import Role

    rename(certified, RARE)
    certified.ask(certified.grant())
    other = certified.make.unit(kind=UnitKind.HOSPITAL, name="别的医院")
    admin = certified.api.as_(certified.make.staff(Role.UNIT_ADMIN, other))
    assert admin.get("/certificate-name-tasks").json["items"] == []
    assert certified.me.get("/certificate-name-tasks").status_code == 403


def test_a_rare_letter_of_the_project_is_a_geta_mark_and_the_page_shows_it(certified: Certified) -> None:
    item = certified.issue(activity_name="第𫝹届学习班🎉")
    assert "第〓届学习班〓" in text_of(certified.me.get(item["pdf"]).data)
    assert certified.verify(item).json["project"] == "第𫝹届学习班🎉"
