"""What a test gets from a kept world is as it was made, whatever tests before have done with it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.people import Person
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.api import Api
from tests.databases import Place
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

pytestmark = pytest.mark.either_database


@dataclass
class Small:
    """A person and their client."""

    person: Person
    me: Api
    make: Factories
    clock: FakeClock


def make_small(world: KeptWorlds) -> Small:
    person = world.make.person(name="李示范")
    (world.settings.var / "files").mkdir()
    (world.settings.var / "files" / "one").write_text("as it was")
    return Small(person, world.api.as_(person), world.make, world.clock)


def not_made_again() -> NoReturn:
    raise AssertionError("it was made again")


@pytest.fixture
def begin_next_test(
    app: APIFlask, db: Session, engine_beside: Engine, settings: Settings, whereabouts: Place, blank_file: Path
) -> Callable[[], None]:
    """A function that empties database and files, as they are before a test."""
    if not settings.database.startswith("sqlite"):
        pytest.skip("worlds are made in place")

    def begin() -> None:
        db.close()
        engine_beside.dispose()
        with app.app_context():
            flask_db.engine.dispose()
        shutil.rmtree(settings.var / "files", ignore_errors=True)
        shutil.copy(blank_file, settings.var / "cme.db")
        whereabouts.lead_to(settings.database)

    return begin


def test_a_world_comes_back_as_it_was_made(kept: KeptWorlds, begin_next_test: Callable[[], None], db: Session) -> None:
    first = kept.open("small", lambda: make_small(kept))
    first.person.name = "王示范"
    db.commit()
    kept.make.person()
    (kept.settings.var / "files" / "one").write_text("changed")
    made_at = kept.clock.now()
    begin_next_test()
    kept.clock.turn(minutes=1)
    second = kept.open("small", not_made_again)
    assert second.person is not first.person
    assert (second.person.id, second.person.name, second.clock.now()) == (first.person.id, "李示范", made_at)
    assert second.me.get("/me").json["name"] == "李示范"
    assert (kept.settings.var / "files" / "one").read_text() == "as it was"
    assert second.make.person().cme_number == "3300000002"  # the factories go on behind those of the world
    second.person.name = "赵示范"
    db.commit()
    assert second.me.get("/me").json["name"] == "赵示范"  # the row is the session's, and is written


def test_a_world_is_made_in_place_where_it_is_old_or_of_other_settings_or_comes_second(
    kept: KeptWorlds, begin_next_test: Callable[[], None]
) -> None:
    begun = [kept.open("small", lambda: make_small(kept)).person.id]
    assert kept.open("small", kept.make.person).id not in begun  # this test has used its database
    begin_next_test()
    kept.clock.turn(minutes=4)
    begun.append(kept.open("small", lambda: make_small(kept)).person.id)
    begin_next_test()
    other = replace(kept, settings=kept.settings.model_copy(update={"second_factor": True}))
    begun.append(other.open("small", lambda: make_small(kept)).person.id)
    assert len(set(begun)) == 3
