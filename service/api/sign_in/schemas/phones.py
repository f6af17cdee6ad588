"""Bodies of phone changes and of the search for one's number."""

from service.api.sign_in.schemas.auth import Code, DeviceId, Password, PhoneText
from service.edge.answers.bodies import Body, Out, Reason


class OwnPhoneChange(Body):
    """A new phone with the code sent to it, and one proof: the password, or a code sent to the old phone."""

    phone: PhoneText
    code: Code
    password: Password | None = None
    old_code: Code | None = None
    device_id: DeviceId | None = None


class PhoneChange(Body):
    """A person's new phone, with the code that was sent to it."""

    phone: PhoneText
    code: Code
    reason: Reason
    device_id: DeviceId | None = None


class NumberLookup(Body):
    """A phone, with the code that was sent to it."""

    phone: PhoneText
    code: Code
    device_id: DeviceId | None = None


class NumberOut(Out):
    """The 继教编号 of a phone's owner; null for people of other provinces, who have none."""

    cme_number: str | None
