"""The same contract for a folder and for a bucket, and what sealing adds to both."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.errors import FileStoreUnavailable, FileUnreadable
from foundation.stored_files.folder import FolderStore
from foundation.stored_files.s3 import Bucket, S3Store
from foundation.stored_files.store import FileMissing, FileStore, SealedFiles, StoreFails
from tests.foundation.stored_files.s3_stand_in import BUCKET, S3StandIn

NAME = hashlib.sha256(b"x").hexdigest()
KEYS = {"k1": b"1" * 32, "k2": b"2" * 32}


def _bucket(endpoint: str, name: str = BUCKET, prefix: str = "cme/") -> S3Store:
    return S3Store(Bucket(endpoint, name, "us-east-1", "key", "secret", prefix))


@pytest.fixture
def s3() -> Iterator[S3StandIn]:
    with S3StandIn() as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3: S3StandIn) -> FileStore:
    return FolderStore(tmp_path / "files") if request.param == "folder" else _bucket(s3.endpoint)


@pytest.mark.parametrize("content", [b"", b"a", secrets.token_bytes(300_000)], ids=["empty", "short", "long"])
def test_what_is_put_is_got_until_it_is_deleted(store: FileStore, content: bytes) -> None:
    assert store.ready()
    assert not store.exists(NAME)
    store.put(NAME, content)
    assert store.exists(NAME)
    assert store.get(NAME) == content
    store.put(NAME, content)  # again is no error
    store.delete(NAME)
    store.delete(NAME)
    assert not store.exists(NAME)
    with pytest.raises(FileMissing):
        store.get(NAME)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, NAME + "/x", NAME[:63], NAME + "\n"])
def test_a_name_that_is_no_hash_is_refused(store: FileStore, name: str) -> None:
    for act in (store.get, store.exists, store.delete, lambda name: store.put(name, b"x")):
        with pytest.raises(ValueError, match="name"):
            act(name)


def test_old_files_of_a_shard_are_listed(store: FileStore) -> None:
    store.put(NAME, b"x")
    later, earlier = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)
    assert list(store.older_than(NAME[:2], later)) == [NAME]
    assert list(store.older_than(NAME[:2], earlier)) == []
    other = "00" if NAME[:2] != "00" else "01"
    assert list(store.older_than(other, later)) == []


def test_a_sealed_file_is_named_by_its_sealed_bytes_and_shows_nothing_of_its_content(store: FileStore) -> None:
    files = SealedFiles(store, KEYS, "k2")
    one, two = files.put(b"the same content"), files.put(b"the same content")
    assert one.name != two.name
    assert (one.key_id, one.size) == ("k2", 16)
    sealed = store.get(one.name)
    assert hashlib.sha256(sealed).hexdigest() == one.name
    assert b"same" not in sealed
    assert files.get(one.name) == files.get(two.name) == b"the same content"
    assert files.exists(one.name)


def test_a_file_opens_with_the_key_that_sealed_it_after_a_change_of_keys(store: FileStore) -> None:
    old = SealedFiles(store, {"k1": KEYS["k1"]}, "k1").put(b"old")
    assert SealedFiles(store, KEYS, "k2").get(old.name) == b"old"
    with pytest.raises(FileUnreadable):
        SealedFiles(store, {"k2": KEYS["k2"]}, "k2").get(old.name)
    with pytest.raises(FileUnreadable):
        SealedFiles(store, {"k1": b"3" * 32}, "k1").get(old.name)


@pytest.mark.parametrize("where", [0, 5, 6, 9, -1])
def test_a_file_that_was_changed_in_the_store_is_refused(store: FileStore, where: int) -> None:
    files = SealedFiles(store, KEYS, "k1")
    name = files.put(b"content").name
    altered = bytearray(store.get(name))
    altered[where] ^= 1
    store.put(name, bytes(altered))
    with pytest.raises(FileUnreadable):
        files.get(name)


@pytest.mark.parametrize("left", [0, 3, 6, 12])
def test_a_file_that_was_cut_is_refused(store: FileStore, left: int) -> None:
    files = SealedFiles(store, KEYS, "k1")
    name = files.put(b"content").name
    store.put(name, store.get(name)[:left])
    with pytest.raises(FileUnreadable):
        files.get(name)


def test_a_missing_file_is_unreadable(store: FileStore) -> None:
    with pytest.raises(FileUnreadable):
        SealedFiles(store, KEYS, "k1").get(NAME)


def test_a_folder_has_two_levels_for_its_owner_alone_and_no_draft_stays(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    store.put(NAME, b"x")
    path = tmp_path / "files" / NAME[:2] / NAME[2:4] / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == [NAME]


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)
    store.put(NAME, b"old")

    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        store.put(NAME, b"new")
    assert store.get(NAME) == b"old"
    assert len([each for each in tmp_path.rglob("*") if each.is_file()]) == 1


def test_drafts_of_a_crash_are_deleted_once_they_are_old(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(NAME, b"x")
    draft = tmp_path / NAME[:2] / NAME[2:4] / ".0123.draft"
    draft.write_bytes(b"half")
    assert list(store.older_than(NAME[:2], datetime.now(UTC) + timedelta(hours=1))) == [NAME]
    assert not draft.exists()


def test_a_folder_that_cannot_be_made_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert not FolderStore(tmp_path / "file" / "below").ready()


def test_a_bucket_gets_signed_requests_and_names_below_its_prefix(s3: S3StandIn) -> None:
    _bucket(s3.endpoint, prefix="cme/").put(NAME, b"x")
    assert list(s3.held.objects) == [f"cme/{NAME}"]
    assert s3.held.signed
    assert all(s3.held.signed)


def test_a_bucket_that_is_not_there_or_refuses_is_not_ready_and_says_try_again(s3: S3StandIn) -> None:
    assert not _bucket(s3.endpoint, "another-one").ready()
    s3.held.refuses = True
    store = _bucket(s3.endpoint)
    assert not store.ready()
    for act in (lambda: store.put(NAME, b"x"), lambda: store.get(NAME), lambda: store.exists(NAME)):
        with pytest.raises(StoreFails):
            act()
    with pytest.raises(FileStoreUnavailable) as refused:
        SealedFiles(store, KEYS, "k1").put(b"x")
    assert refused.value.retry_after == 30


def test_a_store_that_is_away_fails_soon() -> None:
    with S3StandIn() as gone:
        endpoint = gone.endpoint
    with pytest.raises(StoreFails):
        _bucket(endpoint).get(NAME)
