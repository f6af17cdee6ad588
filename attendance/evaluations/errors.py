"""Why an evaluation is refused."""

from foundation.errors import Refusal


class EvaluationNotOpen(Refusal):
    """The project isn't under way yet, or credits are being decided from it."""

    code = "evaluation_not_open"


class AlreadyEvaluated(Refusal):
    """The learner has evaluated this project before."""

    code = "already_evaluated"


class EvaluationStarted(Refusal):
    """There are responses to the form: other questions would make them mean something else."""

    code = "evaluation_started"
