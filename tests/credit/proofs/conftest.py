"""A learner with grants in a signed ledger, and the bundle of them."""

from typing import Any

import pytest

from credit.ledger import posting
from tests.credit.conftest import CreditScene, New
from tests.credit.proofs.proven_bundles import PERIOD, Proven


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
