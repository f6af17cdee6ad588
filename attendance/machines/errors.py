"""Why a machine of the hall, or a code that it read, is refused."""

from foundation.errors import Refusal


class MachineEnded(Refusal):
    """The screen or kiosk was revoked, or its session is over. facts: `why`."""

    code = "machine_ended"


class MachineUnknown(Refusal):
    """The request has no credential of a screen or kiosk."""

    code = "machine_unknown"


class PairingCodeInvalid(Refusal):
    """The code pairs no kiosk: it is wrong, used or too old."""

    code = "pairing_code_invalid"


class KiosksOff(Refusal):
    """This installation uses no kiosks and no personal codes."""

    code = "kiosks_off"
