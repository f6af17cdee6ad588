"""Access and refresh tokens: how they are signed, and what Flask-JWT-Extended answers when they don't hold."""

from datetime import timedelta
from typing import Any

import jwt
from flask import Flask, Response
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token

from models.accounts import Account, SignIn
from service.access import PASSWORD_CHANGE
from service.api.schemas.auth import Tokens
from service.keys import Keys
from service.problems import problem

ACCESS_LIFETIME = timedelta(minutes=15)
_ALGORITHM, _AUDIENCE = "HS256", "cme-api"
_CLAIMS = ("exp", "fresh", "jti", "sub", "type")  # what the library counts on


class _OneKeyManager(JWTManager):
    """Opens a good token once, where the library opens it three times to choose a key by what stands in it.

    Every request pays for that: 4% of a check-in's CPU (docs/decisions/0007-measuring-check-ins.md).
    """

    def __init__(self, key: bytes, app: Flask) -> None:
        super().__init__(app)
        self._key = key

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: Any = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        """The claims of a good token; whatever else it is, the library says how."""
        if csrf_value is None:
            try:
                return jwt.decode(
                    encoded_token, self._key, [_ALGORITHM], audience=_AUDIENCE, options={"require": list(_CLAIMS)}
                )
            except jwt.PyJWTError:
                pass
        claims: dict[str, Any] = super()._decode_jwt_from_config(encoded_token, csrf_value, allow_expired)
        return claims


def install(app: Flask, keys: Keys) -> None:
    """Set up Flask-JWT-Extended: one algorithm, tokens in headers alone, every failure a problem."""
    app.config.update(
        JWT_SECRET_KEY=keys.jwt,
        JWT_ALGORITHM=_ALGORITHM,
        JWT_DECODE_ALGORITHMS=[_ALGORITHM],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_ENCODE_AUDIENCE=_AUDIENCE,
        JWT_DECODE_AUDIENCE=_AUDIENCE,
    )
    manager = _OneKeyManager(keys.jwt, app)

    def refuse(*_: Any) -> Response:
        return problem("token_invalid", headers={"WWW-Authenticate": "Bearer"})

    for loader in (
        manager.unauthorized_loader,
        manager.invalid_token_loader,
        manager.expired_token_loader,
        manager.revoked_token_loader,
        manager.needs_fresh_token_loader,
        manager.token_verification_failed_loader,
        manager.user_lookup_error_loader,
    ):
        loader(refuse)


def must_change_password(sign_in: SignIn, account: Account) -> bool:
    """Whether this sign-in may only change the password: it came in with the initial one (M-2.6)."""
    return account.must_change_password and sign_in.method == "password"


def issue(sign_in: SignIn, account: Account) -> Tokens:
    """The pair of tokens for one step in the family of `sign_in`."""
    must_change = must_change_password(sign_in, account)
    claims = {"family": str(sign_in.id), "purpose": PASSWORD_CHANGE if must_change else "all"}
    subject = str(account.id)
    return Tokens(
        access_token=create_access_token(subject, additional_claims=claims),
        refresh_token=create_refresh_token(
            subject,
            additional_claims={"family": str(sign_in.id), "step": str(sign_in.refresh_id)},
            expires_delta=sign_in.expires_at - sign_in.created_at,
        ),
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        must_change_password=must_change,
    )
