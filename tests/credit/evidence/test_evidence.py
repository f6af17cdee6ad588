"""Evidence of claims: uploaded once, seen by its owner, deleted while no claim has it."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from apiflask import APIFlask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.evidence import Evidence
from models.people import Person
from models.stored_files import StoredFile
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api
from tests.credit.evidence import files
from tests.credit.evidence.files import upload
from tests.factories import Factories
from tests.fakes import FakeClock


@pytest.fixture
def owner(make: Factories) -> Person:
    return make.person()


@pytest.fixture
def me(api: Api, owner: Person) -> Api:
    return api.as_(owner)


@pytest.mark.manual("M-3.0.2", "M-3.2.10")
def test_a_photo_is_stored_upright_and_without_what_it_told_beside_its_pixels(me: Api) -> None:
    content = files.picture(turn=6)  # to be turned clockwise by a quarter
    made = me.post("/evidence", data={"file": (io.BytesIO(content), "p.jpg")}, content_type="multipart/form-data")
    assert made.status_code == 201
    assert (made.json["kind"], made.json["pages"], made.json["is_new"]) == ("picture", 1, True)
    shown = me.get(f"/evidence/{made.json['id']}")
    assert shown.status_code == 200
    assert shown.mimetype == "image/jpeg"
    assert files.EXIF_PLACE in content
    assert files.EXIF_PLACE not in shown.data
    assert b"Exif" not in shown.data
    seen = Image.open(io.BytesIO(shown.data))
    assert seen.size == (300, 400)
    red, _, blue = seen.getpixel((280, 20))
    assert red > 200
    assert blue < 80


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_each_kind_of_photo_becomes_a_jpeg_whatever_its_name(me: Api, form: str) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    made = upload(me, files.picture(form), "scan.exe")
    assert made.status_code == 201, made.json
    assert me.get(f"/evidence/{made.json['id']}").data.startswith(b"\xff\xd8\xff")


def test_a_large_photo_is_made_smaller_and_has_a_thumbnail(me: Api) -> None:
    made = upload(me, files.picture(size=(5000, 3000))).json
    full = Image.open(io.BytesIO(me.get(f"/evidence/{made['id']}").data))
    small = Image.open(io.BytesIO(me.get(f"/evidence/{made['id']}/thumbnail").data))
    assert (full.size, small.size) == ((2480, 1488), (320, 192))


def test_what_is_served_can_do_nothing_in_a_browser(me: Api) -> None:
    photo, document = upload(me, files.picture()).json["id"], upload(me, files.plain_pdf()).json["id"]
    for ident, disposition in ((photo, "inline"), (document, f'attachment; filename="evidence-{document}.pdf"')):
        headers = me.get(f"/evidence/{ident}").headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        assert headers["Content-Disposition"] == disposition


def test_evidence_is_its_owners_alone(me: Api, api: Api, make: Factories) -> None:
    ident = upload(me, files.picture()).json["id"]
    other = api.as_(make.person())
    for path in (f"/evidence/{ident}", f"/evidence/{ident}/thumbnail"):
        assert other.get(path).status_code == 404
        assert api.get(path).status_code == 401
    assert other.delete(f"/evidence/{ident}").status_code == 404
    assert me.get(f"/evidence/{ident}").status_code == 200


def test_the_same_file_again_is_the_same_evidence_and_anothers_is_not(
    me: Api, api: Api, make: Factories, db: Session
) -> None:
    first, again = upload(me, files.picture()), upload(me, files.picture(), "other.jpg")
    assert again.json["id"] == first.json["id"]
    assert (first.json["is_new"], again.json["is_new"]) == (True, False)
    assert upload(api.as_(make.person()), files.picture()).json["id"] != first.json["id"]
    assert db.scalar(select(func.count()).select_from(StoredFile)) == 4


def test_the_same_file_at_once_is_stored_once(app: APIFlask, api: Api, me: Api, owner: Person, db: Session) -> None:
    content = files.picture()
    clients = [api.as_(owner) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda who: upload(who, content), clients))
    assert {each.status_code for each in got} == {201}
    assert len({each.json["id"] for each in got}) == 1
    assert db.scalar(select(func.count()).select_from(Evidence)) == 1
    kept = select(func.count()).select_from(StoredFile).where(StoredFile.discarded_at.is_(None))
    assert db.scalar(kept) == 2


def test_a_file_is_deleted_unless_a_claim_has_it(me: Api, db: Session, settings: Settings, clock: FakeClock) -> None:
    ident = upload(me, files.picture()).json["id"]
    assert me.delete(f"/evidence/{ident}").status_code == 204
    assert me.get(f"/evidence/{ident}").status_code == 404
    sweep(settings, now=clock.now())
    assert db.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert [each for each in settings.stored_files_path.rglob("*") if each.is_file()] == []
    assert upload(me, files.picture()).json["id"] != ident


def test_a_file_without_a_claim_is_gone_after_thirty_days(
    me: Api, db: Session, settings: Settings, clock: FakeClock
) -> None:
    made = upload(me, files.picture()).json
    assert made["unused_until"].startswith((clock.now() + timedelta(days=30)).date().isoformat())
    sweep(settings, now=clock.now() + timedelta(days=29))
    assert db.scalar(select(func.count()).select_from(Evidence)) == 1
    sweep(settings, now=clock.now() + timedelta(days=30, minutes=1))
    assert db.scalar(select(func.count()).select_from(Evidence)) == 0


def test_ones_own_data_names_ones_evidence(me: Api) -> None:
    ident = upload(me, files.picture()).json["id"]
    assert ident in me.get("/me/data").text


def test_a_file_that_is_gone_from_the_store_says_so(me: Api, settings: Settings) -> None:
    ident = upload(me, files.picture()).json["id"]
    for each in settings.stored_files_path.rglob("*"):
        if each.is_file():
            each.unlink()
    refused = me.get(f"/evidence/{ident}")
    assert (refused.status_code, refused.json["code"]) == (410, "file_unreadable")


def test_what_lies_in_the_store_shows_nothing_of_the_photo(me: Api, settings: Settings) -> None:
    upload(me, files.picture())
    stored = [each.read_bytes() for each in settings.stored_files_path.rglob("*") if each.is_file()]
    assert len(stored) == 2
    assert all(b"JFIF" not in each and not each.startswith(b"\xff\xd8") for each in stored)


def test_a_person_uploads_so_many_files_a_day(me: Api, app: APIFlask, clock: FakeClock) -> None:
    desk = app.extensions["components"].evidence_desk
    desk._daily = 2
    try:
        for color in ("white", "black"):
            assert upload(me, files.picture(color=color)).status_code == 201
        refused = upload(me, files.picture(color="blue"))
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
        assert int(refused.headers["Retry-After"]) > 0
        assert upload(me, files.picture()).status_code == 201  # it is there already
        clock.turn(days=1, minutes=1)
        assert upload(me, files.picture(color="blue")).status_code == 201
    finally:
        desk._daily = 100


# --- PDFs


def _pages(content: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(content)
    return [document[k].render(scale=0.5).to_pil() for k in range(len(document))]


def test_a_pdf_is_drawn_anew_page_by_page(me: Api) -> None:
    made = upload(me, files.plain_pdf(3), "scan.pdf")
    assert made.status_code == 201, made.json
    assert (made.json["kind"], made.json["pages"]) == ("pdf", 3)
    shown = me.get(f"/evidence/{made.json['id']}")
    assert shown.mimetype == "application/pdf"
    pages = _pages(shown.data)
    assert len(pages) == 3
    for page in pages:
        assert abs(page.width - 298) <= 4
        assert abs(page.height - 421) <= 4
        assert page.convert("L").getpixel((100, 321)) < 60
        assert page.convert("L").getpixel((10, 10)) > 240
    assert me.get(f"/evidence/{made.json['id']}/thumbnail").mimetype == "image/jpeg"


@pytest.mark.parametrize("what", sorted(files.ACTIONS))
def test_nothing_that_acts_is_left_of_a_pdf(me: Api, what: str) -> None:
    made = upload(me, files.ACTIONS[what], "x.pdf")
    assert made.status_code == 201, made.json
    left = me.get(f"/evidence/{made.json['id']}").data
    assert len(_pages(left)) == 1
    assert [word for word in files.ACTIVE if word in left.split(b"/DCTDecode")[0]] == []
    assert left.count(b" obj") == 5
