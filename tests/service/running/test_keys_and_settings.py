"""Keys are made once, kept for their owner alone, and never shown."""

import base64
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing
from foundation import jobs
from models.edge import KeyCheck
from models.faces import FaceKey
from models.jobs import Job, JobStatus
from service.commands.key_rotation import main as rotate_face_keys
from service.configuration.keys import BadKey, load_keys
from service.configuration.settings import Settings
from service.run import prepare
from service.running.key_checks import check_keys
from tests.api import Api
from tests.factories import Factories
from tests.fakes import face

GOOD = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()
NOW = datetime(2026, 11, 29, tzinfo=UTC)
OWN_KEYS = {
    "jwt_key": GOOD,
    "lookup_key": GOOD,
    "venue_key": GOOD,
    "receipt_key": GOOD,
    "ledger_key": GOOD,
    "face_index_key": GOOD,
    "face_master_keys": f"k1:{GOOD}",
    "file_keys": f"k1:{GOOD}",
}

OWN_SMS = {
    "sms_gateway": "aliyun",
    "sms_access_key_id": "id",
    "sms_access_key_secret": "secret",
    "sms_sign_name": "继教",
    "sms_template": "SMS_1",
}

_KEY = {"s3_bucket": "cme", "s3_access_key_id": "id", "s3_access_key_secret": "secret"}
_PRODUCTION = {"environment": "production", "public_url": "https://cme.example.cn"}


def test_missing_keys_are_made_with_mode_600_and_stay_the_same(tmp_path: Path) -> None:
    first = load_keys(Settings(var=tmp_path))
    assert load_keys(Settings(var=tmp_path)).jwt == first.jwt
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 8
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_processes_that_make_keys_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: load_keys(Settings(var=tmp_path)).venue, range(8)))
    assert len(set(made)) == 1


def test_keys_do_not_show(tmp_path: Path) -> None:
    keys = load_keys(Settings(var=tmp_path))
    assert keys.jwt.hex() not in repr(keys)
    assert repr(keys.jwt) not in repr(keys)
    assert GOOD not in repr(Settings(var=tmp_path, **OWN_KEYS))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_bad_key_is_named_and_not_shown(tmp_path: Path, bad: str) -> None:
    with pytest.raises(BadKey, match="JWT_KEY") as caught:
        load_keys(Settings(var=tmp_path, jwt_key=bad))
    assert bad not in str(caught.value)


def test_production_refuses_to_start_without_its_own_keys(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="JWT_KEY, LOOKUP_KEY"):
        Settings(var=tmp_path, environment="production", public_url="https://cme.test", sms_gateway="aliyun")


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "http://cme.test"},
        {"public_url": ""},
        {"demo": True},
        {"sms_gateway": "outbox"},
        {"require_initial_proof": False},
    ],
)
def test_production_takes_no_demo_and_no_plain_http(tmp_path: Path, wrong: dict[str, object]) -> None:
    complete = {"var": tmp_path, "environment": "production", "public_url": "https://cme.test", **OWN_KEYS, **OWN_SMS}
    Settings(**complete)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Settings(**{**complete, **wrong})  # type: ignore[arg-type]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("PORT", "9001")
    assert Settings().port == 9001
    assert Settings().base_url == "http://127.0.0.1:9001"
    assert Settings().database == f"sqlite:///{tmp_path}/cme.db"
    monkeypatch.setenv("PORT", "99999999")
    with pytest.raises(ValidationError):
        Settings()


def test_a_key_that_lies_there_already_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "jwt_key").write_text(GOOD)
    (folder / "jwt_key").chmod(0o600)
    assert load_keys(Settings(var=tmp_path)).jwt == b"k" * 32


def test_two_settings_never_have_the_same_key(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="JWT_KEY and VENUE_KEY are the same key"):
        load_keys(Settings(var=tmp_path, jwt_key=GOOD, venue_key=GOOD))
    with pytest.raises(BadKey, match="LOOKUP_KEY and FACE_MASTER_KEYS k1 are the same key"):
        load_keys(Settings(var=tmp_path, lookup_key=GOOD, face_master_keys=f"k1:{GOOD}"))
    with pytest.raises(BadKey, match="FACE_MASTER_KEYS: an id twice"):
        load_keys(Settings(var=tmp_path, face_master_keys=f"k1:{GOOD},k1:{OTHER}"))


def test_an_empty_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "venue_key").write_text("")
    with pytest.raises(BadKey, match="VENUE_KEY: empty"):
        load_keys(Settings(var=tmp_path))


def test_a_start_with_other_keys_than_the_data_was_made_with_is_refused(
    make: Factories, api: Api, settings: Settings
) -> None:
    keys = load_keys(settings)
    check_keys(settings, keys, NOW)
    check_keys(settings, keys, NOW)
    with pytest.raises(BadKey, match="LOOKUP_KEY is not the key that the data here was made with"):
        check_keys(settings, replace(keys, lookup=b"o" * 32), NOW)
    with pytest.raises(BadKey, match="FACE_MASTER_KEYS k1 is not the key"):
        check_keys(settings, replace(keys, face_ring=KeyRing({"k1": b"o" * 32}, "k1")), NOW)
    make.face_law()
    assert api.as_(make.person()).enrol(face("li")).status_code == 201
    check_keys(settings, replace(keys, face_ring=keys.face_ring.rotated("k2")), NOW)
    with pytest.raises(BadKey, match="faces are still wrapped by k1"):
        check_keys(settings, replace(keys, face_ring=KeyRing({"k3": b"n" * 32}, "k3")), NOW)


