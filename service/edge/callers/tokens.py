"""Signs access and refresh tokens, and sets the answers of Flask-JWT-Extended to invalid ones."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token

from accounts.sign_in.sign_ins import BY_ID_NUMBER
from models.accounts import Account, SignIn
from service.configuration.keys import Keys
from service.edge.answers.problems import problem
from service.edge.callers.bearers import PASSWORD_CHANGE

ACCESS_LIFETIME = timedelta(minutes=15)
_LEEWAY = timedelta(seconds=10)
"""How far the clocks of two machines may be apart, or one clock may be set back, before fresh tokens are refused."""
_ALGORITHM, _AUDIENCE = "HS256", "cme-api"
_CLAIMS = frozenset({"exp", "family", "sub"})  # the claims that each request needs; all our tokens have them


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token for the next pair.

    expires_in: seconds until the access token expires. must_change_password: the access token allows only the change of
    the password. second_factor_due: the sign-in allows only the set-up of a second factor. own_credits_only: somebody
    of another province, who reaches their credits and certificates alone (M-10.2).
    """

    access_token: str
    refresh_token: str
    expires_in: int
    must_change_password: bool
    second_factor_due: bool
    own_credits_only: bool


def install(app: Flask, keys: Keys) -> None:
    """Set up Flask-JWT-Extended: one algorithm, tokens only in headers, and a problem as answer to each failure."""
    app.config.update(
        JWT_SECRET_KEY=keys.jwt,
        JWT_ALGORITHM=_ALGORITHM,
        JWT_DECODE_ALGORITHMS=[_ALGORITHM],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_REFRESH_COOKIE_NAME="cme_refresh",
        JWT_COOKIE_CSRF_PROTECT=False,  # Origin is checked; its random claim would make repeated tokens differ
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_ENCODE_AUDIENCE=_AUDIENCE,
        JWT_DECODE_AUDIENCE=_AUDIENCE,
        JWT_DECODE_LEEWAY=_LEEWAY,
    )
    manager = JWTManager(app)

    @manager.token_verification_loader
    def is_complete(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
        return claims.keys() >= _CLAIMS

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
    """Return whether this sign-in may only change the password: it used the initial one (M-2.6) or a slip."""
    return account.must_change_password and sign_in.method != "sms"


def issue(sign_in: SignIn, account: Account) -> TokenPair:
    """Return the pair of tokens for the newest step in the family of `sign_in`.

    All claims come from the row. So a client that lost the answer gets the same pair again, though no token is stored.
    Only an expired access token is signed again with a new time, and with the same `jti`.
    """
    step, now = sign_in.refresh_id, datetime.now(UTC)
    began = min(_began_at(step), now)  # the clock may have been set back
    is_expired = now >= began + ACCESS_LIFETIME
    access, refresh = _claims(sign_in, now if is_expired else began), _claims(sign_in, began)
    must_change = must_change_password(sign_in, account)
    access |= {"purpose": PASSWORD_CHANGE if must_change else "all", "jti": str(uuid.uuid5(step, "access"))}
    access["exp"] = access["iat"] + ACCESS_LIFETIME
    refresh |= {"step": str(step), "jti": str(step), "exp": sign_in.expires_at}
    return TokenPair(
        access_token=create_access_token(str(account.id), additional_claims=access),
        refresh_token=create_refresh_token(str(account.id), additional_claims=refresh),
        expires_in=-(-(access["exp"] - now) // timedelta(seconds=1)),
        must_change_password=must_change,
        second_factor_due=sign_in.is_second_factor_due,
        own_credits_only=sign_in.method == BY_ID_NUMBER,
    )


def _claims(sign_in: SignIn, began: datetime) -> dict[str, Any]:
    return {"family": str(sign_in.id), "iat": began, "nbf": began}


def _began_at(step: uuid.UUID) -> datetime:
    """Return the time when a step began: the first bits of a UUIDv7 are milliseconds since 1970."""
    return datetime.fromtimestamp((step.int >> 80) / 1000, UTC)
