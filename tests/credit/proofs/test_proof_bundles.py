"""Proof bundles (X-5): signed, proven by the ledger, checked offline and by a call that needs no account."""

import base64
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet, OKPKey
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from credit.ledger import posting
from credit.proofs import bundles, verify
from credit.proofs.verify import KeyUnknown, Tampered, read_bundle
from foundation.signing import Signer
from tests.api import Api, Reply
from tests.credit.conftest import CreditScene, New
from tests.documents.pdfs import qr_of, text_of

ROOT = Path(__file__).parents[3]
PERIOD = "from=2026-01-01&to=2026-12-31"


@dataclass
class Proven:
    """A learner with three grants in a signed ledger, of which two are of the period, and the bundle of those."""

    scene: CreditScene
    text: str
    entries: list[str]
    keys: dict[str, Any]

    def bundle(self, period: str = PERIOD) -> Reply:
        return self.scene.learner.get(f"/me/proof-bundle.json?{period}")

    def sign(self) -> None:
        assert self.scene.authority.post("/ledger/heads").status_code == 201

    def check(self, *texts: str | bytes, client: Api | None = None) -> Any:
        sent = [
            (io.BytesIO(each.encode() if isinstance(each, str) else each), f"{place}.json")
            for place, each in enumerate(texts)
        ]
        reply = (client or Api(self.scene.api.app)).post(
            "/proof-bundles/verifications", data={"bundles": sent}, content_type="multipart/form-data"
        )
        assert reply.status_code == 200, reply.json
        return reply.json["items"]


@pytest.fixture
def proven(scene: CreditScene, new: New) -> Proven:
    facts: dict[str, Any] = {"person_id": scene.person.id}
    day = new().activity_on
    made = [
        posting.post(scene.db, entry=new(**facts, activity_name="急诊心电图判读新进展")),
        posting.post(scene.db, entry=new(**facts, activity_name="重症超声")),
        posting.post(scene.db, entry=new(**facts, activity_on=day.replace(year=2025))),
        posting.post(scene.db, entry=new()),  # of somebody else
    ]
    scene.db.commit()
    entries = [str(each.id) for each in made[:2]]
    assert scene.learner.post("/me/certificates", {"entry_ids": entries[:1]}).status_code == 201
    assert scene.authority.post("/ledger/heads").status_code == 201
    reply = scene.learner.get(f"/me/proof-bundle.json?{PERIOD}")
    assert reply.status_code == 200, reply.json
    keys = dict(scene.api.get("/.well-known/jwks.json").json)
    return Proven(scene, reply.text, entries, keys)


def claims_of(text: str) -> dict[str, Any]:
    payload = json.loads(text)["payload"]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


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


def changed(text: str, place: int, letter: str) -> str:
    return text[:place] + letter + text[place + 1 :]


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@examples(max_examples=300)
@given(data=st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    text = _sample()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(LETTERS + '{}":, \n.=\x00é'))
    with_change = changed(text, place, letter)
    try:
        found = read_bundle(with_change, _KEYS)
    except (Tampered, KeyUnknown):
        return
    assert with_change == text
    assert found == read_bundle(text, _KEYS)


@examples(max_examples=100)
@given(garbage=st.one_of(st.text(), st.binary().map(lambda each: each.decode("utf-8", "replace"))))
def test_garbage_is_no_bundle(garbage: str) -> None:
    with pytest.raises((Tampered, KeyUnknown)):
        read_bundle(garbage, _KEYS)


def test_a_bundle_has_its_three_members_once_each_and_no_other() -> None:
    whole = json.loads(_sample())
    signature = f'"signature":"{whole["signature"]}"'
    for text in (
        json.dumps(whole | {"note": "valid"}),  # what is not signed would be read as if it were
        _sample().replace(signature, f"{signature},{signature}"),
        _sample().replace('"protected"', '"payload"', 1),
        _sample().replace("{", '{"header":{},', 1),
        json.dumps([whole]),
        json.dumps({"bundle": whole}),
    ):
        with pytest.raises(Tampered):
            read_bundle(text, _KEYS)
    read_bundle(json.dumps(dict(reversed(whole.items()))), _KEYS)  # their order says nothing


def test_each_letter_of_the_signature_counts() -> None:
    text = _sample()
    begin = text.index('"signature":"') + len('"signature":"')
    for place in range(begin, text.rindex('"')):
        for letter in LETTERS:
            if letter != text[place]:
                with pytest.raises(Tampered):
                    read_bundle(changed(text, place, letter), _KEYS)


_SIGNER = Signer(b"k" * 32)
_KEYS = {"keys": [_SIGNER.public_key()]}


def _signed(claims: dict[str, Any], typ: str = verify.TYP, signer: Signer = _SIGNER) -> str:
    protected, payload, signature = signer.sign(claims, typ).split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature}, separators=(",", ":"))


def _claims(**changes: Any) -> dict[str, Any]:
    """A bundle without grants, which needs no database."""
    head = _SIGNER.sign({"iss": "x", "size": 1, "root": "00" * 32, "iat": 1}, "cme-tree-head+jwt")
    person = {"id": "1", "name": "李", "cme_number": None, "unit": "医院", "id_last_four": None}
    totals = {"credits": "0.00", "hours": "0.0"}
    facts = {"format": 1, "iss": "https://cme.test", "iat": 1, "person": person, "from": "2026-01-01"}
    facts |= {"to": "2026-12-31", "head": head, "entries": [], "certificates": [], "totals": totals}
    return facts | changes


