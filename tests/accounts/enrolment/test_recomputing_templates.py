"""After a change of model or with one more network, whoever keeps photos gets a new template of them, by itself."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from faces import errors
from faces.engine import Look, Purpose
from faces.matching.vault import WrappedKey, seal_photo
from faces.model_files.human_models import FACERES_MODEL
from models.edge import AuditEntry
from models.faces import FaceKey, FacePhoto, FaceTemplate
from models.people import Person
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.running.upkeep import sweep
from tests.accounts.enrolment.changing_the_model import NEW, OLD
from tests.accounts.enrolment.kept_photos import enrol
from tests.accounts.enrolment.recomputing_templates import after, new  # noqa: F401 - fixtures
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway
from tests.pictures import PaintedEngine, picture


class Killed(BaseException):
    """The sweep's process goes."""


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.fixture
def engine() -> PaintedEngine:
    return PaintedEngine()


@pytest.fixture
def changed(after: Settings, clock: FakeClock, sms: RecordingGateway, new: PaintedEngine) -> Iterator[Api]:
    """Another process of the same installation, after the change."""
    app = create_app(after, clock=clock, engine=new, sms=sms)
    yield Api(app)
    with app.app_context():
        flask_db.engine.dispose()


def template_of(db: Session, person: Person) -> FaceTemplate:
    found = select(FaceTemplate).where(FaceTemplate.person_id == person.id)
    return db.scalars(found, execution_options={"populate_existing": True}).one()


def recomputed(db: Session) -> list[AuditEntry]:
    return list(db.scalars(select(AuditEntry).where(AuditEntry.action == "face.recompute")))


def kept(api: Api, make: Factories, *names: str) -> list[Person]:
    """People enrolled with three photos each, which they let us keep."""
    people = [make.person() for _ in names]
    for person, name in zip(people, names, strict=True):
        assert enrol(api.as_(person), *(picture(name, off=off) for off in (0, 0.1, 0.2))) == 201
    return people


