"""Refusals of the ledger, the rules and credit imports."""

from foundation.errors import Refusal


class HeadNotSigned(Refusal):
    """No head of the ledger was signed yet. facts: `by`, when the next one is due."""

    code = "head_not_signed"


class AlreadyGranted(Refusal):
    """The person already has this grant, from this source or for the same activity from another. facts: the entry."""

    code = "already_granted"


class StillGranted(Refusal):
    """The earlier grant must be reversed before a corrected one can be posted."""

    code = "still_granted"


class AlreadyReversed(Refusal):
    """The grant is already reversed."""

    code = "already_reversed"


class NothingToAccept(Refusal):
    """A row that somebody accepts has no warning. facts: the numbers of such rows."""

    code = "nothing_to_accept"


class NoRule(Refusal):
    """The rule set has no such category, or no rule in it that gives credits for this role."""

    code = "no_rule"


class UnknownCategory(Refusal):
    """The rule set in force on the activity's last day has no such category. known: the codes that it has."""

    code = "unknown_category"

    def __init__(self, *, known: tuple[str, ...]) -> None:
        super().__init__(field="category")
        self.known = known


class NoRuleSet(Refusal):
    """The rule set or this version of it does not exist."""

    code = "no_rule_set"


class ExemptionUnknown(Refusal):
    """The rule set of that year has no such exemption."""

    code = "exemption_unknown"


class RuleSetNotNext(Refusal):
    """A new version must be the next one of its code."""

    code = "rule_set_not_next"


class RuleSetChangesPast(Refusal):
    """A choice of rules can't begin before the current year."""

    code = "rule_set_changes_past"


class LedgerAltered(Refusal):
    """The rows of the ledger no longer match their stored hashes: somebody changed them in spite of the triggers.

    first: the lowest position that can be affected.
    """

    code = "ledger_altered"

    def __init__(self, *, first: int) -> None:
        super().__init__()
        self.first = first
