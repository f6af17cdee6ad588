"""The public keys of receipts and of the ledger's tree heads, for anyone."""

from apiflask import APIBlueprint

from attendance.receipts import Receipts
from service.access import public
from service.api.schemas.receipts_key import KeySet
from service.endpoint import refuses
from service.ledger_signer import ledger_signer
from service.parts import parts

pages = APIBlueprint("receipts_key", __name__, tag="Check-in")


def receipts() -> Receipts:
    """Who signs receipts here."""
    part = parts()
    return Receipts(part.keys.receipt, part.settings.base_url)


@pages.get("/.well-known/jwks.json")
@public
@refuses()
@pages.output(KeySet)
def get_key_set() -> KeySet:
    """The public keys that check receipts and tree heads, as a JWK set; what was signed names its key."""
    keys = [*receipts().key_set()["keys"], ledger_signer().public_key()]
    return KeySet.model_validate({"keys": keys})