def test_an_open_question_to_the_owner_stays_with_the_new_template(
    api: Api, changed: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    (person,) = kept(api, make, "li")
    asked = {"question_at": clock.now(), "device": "iPhone, WeChat"}
    db.execute(update(FaceTemplate).where(FaceTemplate.person_id == person.id).values(asked))
    sweep(after, now=clock.now(), faces=new)
    told = changed.as_(person).get("/me/face").json
    assert told["is_outdated"] is False
    assert told["question"]["device"] == "iPhone, WeChat"


def test_kept_photos_give_a_template_of_the_new_model(
    api: Api, changed: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    (person,) = kept(api, make, "li")
    old = template_of(db, person)
    clock.turn(days=30)
    sweep(after, now=clock.now(), faces=new)
    row = template_of(db, person)
    assert (row.engine, row.networks, row.photos, len(row.quality)) == (NEW, NEW, 3, 3)
    assert row.id != old.id
    assert row.enrolled_at == old.enrolled_at  # not used any longer for that
    seen = changed.as_(person).get("/me/face").json
    assert len(seen.pop("consents")) == 3
    assert seen == {
        "enrolled": True, "enrolled_at": old.enrolled_at.isoformat().replace("+00:00", "Z"), "held": False,
        "is_outdated": False, "photos_kept": 3, "channel": "app", "enrolled_by": None, "question": None,
        "waiting": None, "last_decision": None,
    }  # fmt: skip
    (told,) = recomputed(db)
    assert (told.actor_id, told.subject_id, told.before) == (
        None, person.id, {"model": OLD, "networks": f"{OLD}+{FACERES_MODEL}"},
    )  # fmt: skip
    assert told.after == {"model": NEW, "networks": NEW, "photos": 3}


def test_the_new_template_checks_in_by_the_new_model(
    api: Api, changed: Api, make: Factories, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    unit = make.unit()
    organizer = make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer)
    session = make.session(project)
    (person,) = kept(api, make, "li")
    make.on_roster(project, person)
    sweep(after, now=clock.now(), faces=new)
    me = changed.as_(person)
    for off, status in ((0.6, 403), (0.3, 201)):
        qr = changed.as_(organizer).get(f"/sessions/{session.id}/qr").json["url"]
        ticket = me.post("/check-in-tickets", {"qr": qr}).json["ticket"]
        assert me.send_photos("/check-ins", [picture("li", off=off)], ticket=ticket).status_code == status


def test_it_is_done_once(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    (person,) = kept(api, make, "li")
    sweep(after, now=clock.now(), faces=new)
    row, looks = template_of(db, person), new.looks
    sweep(after, now=clock.now(), faces=new)
    assert (template_of(db, person).id, new.looks, len(recomputed(db))) == (row.id, looks, 1)


def test_whoever_keeps_no_photos_keeps_the_old_template(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    never, no_more = make.person(), make.person()
    enrol(api.as_(never), picture("li"), keep=None)
    enrol(api.as_(no_more), picture("wang"))
    api.as_(no_more).delete("/me/face/photos")
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, person).engine for person in (never, no_more)] == [OLD, OLD]
    assert new.looks == 0


def test_every_process_searches_among_the_new_templates(
    api: Api, changed: Api, make: Factories, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    kept(api, make, "li")
    enrol(changed.as_(make.person()), picture("wang"), keep=None)  # reads the book of the old model
    books = changed.app.extensions["components"].faces
    assert len(books) == 1
    sweep(after, now=clock.now(), faces=new)
    enrol(changed.as_(make.person()), picture("zhao"), keep=None)  # reads on, and finds nobody that it could drop
    assert {model: len(book) for model, book in books._by_model.items()} == {NEW: 2, OLD: 0}
    reply = changed.as_(make.person()).enrol(picture("li"))
    assert (reply.status_code, reply.json["code"]) == (409, "face_belongs_to_another_account")


def test_a_network_that_came_later_is_added(
    api: Api, make: Factories, db: Session, clock: FakeClock, settings: Settings, engine: PaintedEngine
) -> None:
    engine.also = ()
    (person,) = kept(api, make, "li")
    assert template_of(db, person).networks == OLD
    sweep(settings, now=clock.now(), faces=PaintedEngine())
    assert template_of(db, person).networks == f"{OLD}+{FACERES_MODEL}"
    sweep(settings, now=clock.now(), faces=engine)  # lost again: what is there already stays
    assert template_of(db, person).networks == f"{OLD}+{FACERES_MODEL}"
    assert len(recomputed(db)) == 1


def test_photos_bring_back_a_template_whose_model_is_understood_no_more(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    (person,) = kept(api, make, "li")
    sweep(after.model_copy(update={"face_engines_also": ()}), now=clock.now(), faces=new)
    assert template_of(db, person).engine == NEW


@pytest.mark.parametrize("shown", [("wang", "wang", "wang"), ("li", "li", "wang")])
def test_photos_of_somebody_else_are_not_used(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine, app: APIFlask,
    shown: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    person, other = kept(api, make, "li", "zhao")
    ring = app.extensions["components"].keys.face_ring
    key = db.get_one(FaceKey, person.id)
    for row in db.scalars(select(FacePhoto).where(FacePhoto.person_id == person.id)):
        wrapped, context = WrappedKey(key.master_id, key.wrapped), person.id.bytes + bytes([row.place])
        row.sealed = seal_photo(picture(shown[row.place]), wrapped, ring, context)
    db.commit()
    with caplog.at_level(logging.INFO):
        sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in (person, other)] == [OLD, NEW]
    assert "computed anew of kept photos: 1; 1 left" in caplog.text
    assert str(person.id) not in caplog.text
    looks = new.looks
    sweep(after, now=clock.now(), faces=new)
    assert new.looks == looks  # the same photos won't pass the same networks another time


def test_photos_moved_between_people_do_not_open(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    person, other = kept(api, make, "li", "zhao")
    one, two = (
        db.scalars(select(FacePhoto).where(FacePhoto.person_id == each.id, FacePhoto.place == 0)).one()
        for each in (person, other)
    )
    one.sealed = two.sealed
    db.commit()
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in (person, other)] == [OLD, NEW]


def test_photos_that_the_new_engine_refuses_are_left_alone_until_the_next_one(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    person, other = kept(api, make, "li", "wang")
    new.refuse("li", errors.LowQuality)
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in (person, other)] == [OLD, NEW]
    assert api.as_(person).get("/me/face").json["photos_kept"] == 3
    sweep(after, now=clock.now(), faces=PaintedEngine(NEW, also=(FACERES_MODEL,)))
    assert [template_of(db, each).networks for each in (person, other)] == [f"{NEW}+{FACERES_MODEL}"] * 2


@pytest.mark.parametrize("error", [errors.EngineBusy, errors.EngineDown, errors.UnknownModel])
def test_a_busy_engine_is_asked_again_by_the_next_sweep(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine,
    error: type[errors.FaceError]
) -> None:  # fmt: skip
    people = kept(api, make, "li", "wang")
    new.refuse("wang", error)
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in people] == [NEW, OLD]
    new.failing.clear()
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in people] == [NEW, NEW]


def test_the_pool_is_asked_and_the_sweep_does_not_fail_without_it(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings
) -> None:
    (person,) = kept(api, make, "li")
    sweep(after, now=clock.now())
    assert template_of(db, person).engine == OLD
    assert db.scalars(select(FacePhoto.failed_with).distinct()).one() == ""


@pytest.mark.parametrize("moment", ["looking", "writing"])
def test_killed_in_the_middle_it_has_done_whole_batches_and_goes_on(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine, moment: str,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    names = ("li", "wang", "zhao", "qian", "sun")
    people = kept(api, make, *names)
    monkeypatch.setattr("service.running.face_upkeep._BATCH", 2)
    with monkeypatch.context() as dying:
        if moment == "looking":
            new.refuse("qian", Killed)
        else:
            written = iter(range(3))
            dying.setattr("accounts.enrolment.recomputing.audit.record", lambda *_, **__: _count_down(written))
        with pytest.raises(Killed):
            sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in people] == [NEW, NEW, OLD, OLD, OLD]
    new.failing.clear()
    sweep(after, now=clock.now(), faces=new)
    assert [template_of(db, each).engine for each in people] == [NEW] * 5
    assert all(api.as_(each).get("/me/face").json["photos_kept"] == 3 for each in people)


def _count_down(left: Iterator[int]) -> None:
    if next(left, None) is None:
        raise Killed


@pytest.mark.parametrize(("path", "faces"), [("/me/face-consent", 0), ("/me/face/photos", 1)])
def test_who_takes_face_or_photos_back_meanwhile_gets_no_new_template(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, path: str, faces: int
) -> None:
    (person,) = kept(api, make, "li")
    me = api.as_(person)

    class Slow(PaintedEngine):
        def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
            assert me.delete(path).status_code == 204
            return super().look(photo, purpose, model)

    sweep(after, now=clock.now(), faces=Slow(NEW, also=()))
    assert list(db.scalars(select(FaceTemplate.engine))) == [OLD] * faces
    assert recomputed(db) == []
    assert list(db.scalars(select(FacePhoto.id))) == []


def test_two_sweeps_at_once_make_one_template(
    api: Api, make: Factories, db: Session, clock: FakeClock, after: Settings, new: PaintedEngine
) -> None:
    (person,) = kept(api, make, "li")

    class Overtaken(PaintedEngine):
        def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
            if not recomputed(db):
                sweep(after, now=clock.now() + timedelta(seconds=1), faces=new)
            return super().look(photo, purpose, model)

    sweep(after, now=clock.now(), faces=Overtaken(NEW, also=()))
    assert template_of(db, person).engine == NEW
    assert len(recomputed(db)) == 1
