"""What making several sessions in one step can be refused for."""

from foundation.errors import Refusal


class SeriesTooLong(Refusal):
    """A series would have more sessions than one may have."""

    code = "series_too_long"


class SeriesConflicts(Refusal):
    """Some sessions of a series can't be held as planned. The facts say on which days, and why."""

    code = "series_conflicts"


class LivenessNotCalibrated(Refusal):
    """A session should ask for a challenge, which nobody has measured on this installation's people yet."""

    code = "liveness_not_calibrated"
