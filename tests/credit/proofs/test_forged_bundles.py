"""Bundles that were changed or made up are never called proven, whatever was changed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from credit.proofs.verify import KeyUnknown, Tampered, read_bundle
from tests.credit.proofs.proven_bundles import KEYS, SIGNER, Proven, changed, claims_of, signed

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@examples(max_examples=300)
@given(data=st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    text = _sample()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(LETTERS + '{}":, \n.=\x00é'))
    with_change = changed(text, place, letter)
    try:
        found = read_bundle(with_change, KEYS)
    except (Tampered, KeyUnknown):
        return
    assert with_change == text
    assert found == read_bundle(text, KEYS)


@examples(max_examples=100)
@given(garbage=st.one_of(st.text(), st.binary().map(lambda each: each.decode("utf-8", "replace"))))
def test_garbage_is_no_bundle(garbage: str) -> None:
    with pytest.raises((Tampered, KeyUnknown)):
        read_bundle(garbage, KEYS)


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
            read_bundle(text, KEYS)
    read_bundle(json.dumps(dict(reversed(whole.items()))), KEYS)  # their order says nothing


def test_each_letter_of_the_signature_counts() -> None:
    text = _sample()
    begin = text.index('"signature":"') + len('"signature":"')
    for place in range(begin, text.rindex('"')):
        for letter in LETTERS:
            if letter != text[place]:
                with pytest.raises(Tampered):
                    read_bundle(changed(text, place, letter), KEYS)


def _claims(**changes: Any) -> dict[str, Any]:
    """A bundle without grants, which needs no database."""
    head = SIGNER.sign({"iss": "x", "size": 1, "root": "00" * 32, "iat": 1}, "cme-tree-head+jwt")
    person = {"id": "1", "name": "李", "cme_number": None, "unit": "医院", "id_last_four": None}
    totals = {"credits": "0.00", "hours": "0.0"}
    facts = {"format": 1, "iss": "https://cme.test", "iat": 1, "person": person, "from": "2026-01-01"}
    facts |= {"to": "2026-12-31", "head": head, "entries": [], "certificates": [], "totals": totals}
    return facts | changes


def _sample() -> str:
    return signed(_claims())


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
    read_bundle(signed(_claims()), KEYS)
    with pytest.raises(Tampered):
        read_bundle(signed(_claims(**changes)), KEYS)


def test_a_tree_head_or_a_receipt_is_no_bundle_though_we_signed_it(proven: Proven) -> None:
    with pytest.raises(Tampered):
        read_bundle(signed(_claims(), typ="cme-tree-head+jwt"), KEYS)
    assert proven.check(claims_of(proven.text)["head"])[0]["verdict"] == "tampered"


def test_each_leaf_and_path_is_looked_at(proven: Proven) -> None:
    """Somebody who has the key can't put a grant into a bundle that is in no tree head."""
    claims = claims_of(proven.text)
    keys = {"keys": [*proven.keys["keys"], SIGNER.public_key()]}
    assert read_bundle(signed(claims), keys).credits == 10
    leaf = claims["entries"][0]["leaf"]
    for edited in (
        {"leaf": leaf.replace('"5.00"', '"9.00"')},
        {"leaf": leaf.replace('"grant"', '"reversal"')},
        {"path": claims["entries"][0]["path"][:-1]},
        {"path": claims["entries"][1]["path"]},
    ):
        with pytest.raises(Tampered):
            read_bundle(signed({**claims, "entries": [claims["entries"][0] | edited, *claims["entries"][1:]]}), keys)
    with pytest.raises(Tampered):
        read_bundle(signed({**claims, "entries": [claims["entries"][0]] * 2}), keys)
    with pytest.raises(Tampered):
        read_bundle(signed({**claims, "person": claims["person"] | {"id": "another"}}), keys)
    with pytest.raises(Tampered):
        read_bundle(signed({**claims, "to": "2026-01-31"}), keys)
