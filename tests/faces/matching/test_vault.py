"""What is sealed opens with its key in its place, and with nothing else."""

import os

import numpy as np
import pytest

from faces.matching.policy import Policy
from faces.matching.vault import (
    KeyRing,
    VaultError,
    WrappedKey,
    new_person_key,
    open_sealed,
    open_sealed_photo,
    rewrap,
    seal,
    seal_photo,
)
from tests.faces.samples import template

PERSON, OTHER = b"person 1", b"person 2"


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.new("2026-11")


def test_a_sealed_template_opens(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    opened = open_sealed(seal(template(policy, 1), key, ring, PERSON), key, ring, PERSON)
    assert np.array_equal(opened.embedding, template(policy, 1).embedding)
    assert opened.photos == 3


def test_nothing_of_the_template_is_readable_in_it(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    sealed = seal(template(policy, 1), key, ring, PERSON)
    assert template(policy, 1).embedding.tobytes()[:16] not in sealed
    assert policy.engine.encode() not in sealed
    assert seal(template(policy, 1), key, ring, PERSON) != sealed


def test_changing_any_byte_is_noticed(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    sealed = seal(template(policy, 1), key, ring, PERSON)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(VaultError):
            open_sealed(changed, key, ring, PERSON)


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 28, 100])
def test_a_cut_off_blob_is_noticed(policy: Policy, ring: KeyRing, cut: int) -> None:
    key = new_person_key(ring)
    with pytest.raises(VaultError):
        open_sealed(seal(template(policy, 1), key, ring, PERSON)[:cut], key, ring, PERSON)


def test_a_template_moved_to_another_person_does_not_open(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    with pytest.raises(VaultError):
        open_sealed(seal(template(policy, 1), key, ring, PERSON), key, ring, OTHER)


def test_another_persons_key_does_not_open_it(policy: Policy, ring: KeyRing) -> None:
    sealed = seal(template(policy, 1), new_person_key(ring), ring, PERSON)
    with pytest.raises(VaultError):
        open_sealed(sealed, new_person_key(ring), ring, PERSON)


def test_a_changed_wrapped_key_does_not_open_anything(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    sealed = seal(template(policy, 1), key, ring, PERSON)
    for at in range(len(key.blob)):
        changed = WrappedKey(key.master_id, key.blob[:at] + bytes([key.blob[at] ^ 1]) + key.blob[at + 1 :])
        with pytest.raises(VaultError):
            open_sealed(sealed, changed, ring, PERSON)


def test_after_rotation_old_keys_open_and_new_ones_use_the_new_master(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    sealed = seal(template(policy, 1), key, ring, PERSON)
    rotated = ring.rotated("2027-05")
    assert open_sealed(sealed, key, rotated, PERSON).photos == 3
    assert new_person_key(rotated).master_id == "2027-05"


def test_rewrapping_lets_the_old_master_go_without_touching_the_template(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    sealed = seal(template(policy, 1), key, ring, PERSON)
    rotated = ring.rotated("2027-05")
    moved = rewrap(key, rotated)
    new_only = KeyRing.from_bytes(rotated.to_bytes().splitlines()[-1])
    assert open_sealed(sealed, moved, new_only, PERSON).photos == 3
    with pytest.raises(VaultError):
        open_sealed(sealed, key, new_only, PERSON)


def test_a_key_of_another_ring_is_refused_even_under_the_same_name(policy: Policy, ring: KeyRing) -> None:
    key = new_person_key(ring)
    with pytest.raises(VaultError):
        seal(template(policy, 1), key, KeyRing.new("2026-11"), PERSON)


def test_the_file_form_gives_the_same_ring_back(ring: KeyRing) -> None:
    rotated = ring.rotated("b").rotated("a")
    back = KeyRing.from_bytes(rotated.to_bytes())
    assert back.current == "a"
    assert back.to_bytes() == rotated.to_bytes()
    assert rewrap(new_person_key(ring), back).master_id == "a"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"k1", b"k1 !!!", b"k1 AAAA", b"\xff\xfe", b"k1 AAAA BBBB"])
def test_a_file_that_is_no_ring_is_refused(content: bytes) -> None:
    with pytest.raises(VaultError):
        KeyRing.from_bytes(content)


def test_a_ring_needs_its_current_key_and_keys_of_32_bytes() -> None:
    with pytest.raises(VaultError):
        KeyRing({"a": os.urandom(32)}, "b")
    with pytest.raises(VaultError):
        KeyRing({"a": os.urandom(16)}, "a")
    with pytest.raises(VaultError):
        KeyRing({"a b": os.urandom(32)}, "a b")


def test_a_name_is_used_once(ring: KeyRing) -> None:
    with pytest.raises(VaultError):
        ring.rotated("2026-11")


def test_no_key_is_in_the_text_of_a_ring_or_of_a_wrapped_key(ring: KeyRing) -> None:
    secret = ring.to_bytes().split()[1].decode()
    key = new_person_key(ring)
    assert secret not in repr(ring)
    assert repr(key) == "WrappedKey(master_id='2026-11')"


def test_a_photo_opens_in_its_place_and_as_a_photo_alone(policy: Policy, ring: KeyRing) -> None:
    key, photo = new_person_key(ring), b"\xff\xd8\xff\xe0 and so on"
    sealed = seal_photo(photo, key, ring, PERSON)
    later = ring.rotated("2027-05")
    assert photo not in sealed
    assert open_sealed_photo(sealed, key, ring, PERSON) == photo
    assert open_sealed_photo(sealed, rewrap(key, later), later, PERSON) == photo
    for blob, wrapped, context in (
        (sealed, key, OTHER),
        (sealed, new_person_key(ring), PERSON),
        (sealed[:-1], key, PERSON),
        (b"", key, PERSON),
        (seal(template(policy, 1), key, ring, PERSON), key, PERSON),
    ):
        with pytest.raises(VaultError):
            open_sealed_photo(blob, wrapped, ring, context)
    with pytest.raises(VaultError):
        open_sealed(sealed, key, ring, PERSON)
