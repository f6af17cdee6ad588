"""The public key of the receipts, for anyone."""

from apiflask import APIBlueprint

from service.access import public
from service.api.schemas.receipts_key import KeySet
from service.endpoint import refuses
from service.parts import parts

pages = APIBlueprint("receipts_key", __name__, tag="Check-in")


@pages.get("/.well-known/jwks.json")
@public
@refuses()
@pages.output(KeySet)
def get_key_set() -> KeySet:
    """The public key that checks receipts, as a JWK set."""
    return KeySet.model_validate(parts().receipts.key_set())
