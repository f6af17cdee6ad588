"""The public keys of receipts and of the ledger's tree heads, without sign-in."""

from apiflask import APIBlueprint

from service.api.check_in.schemas.receipts_key import KeySet
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall
from service.edge.published_keys import ledger_key_set

pages = APIBlueprint("receipts_key", __name__, tag="Check-in")


@pages.get("/.well-known/jwks.json")
@public
@refuses()
@pages.output(KeySet)
def get_key_set(call: PublicCall) -> KeySet:
    """Show the public keys for receipts and tree heads as a JWK set. Each signature names its key by `kid`.

    Old keys of tree heads stay in the set.
    """
    keys = [
        *call.components.receipts.key_set()["keys"],
        *ledger_key_set(call.components.settings, call.components.keys),
    ]
    return KeySet.model_validate({"keys": keys})
