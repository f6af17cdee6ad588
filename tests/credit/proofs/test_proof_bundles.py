"""Proof bundles (X-5): signed, proven by the ledger, checked offline and by a call that needs no account."""

import io
import json
from typing import Any

import pypdfium2
import pytest
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet, OKPKey
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from credit.ledger import posting
from credit.proofs import bundles
from credit.proofs.verify import read_bundle
from foundation.signing import Signer
from tests.api import Api
from tests.credit.conftest import New
from tests.credit.proofs.proven_bundles import PERIOD, Proven, changed, claims_of, signed
from tests.documents.pdfs import qr_of, text_of


def test_a_bundle_is_verified_by_a_library_that_is_not_ours(proven: Proven) -> None:
    keys = KeySet([OKPKey.import_key(each) for each in proven.keys["keys"]])
    with pytest.warns(SecurityWarning, match="RFC 9864"):  # it would have the name of the curve, which few read
        found = jws.deserialize_json(json.loads(proven.text), keys, algorithms=["EdDSA"])
    claims = json.loads(found.payload)
    assert claims["person"]["name"] == proven.scene.person.name
    assert (claims["from"], claims["to"]) == ("2026-01-01", "2026-12-31")
    assert claims["totals"] == {"credits": "10.00", "hours": "30.0"}


def test_a_bundle_has_the_grants_of_the_period_with_proofs_and_the_numbers_of_certificates(proven: Proven) -> None:
    found = read_bundle(proven.text, proven.keys)
    assert [each.id for each in found.entries] == proven.entries
    (certificate,) = proven.scene.learner.get("/me/certificates").json["items"]
    assert [each.number for each in found.entries] == [certificate["number"], None]
    assert found.person["cme_number"] == proven.scene.person.cme_number
    assert (str(found.credits), str(found.hours)) == ("10.00", "30.0")
    assert found.head.size == 4


def test_a_valid_bundle_says_what_it_says_to_anybody(proven: Proven) -> None:
    (item,) = proven.check(proven.text)
    assert (item["verdict"], item["changes"], item["file"]) == ("valid", [], "0.json")
    says = item["says"]
    assert (says["name"], says["entries"], says["credits"]) == (proven.scene.person.name, 2, "10.00")


def test_a_compact_jws_of_the_same_parts_is_the_same_bundle(proven: Proven) -> None:
    parts = json.loads(proven.text)
    compact = f"{parts['protected']}.{parts['payload']}.{parts['signature']}"
    pretty = "\ufeff" + json.dumps(parts, indent=2) + "\n"
    assert [each["verdict"] for each in proven.check(compact, pretty)] == ["valid", "valid"]


def test_a_reversed_grant_supersedes_the_bundle_and_the_next_one_lacks_it(proven: Proven) -> None:
    body = {"reason": "登记错误"}
    assert proven.scene.authority.post(f"/ledger-entries/{proven.entries[0]}/reversal", body).status_code == 201
    (item,) = proven.check(proven.text)
    assert item["verdict"] == "superseded"
    assert [(each["entry_id"], each["change"]) for each in item["changes"]] == [(proven.entries[0], "reversed")]
    assert item["says"]["credits"] == "10.00"  # as it was signed
    later = read_bundle(proven.bundle().text, proven.keys)
    assert [each.id for each in later.entries] == proven.entries[1:]
    assert [each["verdict"] for each in proven.check(proven.bundle().text)] == ["valid"]


def test_a_revoked_certificate_supersedes_the_bundle(proven: Proven) -> None:
    number = proven.scene.learner.get("/me/certificates").json["items"][0]["number"]
    revoked = proven.scene.authority.post(f"/certificates/{number}/revocation", {"reason": "材料有误"})
    assert revoked.status_code == 200, revoked.json
    (item,) = proven.check(proven.text)
    assert (item["verdict"], item["changes"][0]["change"]) == ("superseded", "certificate_revoked")
    assert item["changes"][0]["number"] == number


def test_a_certificate_that_was_issued_anew_supersedes_the_bundle(proven: Proven) -> None:
    number = proven.scene.learner.get("/me/certificates").json["items"][0]["number"]
    anew = proven.scene.authority.post(f"/certificates/{number}/reissue", {"reason": "单位更正"})
    assert anew.status_code == 201, anew.json
    (item,) = proven.check(proven.text)
    assert item["verdict"] == "superseded"
    (change,) = item["changes"]
    assert (change["change"], change["number"]) == ("certificate_replaced", number)


def test_a_grant_that_no_head_has_yet_waits_for_it(proven: Proven, new: New) -> None:
    posting.post(proven.scene.db, entry=new(person_id=proven.scene.person.id))
    proven.scene.db.commit()
    refused = proven.bundle()
    assert (refused.status_code, refused.json["code"]) == (404, "head_not_signed")
    assert refused.json["by"]
    proven.sign()
    assert len(read_bundle(proven.bundle().text, proven.keys).entries) == 3