WRONG = b"w" * 32
ROOT = Path(__file__).parents[3]


@pytest.fixture
def upgraded(make: Factories, api: Api, db: Session) -> Session:
    """Data of a version that stored no check values yet: faces wrapped by k1, people with phones."""
    make.face_law()
    for name, phone in (("li", "+8613800138000"), ("wang", "+8613800138001")):
        assert api.as_(make.person(phone=phone)).enrol(face(name)).status_code == 201
    assert db.scalars(select(KeyCheck)).all() == []
    return db


def wrong_keys(settings: Settings, name: str) -> dict[str, str]:
    """The environment of a process that was given another key than the data was made with."""
    wrong = base64.b64encode(WRONG).decode()
    value = f"k1:{wrong}" if name == "FACE_MASTER_KEYS" else wrong
    return {"VAR": str(settings.var), "DATABASE_URL": settings.database_url or "", name: value}


@pytest.mark.parametrize("name", ["FACE_MASTER_KEYS", "LOOKUP_KEY"])
def test_the_first_start_after_an_upgrade_stores_no_key_that_does_not_open_the_data(
    upgraded: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for setting, value in wrong_keys(settings, name).items():
        monkeypatch.setenv(setting, value)
    with pytest.raises(BadKey, match=f"{name}.* is not the key that the data here was made with: it opens no"):
        prepare(Settings())
    assert upgraded.scalars(select(KeyCheck)).all() == []
    monkeypatch.delenv(name)
    prepare(Settings())
    assert set(upgraded.scalars(select(KeyCheck.name))) == {"LOOKUP_KEY", "FACE_MASTER_KEYS k1", "FILE_KEYS k1"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "FILE_STORE=s3 needs S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_ACCESS_KEY_SECRET"),
        ({"s3_endpoint": "s3.example.cn", **_KEY}, "S3_ENDPOINT: wanted an address"),
        ({"s3_endpoint": "https://s3.example.cn/bucket", **_KEY}, "S3_ENDPOINT: wanted an address"),
        (
            {"s3_endpoint": "http://s3.example.cn", **_KEY, **OWN_KEYS, **OWN_SMS, **_PRODUCTION},
            "production needs an https S3_ENDPOINT",
        ),
    ],
)
def test_a_bucket_that_is_not_whole_is_refused(settings: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(file_store="s3", **settings)


@pytest.mark.parametrize("keys", [",", "k1", f"k1:{GOOD},k1:{OTHER}", f"{'k' * 33}:{GOOD}", "k1:short"])
def test_file_keys_that_are_none_are_refused(tmp_path: Path, keys: str) -> None:
    with pytest.raises(BadKey, match="FILE_KEYS"):
        load_keys(Settings(var=tmp_path, file_keys=SecretStr(keys)))


def test_a_damaged_row_does_not_condemn_a_right_key(upgraded: Session, settings: Settings) -> None:
    first = upgraded.scalars(select(FaceKey.person_id).limit(1)).one()
    upgraded.execute(update(FaceKey).where(FaceKey.person_id == first).values(wrapped=b"damaged"))
    check_keys(settings, load_keys(settings), NOW)
    upgraded.execute(delete(KeyCheck))
    upgraded.execute(update(FaceKey).values(wrapped=b"damaged"))
    with pytest.raises(BadKey, match=r"FACE_MASTER_KEYS k1 .* opens no face"):
        check_keys(settings, load_keys(settings), NOW)


def test_a_key_that_sealed_nothing_yet_is_accepted(upgraded: Session, settings: Settings) -> None:
    keys = load_keys(settings)
    check_keys(settings, replace(keys, face_ring=keys.face_ring.rotated("k2")), NOW)
    with pytest.raises(BadKey, match="FACE_MASTER_KEYS k2 is not the key"):
        check_keys(settings, replace(keys, face_ring=keys.face_ring.rotated("k2")), NOW)


def test_faces_are_not_wrapped_again_by_a_wrong_key(
    upgraded: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_keys(settings, load_keys(settings), NOW)
    before = set(upgraded.scalars(select(FaceKey.wrapped)))
    for name, value in wrong_keys(settings, "FACE_MASTER_KEYS").items():
        monkeypatch.setenv(name, value)
    assert rotate_face_keys() == 2
    told = capsys.readouterr()
    assert told.err == "rotate-face-keys: FACE_MASTER_KEYS k1 is not the key that the data here was made with\n"
    monkeypatch.setenv("FACE_MASTER_KEYS", "none")
    assert rotate_face_keys() == 2
    assert set(upgraded.scalars(select(FaceKey.wrapped))) == before
    monkeypatch.delenv("FACE_MASTER_KEYS")
    assert rotate_face_keys() == 0
    assert capsys.readouterr().out == "0 face keys wrapped again\n"


def test_a_job_worker_with_a_wrong_key_takes_no_job(upgraded: Session, settings: Settings) -> None:
    check_keys(settings, load_keys(settings), NOW)
    job = jobs.enqueue(upgraded, kind="sms_notice", now=NOW, actor_id=None)
    ended = subprocess.run(
        [sys.executable, "-c", "from service.run import run_jobs, Settings; run_jobs(Settings())"],
        cwd=ROOT, env={**os.environ, **wrong_keys(settings, "LOOKUP_KEY")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr == "job worker: LOOKUP_KEY is not the key that the data here was made with\n"
    upgraded.expire_all()
    assert upgraded.get_one(Job, job.id).status is JobStatus.WAITING
