"""The reasons why a gateway did not accept a message: the same words for each gateway."""

from enum import StrEnum


class Reason(StrEnum):
    """Stable reasons of `SmsNotSent`. They are safe in logs and metrics."""

    TOO_MANY = "too_many"  # for this phone, or for the whole account
    BAD_NUMBER = "bad_number"  # no phone, or one that takes no messages
    MISCONFIGURED = "misconfigured"  # keys, signature or template are not accepted
    NO_BALANCE = "no_balance"
    UNREACHABLE = "unreachable"  # network, time-out, or the gateway is down
    REFUSED = "refused"  # anything else


def reason_of(code: str, known: dict[str, Reason]) -> Reason:
    """Return the reason of the longest key with which the gateway's `code` begins; REFUSED if there is none."""
    fitting = [start for start in known if code.startswith(start)]
    return known[max(fitting, key=len)] if fitting else Reason.REFUSED
