"""Why an evaluation is refused."""

from foundation.errors import Refusal


class EvaluationNotOpen(Refusal):
    """The project isn't running yet, or its credits are being decided."""

    code = "evaluation_not_open"


class AlreadyEvaluated(Refusal):
    """The learner has already evaluated this project."""

    code = "already_evaluated"


class EvaluationStarted(Refusal):
    """The form has responses, so its questions can't change any more."""

    code = "evaluation_started"
