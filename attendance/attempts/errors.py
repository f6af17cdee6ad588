"""Why a scan that is somebody else's, a late photo, a shared phone or an override is refused."""

from foundation.errors import Refusal


class ScanNotYours(Refusal):
    """Somebody else used the proof of this scan first. A scan is good for one person."""

    code = "scan_not_yours"


class CapturedAtInvalid(Refusal):
    """The photo wasn't taken between the scan and the ticket's end, within the window. facts: `why`, and the times."""

    code = "captured_at_invalid"


class DeviceShared(Refusal):
    """Somebody else has checked in with this phone, at a session where each needs their own."""

    code = "device_shared"


class AttemptNotRefused(Refusal):
    """The attempt was not refused, so there is nothing to override."""

    code = "attempt_not_refused"
