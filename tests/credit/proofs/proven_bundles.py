"""What the tests of proof bundles share."""

import base64
import io
import json
from dataclasses import dataclass
from typing import Any

from credit.proofs import verify
from foundation.signing import Signer
from tests.api import Api, Reply
from tests.credit.conftest import CreditScene

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


def claims_of(text: str) -> dict[str, Any]:
    payload = json.loads(text)["payload"]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def changed(text: str, place: int, letter: str) -> str:
    return text[:place] + letter + text[place + 1 :]


SIGNER = Signer(b"k" * 32)
KEYS = {"keys": [SIGNER.public_key()]}


def signed(claims: dict[str, Any], typ: str = verify.TYP, signer: Signer = SIGNER) -> str:
    protected, payload, signature = signer.sign(claims, typ).split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature}, separators=(",", ":"))
