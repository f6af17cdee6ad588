"""Who signs the tree heads of the ledger here."""

from accounts.signing import Signer
from service.parts import parts


def ledger_signer() -> Signer:
    """The signer of this installation, with the key that is for tree heads alone."""
    return Signer(parts().keys.ledger)