def _sample() -> str:
    return _signed(_claims())


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"from": "2026-13-01"},
        {"totals": {"credits": "5.00", "hours": "0.0"}},
        {"certificates": [{"entry": "nothing", "number": "ZJ1"}]},
        {"head": "eyJ.x.y"},
        {"person": None},
        {"entries": [{"leaf": "{}", "path": []}]},
        {"iat": "soon"},
    ],
)
def test_what_is_signed_and_does_not_hold_together_is_not_proven(changes: dict[str, Any]) -> None:
    read_bundle(_signed(_claims()), _KEYS)
    with pytest.raises(Tampered):
        read_bundle(_signed(_claims(**changes)), _KEYS)


def test_a_tree_head_or_a_receipt_is_no_bundle_though_we_signed_it(proven: Proven) -> None:
    with pytest.raises(Tampered):
        read_bundle(_signed(_claims(), typ="cme-tree-head+jwt"), _KEYS)
    assert proven.check(claims_of(proven.text)["head"])[0]["verdict"] == "tampered"


def test_each_leaf_and_path_is_looked_at(proven: Proven) -> None:
    """Somebody who has the key can't put a grant into a bundle that is in no tree head."""
    claims = claims_of(proven.text)
    keys = {"keys": [*proven.keys["keys"], _SIGNER.public_key()]}
    assert read_bundle(_signed(claims), keys).credits == 10
    leaf = claims["entries"][0]["leaf"]
    for edited in (
        {"leaf": leaf.replace('"5.00"', '"9.00"')},
        {"leaf": leaf.replace('"grant"', '"reversal"')},
        {"path": claims["entries"][0]["path"][:-1]},
        {"path": claims["entries"][1]["path"]},
    ):
        with pytest.raises(Tampered):
            read_bundle(_signed({**claims, "entries": [claims["entries"][0] | edited, *claims["entries"][1:]]}), keys)
    with pytest.raises(Tampered):
        read_bundle(_signed({**claims, "entries": [claims["entries"][0]] * 2}), keys)
    with pytest.raises(Tampered):
        read_bundle(_signed({**claims, "person": claims["person"] | {"id": "another"}}), keys)
    with pytest.raises(Tampered):
        read_bundle(_signed({**claims, "to": "2026-01-31"}), keys)


def test_many_are_checked_at_once_each_for_itself_and_nothing_is_said_of_what_we_did_not_sign(proven: Proven) -> None:
    other = _signed(claims_of(proven.text), signer=Signer(b"o" * 32))
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


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder that is not ours, without database or settings."""
    environment = {"PATH": os.environ["PATH"]}
    command = [str(ROOT / "scripts" / "verify-proof-bundle"), *arguments]
    return subprocess.run(  # noqa: S603 - our own script
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_checks_files_offline(proven: Proven, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(proven.keys))
    (tmp_path / "good.json").write_text(proven.text)
    good = run(tmp_path, "--keys", "keys.json", "good.json")
    assert (good.returncode, "2 grants, 10.00 credits" in good.stdout) == (0, True), good.stderr
    assert run(tmp_path, "--keys", "keys.json", "missing.json").returncode == 2


def test_the_script_tells_of_each_file_whether_it_is_proven(
    proven: Proven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "keys": json.dumps(proven.keys),
        "others": json.dumps(_KEYS),
        "good": proven.text,
        "bad": changed(proven.text, len(proven.text) - 3, "!"),
        "list": "[]",
        "cut": json.dumps(proven.keys)[:-3],
    }
    for name, content in files.items():
        Path(f"{name}.json").write_text(content)

    def told(keys: str, *names: str) -> tuple[int, list[str], list[str]]:
        code = verify.main(["--keys", f"{keys}.json", *(f"{each}.json" for each in names)])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    person = proven.scene.person
    proven_line = (
        f"proven good.json: {person.name} {person.cme_number}, 2026-01-01 to 2026-12-31, 2 grants, 10.00 credits, "
        f"30.0 hours, issued {proven.scene.clock.now():%Y-%m-%d} by https://cme.test"
    )
    assert told("keys", "good") == (0, [proven_line], [])
    assert told("keys", "bad", "good") == (1, [proven_line], ["NOT PROVEN bad.json: the text is no proof bundle"])
    assert told("others", "good") == (
        1,
        [],
        ["NOT PROVEN good.json: it was signed with a key that is none of these"],
    )
    for keys in ("good", "list", "cut"):
        assert told(keys, "good") == (2, [], [f"verify-proof-bundle: {keys}.json is no JWK set: download it again"])
    for keys, name in (("keys", "missing"), ("missing", "good")):
        code, out, (line,) = told(keys, name)
        assert (code, out) == (2, [])
        assert line.startswith("verify-proof-bundle: can't read missing.json: ")


def test_the_verifier_imports_no_database() -> None:
    code = "import credit.proofs.verify, sys; print(any(m in sys.modules for m in ('sqlalchemy', 'flask', 'models')))"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "False"
