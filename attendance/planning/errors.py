"""Why several sessions can't be made in one step."""

from foundation.errors import Refusal


class SeriesTooLong(Refusal):
    """A series would have more sessions than one may have."""

    code = "series_too_long"


class SeriesConflicts(Refusal):
    """Some sessions of a series can't be held as planned. The facts say on which days, and why."""

    code = "series_conflicts"
