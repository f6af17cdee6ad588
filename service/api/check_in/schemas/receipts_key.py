"""The body of the public keys of receipts and tree heads."""

from service.edge.answers.bodies import Out


class PublicKey(Out):
    """An Ed25519 public key as a JWK (RFC 8037). kid: its thumbprint (RFC 7638)."""

    crv: str
    kty: str
    x: str
    kid: str
    alg: str
    use: str


class KeySet(Out):
    """A JWK set (RFC 7517)."""

    keys: list[PublicKey]
