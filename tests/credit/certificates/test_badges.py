"""Badges: a verifiable credential that a library which is not ours verifies, with its status and the ledger's proof."""

import base64
import gzip
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from credit.ledger.verify import check_inclusion
from tests.api import Api
from tests.credit.certificates.conftest import Certified

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864 calls it Ed25519; PyJWT doesn't yet


def keys_of(api: Api) -> dict[str, Any]:
    return api.get("/.well-known/jwks.json").json


def opened(certified: Certified, token: str) -> dict[str, Any]:
    """The claims of a token, verified by joserfc with the published keys."""
    read = jwt.decode(token, KeySet.import_key_set(keys_of(certified.api)), algorithms=["EdDSA", "Ed25519"])
    assert read.header["typ"] == "vc+jwt"
    return read.claims


def badge_of(certified: Certified, item: dict[str, Any]) -> dict[str, Any]:
    certified.authority.post("/ledger/heads", {})
    reply = certified.me.get(item["badge"])
    assert (reply.status_code, reply.mimetype) == (200, "application/vc+jwt"), reply.json
    return opened(certified, reply.text)


def bit_of(certified: Certified, status: dict[str, str]) -> int:
    """The bit of a badge in its status list, read as the standard says."""
    path = status["statusListCredential"].partition("localhost")[2] or "/badge-status/1"
    reply = certified.api.get("/badge-status/" + path.rpartition("/")[2])
    assert reply.mimetype == "application/vc+jwt"
    claims = opened(certified, reply.text)
    assert claims["id"] == status["statusListCredential"]
    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    encoded = claims["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert len(bits) * 8 >= 131_072
    index = int(status["statusListIndex"])
    return bits[index // 8] >> (7 - index % 8) & 1


def test_a_badge_is_a_credential_that_others_verify(certified: Certified) -> None:
    item = certified.issue(activity_number="2026-03-01-001 (国)")
    claims = badge_of(certified, item)
    assert claims["@context"][:2] == [
        "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]  # fmt: skip
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["issuer"]["id"] == claims["iss"]
    assert claims["id"] == item["verify_url"]
    subject = claims["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == certified.person.name
    assert (subject["creditsEarned"], subject["licenseNumber"]) == (5.0, item["number"])
    assert subject["achievement"]["name"] == "急诊心电图判读新进展"
    assert subject["achievement"]["humanCode"] == "2026-03-01-001 (国)"
    assert subject["achievement"]["criteria"]["narrative"]


def test_a_badge_holds_the_ledgers_proof_and_it_is_proven(certified: Certified) -> None:
    item = certified.issue()
    (evidence,) = badge_of(certified, item)["evidence"]
    assert "Evidence" in evidence["type"]
    assert check_inclusion(evidence["inclusion"], keys_of(certified.api))
    assert json.loads(evidence["inclusion"]["leaf"])["id"] == item["entry_id"]


def test_a_changed_badge_is_not_verified(certified: Certified) -> None:
    item = certified.issue()
    certified.authority.post("/ledger/heads", {})
    head, body, signature = certified.me.get(item["badge"]).text.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["credentialSubject"]["creditsEarned"] = 50.0
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    keys = KeySet.import_key_set(keys_of(certified.api))
    with pytest.raises(JoseError, match="signature"):
        jwt.decode(f"{head}.{forged}.{signature}", keys, algorithms=["EdDSA", "Ed25519"])


def test_the_status_list_says_what_is_no_longer_valid(certified: Certified) -> None:
    good, revoked = certified.issue(), certified.issue()
    grant = certified.grant()
    reversed_one = certified.ask(grant).json["items"][0]
    statuses = [badge_of(certified, each)["credentialStatus"] for each in (good, revoked, reversed_one)]
    assert [bit_of(certified, each) for each in statuses] == [0, 0, 0]
    certified.revoke(revoked)
    certified.take_back(grant)
    assert [bit_of(certified, each) for each in statuses] == [0, 1, 1]
    made = certified.authority.post(f"/certificates/{good['number']}/reissue", {"reason": "姓名更正"})
    assert made.status_code == 201
    assert bit_of(certified, statuses[0]) == 1


def test_a_badge_waits_for_the_head_that_has_its_grant(certified: Certified) -> None:
    item = certified.issue()
    refused = certified.me.get(item["badge"])
    assert (refused.status_code, refused.json["code"]) == (404, "head_not_signed")
    certified.authority.post("/ledger/heads", {})
    number = item["number"]
    assert certified.me.get(f"/me/certificates/{number}/badge").status_code == 200


def test_there_is_no_list_of_nothing(certified: Certified) -> None:
    for path in ("/badge-status/0", "/badge-status/99999999", "/badge-status/x"):
        assert certified.api.get(path).status_code == 404
    assert certified.api.get("/badge-status/2").status_code == 200