def test_a_period_without_credits_is_a_bundle_of_nothing(proven: Proven) -> None:
    text = proven.bundle("from=2020-01-01&to=2020-12-31").text
    found = read_bundle(text, proven.keys)
    assert (found.entries, str(found.credits)) == ((), "0.00")
    assert proven.check(text)[0]["verdict"] == "valid"


@pytest.mark.parametrize(
    "period", ["", "from=2026-01-01", "from=2026-02-01&to=2026-01-01", "from=x&to=y", "from=2026-13-01&to=2027-01-01"]
)
def test_a_period_that_is_none_is_422(proven: Proven, period: str) -> None:
    for kind in ("json", "pdf"):
        assert proven.scene.learner.get(f"/me/proof-bundle.{kind}?{period}").status_code == 422


def test_more_grants_than_a_bundle_takes_are_refused(proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_ENTRIES", 1)
    refused = proven.bundle()
    assert (refused.status_code, refused.json["code"], refused.json["most"]) == (422, "bundle_too_large", 1)


def test_many_are_checked_at_once_each_for_itself_and_nothing_is_said_of_what_we_did_not_sign(proven: Proven) -> None:
    other = signed(claims_of(proven.text), signer=Signer(b"o" * 32))
    place = proven.text.index('"payload":"') + 60
    edited = changed(proven.text, place, "A" if proven.text[place] != "A" else "B")
    hostile = (b"%PDF-1.7", b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"protected":"' + b"A" * 100_000)
    items = proven.check(proven.text, edited, other, *hostile)
    assert [each["verdict"] for each in items] == ["valid", "tampered", "key_unknown", *["tampered"] * 5]
    assert [(each["says"], each["changes"]) for each in items[1:]] == [(None, [])] * 7


def test_fifty_files_and_eight_megabytes_are_the_most(proven: Proven) -> None:
    assert len(proven.check(*[proven.text] * 50)) == 50
    sent = {"bundles": [(io.BytesIO(b"x"), "x.json") for _ in range(51)]}
    api = Api(proven.scene.api.app)
    path = "/proof-bundles/verifications"
    assert api.post(path, data=sent, content_type="multipart/form-data").status_code == 422
    large = FileStorage(io.BytesIO(b"x" * 10_000_000), "x.json")
    boundary, body = encode_multipart({"bundles": large})
    kind = f"multipart/form-data; boundary={boundary}"
    assert api.post(path, data=body, content_type=kind).status_code == 413
    assert api.post(path, data={"bundles": "text"}, content_type="multipart/form-data").status_code == 422
    assert api.post(path, {"bundles": []}).status_code in (415, 422)


def test_too_many_calls_a_minute_wait(proven: Proven) -> None:
    api = Api(proven.scene.api.app)
    components: Any = proven.scene.api.app.extensions["components"]
    for _ in range(components.certificates.bundle_checks._most_unknown):
        components.certificates.bundle_checks.count_unknown(components.clock.now())
    sent = {"bundles": [(io.BytesIO(b"x"), "x.json")]}
    refused = api.post("/proof-bundles/verifications", data=sent, content_type="multipart/form-data")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_the_page_checks_without_a_script(proven: Proven) -> None:
    api = Api(proven.scene.api.app)
    form = api.get("/verify-bundles")
    assert form.status_code == 200
    assert "<script" not in form.text
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    sent = [(io.BytesIO(proven.text.encode()), "<script>alert(1)</script>.json"), (io.BytesIO(b"x"), "x.json")]
    shown = api.post("/verify-bundles", data={"bundles": sent}, content_type="multipart/form-data")
    assert shown.status_code == 200
    assert 'data-test="valid"' in shown.text
    assert 'data-test="tampered"' in shown.text
    assert proven.scene.person.name in shown.text
    assert "<script" not in shown.text
    empty = api.post("/verify-bundles", data={}, content_type="multipart/form-data")
    assert (empty.status_code, empty.json["code"]) == (422, "invalid_input")


def test_the_pdf_says_what_the_bundle_says_and_has_it_attached(proven: Proven) -> None:
    reply = proven.scene.learner.get(f"/me/proof-bundle.pdf?{PERIOD}")
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    text = text_of(reply.data)
    number = proven.scene.learner.get("/me/certificates").json["items"][0]["number"]
    for wanted in (proven.scene.person.name, "急诊心电图判读新进展", "重症超声", "合计10.0030.0", number):
        assert wanted in text
    assert qr_of(reply.data) == "https://cme.test/verify-bundles"
    with pypdfium2.PdfDocument(reply.data) as read:
        assert read.count_attachments() == 1
        attached = bytes(read.get_attachment(0).get_data())
    assert proven.check(attached)[0]["verdict"] == "valid"
    assert [each.id for each in read_bundle(attached.decode(), proven.keys).entries] == proven.entries


def test_a_bundle_is_ones_own(proven: Proven) -> None:
    other = proven.scene.authority.get(f"/me/proof-bundle.json?{PERIOD}")
    assert other.status_code == 200
    assert read_bundle(other.text, proven.keys).entries == ()
