"""Why staff can't do something about attendance."""

from foundation.errors import Refusal


class NotAskedFor(Refusal):
    """The project asks its learners for no check-out, evaluation or exam, or has no form or paper for it yet."""

    code = "not_asked_for"
