"""What keeps a stored file, and what the sweep deletes."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing
from foundation.errors import FileUnreadable
from foundation.stored_files.folder import FolderStore
from foundation.stored_files.records import discard, keep, read, sweep_files
from foundation.stored_files.store import SealedFiles, Stored
from models.stored_files import StoredFile
from service.configuration.keys import BadKey, load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.running.file_stores import choose_files
from service.running.key_checks import check_keys
from service.running.upkeep import sweep
from tests.api import Api
from tests.fakes import FakeClock

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def database_engine(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(settings.database)
    prepare_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(FolderStore(tmp_path / "files"), {"k1": b"1" * 32}, "k1")


def test_a_discarded_file_is_gone_after_the_sweep_with_its_row_and_a_kept_one_stays(
    database_engine: Engine, files: SealedFiles, clock: FakeClock
) -> None:
    now = clock.now()
    with Session(database_engine) as db:
        wanted, unwanted = (keep(db, files.put(each), now).id for each in (b"wanted", b"unwanted"))
        discard(db, unwanted, now)
        db.commit()
        assert read(db, files, unwanted) == b"unwanted"  # until the sweep
        assert sweep_files(database_engine, files, now) == 1
        db.expire_all()
        assert read(db, files, wanted) == b"wanted"
        with pytest.raises(FileUnreadable):
            read(db, files, unwanted)
        assert db.scalar(select(func.count()).select_from(StoredFile)) == 1
    assert sweep_files(database_engine, files, now) == 0


def test_a_rollback_keeps_what_it_had_given_up(database_engine: Engine, files: SealedFiles, clock: FakeClock) -> None:
    with Session(database_engine) as db:
        kept = keep(db, files.put(b"kept"), clock.now()).id
        db.commit()
        discard(db, kept, clock.now())
        db.rollback()
        sweep_files(database_engine, files, clock.now())
        assert read(db, files, kept) == b"kept"


def test_an_orphan_is_deleted_after_seven_days_within_two_days_of_sweeps(
    database_engine: Engine, files: SealedFiles, clock: FakeClock, tmp_path: Path
) -> None:
    orphan, fresh, known = files.put(b"orphan"), files.put(b"fresh"), files.put(b"known")
    with Session(database_engine) as db:
        keep(db, known, clock.now())
        db.commit()
    for each in (orphan, known):
        _age(tmp_path, each, clock.now() - timedelta(days=8))
    _age(tmp_path, fresh, clock.now())
    deleted = sum(sweep_files(database_engine, files, clock.now() + timedelta(minutes=10 * k)) for k in range(256))
    assert deleted == 1
    assert [files.exists(each.name) for each in (orphan, fresh, known)] == [False, True, True]


def test_readiness_tells_of_the_store_and_does_not_depend_on_it(api: Api, settings: Settings) -> None:
    assert api.get("/readyz").json["file_store"] == "ok"
    settings.stored_files_path.rmdir()
    settings.stored_files_path.write_text("no folder")
    told = api.get("/readyz")
    assert (told.status_code, told.json["file_store"]) == (200, "not ready")


def test_a_store_that_is_away_does_not_stop_the_other_upkeep(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("no folder")
    with_file = settings.model_copy(update={"file_folder": tmp_path / "blocked"})
    sweep(with_file)  # the error is logged


def test_a_start_without_a_key_that_still_seals_files_is_refused(
    settings: Settings, db: Session, clock: FakeClock
) -> None:
    keys = load_keys(settings)
    check_keys(settings, keys, clock.now())
    stored = choose_files(settings, keys).put(b"evidence")
    keep(db, stored, clock.now())
    db.commit()
    changed = settings.model_copy(update={"var": settings.var / "other"})
    others = load_keys(changed)
    lost = replace(keys, file_ring=KeyRing(keys={"k2": others.file_ring.key("k1")}, current="k2"))
    with pytest.raises(BadKey, match="FILE_KEYS: stored files are still sealed by k1"):
        check_keys(settings, lost, clock.now())
    swapped = replace(keys, file_ring=others.file_ring)
    with pytest.raises(BadKey, match="FILE_KEYS k1 is not the key"):
        check_keys(settings, swapped, clock.now())
    both = KeyRing(keys={"k1": keys.file_ring.key("k1"), "k2": others.file_ring.key("k1")}, current="k2")
    check_keys(settings, replace(keys, file_ring=both), clock.now())


def _age(tmp_path: Path, stored: Stored, at: datetime) -> None:
    path = tmp_path / "files" / stored.name[:2] / stored.name[2:4] / stored.name
    stamp = at.timestamp()
    os.utime(path, (stamp, stamp))
