"""Begins sign-ins: by login, and by a changed password."""

from dataclasses import dataclass

from accounts.errors import TokenInvalid
from accounts.sign_in import devices, owner_locks, sign_ins
from accounts.sign_in.devices import Device
from accounts.sign_in.sms import NoticeKind
from models.accounts import Account, SignIn
from models.sign_in_proofs import PasswordSlip
from service.api.sign_in.schemas.auth import Keep, Tokens
from service.edge.callers import refresh_cookies, tokens
from service.edge.calls import PublicCall


@dataclass(frozen=True)
class Proven:
    """An account whose owner has proven who they are. method: `password`, `slip` or `sms`.

    is_due: whether a role needs a second factor that is not set up. slip: the one that opened it, if one did.
    """

    account: Account
    method: str
    is_due: bool
    slip: PasswordSlip | None = None


def begin_sign_in(call: PublicCall, proven: Proven, device: Device) -> SignIn:
    """Begin a sign-in and return it. If the account knew other devices and not this one, its owner is told."""
    account = proven.account
    owner_locks.lock_owner(
        call.db, account
    )  # a role that is given at the same time finds this sign-in, or is found here
    is_due = proven.is_due or call.components.second_steps.demand_of(call.db, account.id).is_due
    is_news = devices.is_news(call.db, account.id, device, now=call.now)
    sign_in = sign_ins.start(
        call.db,
        account=account,
        method=proven.method,
        device=device,
        is_second_factor_due=is_due,
        now=call.now,
    )
    if proven.slip is not None:
        proven.slip.used_by = sign_in.id
    if is_news:
        call.components.notices.write(call.db, NoticeKind.NEW_DEVICE, person_id=account.person_id, now=call.now)
    return sign_in


def tokens_of(sign_in: SignIn | None, keep: Keep) -> Tokens:
    """Return the tokens of a sign-in, the refresh token in the body or in a cookie. Raises TokenInvalid for None."""
    if sign_in is None:
        raise TokenInvalid
    pair = Tokens.model_validate(tokens.issue(sign_in, sign_in.account))
    if keep == "cookie" and pair.refresh_token is not None:
        refresh_cookies.keep(pair.refresh_token)
        pair.refresh_token = None
    return pair
