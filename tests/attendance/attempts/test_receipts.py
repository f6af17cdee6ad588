"""Receipts can be checked by anyone, with nothing but the published key."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import jwt
import pytest

from attendance.attempts.receipts import Receipts
from models.attendance import CheckIn, CheckInStatus, Direction
from models.base import new_id

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ROW = CheckIn(
    id=new_id(),
    session_id=new_id(),
    person_id=new_id(),
    direction=Direction.IN,
    status=CheckInStatus.PRESENT,
    checked_in_at=NOW,
)


def test_a_receipt_is_checked_with_the_published_key() -> None:
    receipts = Receipts(b"s" * 32, "https://cme.test")
    token = receipts.sign(ROW, NOW)
    key = jwt.PyJWKSet.from_dict(receipts.key_set())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer="https://cme.test")
    assert claims["jti"] == str(ROW.id)
    assert claims["person"] == str(ROW.person_id)
    assert (claims["direction"], claims["status"]) == ("in", "present")
    assert datetime.fromisoformat(claims["at"]) == NOW


def test_the_keys_name_is_its_thumbprint_and_nothing_secret_is_published() -> None:
    (published,) = Receipts(b"s" * 32, "https://cme.test").key_set()["keys"]
    members = json.dumps({name: published[name] for name in ("crv", "kty", "x")}, separators=(",", ":"))
    digest = hashlib.sha256(members.encode()).digest()
    assert published["kid"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert "d" not in published


def test_a_receipt_of_another_installation_does_not_pass() -> None:
    token = Receipts(b"t" * 32, "https://cme.test").sign(ROW, NOW)
    (published,) = Receipts(b"s" * 32, "https://cme.test").key_set()["keys"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, jwt.PyJWK(published), algorithms=["EdDSA"])
