"""Why the ledger, the rules or an import say no."""

from accounts.errors import Refusal


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


class NoRuleSet(Refusal):
    """There is no such rule set, or not in this version."""

    code = "no_rule_set"
