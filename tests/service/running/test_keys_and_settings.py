"""Keys are made once, kept for their owner alone, and never shown."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from faces.matching.vault import KeyRing
from service.configuration.keys import BadKey, load_keys
from service.configuration.settings import Settings
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
}


def test_missing_keys_are_made_with_mode_600_and_stay_the_same(tmp_path: Path) -> None:
    first = load_keys(Settings(var=tmp_path))
    assert load_keys(Settings(var=tmp_path)).jwt == first.jwt
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 7
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
        load_keys(Settings(var=tmp_path, jwt_key=bad))  # type: ignore[arg-type]
    assert bad not in str(caught.value)


def test_production_refuses_to_start_without_its_own_keys(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="JWT_KEY, LOOKUP_KEY"):
        Settings(var=tmp_path, environment="production", public_url="https://cme.test", sms_gateway="aliyun")


@pytest.mark.parametrize(
    "wrong", [{"public_url": "http://cme.test"}, {"public_url": ""}, {"demo": True}, {"sms_gateway": "outbox"}]
)
def test_production_takes_no_demo_and_no_plain_http(tmp_path: Path, wrong: dict[str, object]) -> None:
    complete = {"var": tmp_path, "environment": "production", "public_url": "https://cme.test", "sms_gateway": "aliyun"}
    Settings(**{**complete, **OWN_KEYS})  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Settings(**{**complete, **OWN_KEYS, **wrong})  # type: ignore[arg-type]


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
        load_keys(Settings(var=tmp_path, jwt_key=GOOD, venue_key=GOOD))  # type: ignore[arg-type]
    with pytest.raises(BadKey, match="LOOKUP_KEY and FACE_MASTER_KEYS k1 are the same key"):
        load_keys(Settings(var=tmp_path, lookup_key=GOOD, face_master_keys=f"k1:{GOOD}"))  # type: ignore[arg-type]
    with pytest.raises(BadKey, match="FACE_MASTER_KEYS: an id twice"):
        load_keys(Settings(var=tmp_path, face_master_keys=f"k1:{GOOD},k1:{OTHER}"))  # type: ignore[arg-type]


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
