"""Who asks for a head or a proof before there is one is told why, and by when."""

from datetime import timedelta

from credit.ledger import posting
from service.running.children import SWEEP_SECONDS
from tests.credit.conftest import CreditScene, New
from tests.service.hints.telling import shown, told


def test_an_empty_ledger_says_that_it_is_empty(scene: CreditScene) -> None:
    found = told(scene.api, lambda who: who.get("/ledger/head"), "head_not_signed")
    assert found.facts["why"] == "empty"
    assert "by" not in found.facts
    told(scene.authority, lambda who: who.post("/ledger/heads"), "head_not_signed")


def test_a_head_and_a_proof_before_the_first_signature_tell_by_when_it_comes(scene: CreditScene, new: New) -> None:
    entry = posting.post(scene.db, entry=new(person_id=scene.person.id))
    by = scene.clock.now() + timedelta(seconds=SWEEP_SECONDS)
    head = told(scene.api, lambda who: who.get("/ledger/head"), "head_not_signed")
    proof = told(scene.learner, lambda who: who.get(f"/ledger-entries/{entry.id}/proof"), "head_not_signed")
    for found in (head, proof):
        assert found.facts["by"] == by.isoformat()
        found.says(shown(by))
    assert proof.facts["why"] == "entry"


def test_an_entry_after_the_last_head_is_signed_with_the_next_one(scene: CreditScene, new: New) -> None:
    posting.post(scene.db, entry=new(person_id=scene.person.id))
    assert scene.authority.post("/ledger/heads").status_code == 201
    entry = posting.post(scene.db, entry=new(person_id=scene.person.id))
    path = f"/ledger-entries/{entry.id}/proof"
    assert told(scene.learner, lambda who: who.get(path), "head_not_signed").facts["why"] == "entry"
    assert scene.learner.get(f"{path}?size=1").json["code"] == "not_found"
