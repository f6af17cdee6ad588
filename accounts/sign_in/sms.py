"""The Protocol of SMS gateways."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class SmsMessage:
    """One message with a code. phone: E.164. Its repr shows neither the phone nor the code."""

    phone: str = field(repr=False)
    purpose: str
    code: str = field(repr=False)
    text: str = field(repr=False)


class SmsNotSent(Exception):
    """The gateway did not accept the message. reason: a stable word, never the phone or the code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SmsGateway(Protocol):
    """Sends messages."""

    def send(self, message: SmsMessage) -> None:
        """Send the message. Raises SmsNotSent if the gateway did not accept it."""
