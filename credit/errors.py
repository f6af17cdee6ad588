"""Why the ledger, the rules or an import say no."""

from foundation.errors import Refusal


class AlreadyGranted(Refusal):
    """The person has this grant of this source already."""

    code = "already_granted"


class StillGranted(Refusal):
    """A corrected grant follows only when the one before was taken back."""

    code = "still_granted"


class AlreadyReversed(Refusal):
    """The grant was taken back before."""

    code = "already_reversed"


class NoRule(Refusal):
    """The rule set has no such category, or no rule that gives credits for this part in it."""

    code = "no_rule"


class UnknownCategory(Refusal):
    """The rule set in force on the activity's last day has no such category. known: the codes that it has."""

    code = "unknown_category"

    def __init__(self, *, known: tuple[str, ...]) -> None:
        super().__init__(field="category")
        self.known = known


class NoRuleSet(Refusal):
    """There is no such rule set, or not in this version."""

    code = "no_rule_set"


class ExemptionUnknown(Refusal):
    """The rule set of that year knows no such exemption."""

    code = "exemption_unknown"


class RuleSetNotNext(Refusal):
    """A new version must be the next one of its code."""

    code = "rule_set_not_next"


class RuleSetChangesPast(Refusal):
    """A choice of rules can't begin before the year that is running."""

    code = "rule_set_changes_past"


class LedgerAltered(Refusal):
    """The rows of the ledger and what was hashed of them before no longer agree: somebody went round the triggers.

    first: the first position where it can show.
    """

    code = "ledger_altered"

    def __init__(self, *, first: int) -> None:
        super().__init__()
        self.first = first
