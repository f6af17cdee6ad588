"""Why a session is refused."""

from foundation.errors import Refusal


class LivenessNotCalibrated(Refusal):
    """A session should ask for a challenge, which nobody has measured on this installation's people yet."""

    code = "liveness_not_calibrated"
