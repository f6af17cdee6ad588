"""The Protocol of SMS gateways, and the reasons why a gateway did not accept a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from models.notices import NoticeTopic

NoticeKind = NoticeTopic
"""The messages without a code, one kind for each topic of notices; SMS_TEMPLATES has their registered templates."""


@dataclass(frozen=True)
class SmsMessage:
    """One message, with a code or as a notice. phone: E.164. Its repr shows neither the phone nor the code.

    code: empty in a notice. template: the registered template of a notice, with `parameters` in the template's order;
    None for a code, which has the gateway's own template.
    """

    phone: str = field(repr=False)
    purpose: str
    text: str = field(repr=False)
    code: str = field(repr=False, default="")
    template: str | None = None
    parameters: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def filled_in(self) -> Mapping[str, str]:
        """The parameters of the template."""
        return {"code": self.code} if self.template is None else self.parameters


class SmsNotSent(Exception):
    """The gateway did not accept the message. reason: a stable word, never the phone or the code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SmsGateway(Protocol):
    """Sends messages."""

    def send(self, message: SmsMessage) -> None:
        """Send the message. Raises SmsNotSent if the gateway did not accept it."""


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
