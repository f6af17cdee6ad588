"""Why a second factor is asked for or refused, and why a sign-in ends by itself."""

from foundation.errors import Refusal


class OtpRequired(Refusal):
    """A second factor is asked for, and none was given. facts: `factors`, what may be given."""

    code = "otp_required"


class OtpWrong(Refusal):
    """The one-time code or recovery code is wrong or was used. facts: `factors`, what may be given."""

    code = "otp_wrong"


class SecondFactorRequired(Refusal):
    """The role needs a second factor, and this sign-in has shown none: it opens only the set-up of one."""

    code = "second_factor_required"


class OwnCreditsOnly(Refusal):
    """The sign-in by ID number and phone opens only one's own credits and certificates (M-10.2)."""

    code = "own_credits_only"


class SecondFactorKept(Refusal):
    """The role needs a second factor, so it can be replaced and not removed."""

    code = "second_factor_kept"


class SecondFactorNotBegun(Refusal):
    """There is no new second factor to confirm."""

    code = "second_factor_not_begun"


class SecondFactorMissing(Refusal):
    """The account has no second factor to remove."""

    code = "second_factor_missing"


class SignInIdle(Refusal):
    """The sign-in of somebody with a role was not used for too long, and has ended."""

    code = "sign_in_idle"
