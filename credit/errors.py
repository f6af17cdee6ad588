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


class ClaimsNotOpened(Refusal):
    """The person's unit has not opened claims for them. facts: `ask`, the admins who can."""

    code = "claims_not_opened"


class ClaimInvalid(Refusal):
    """A field of a claim breaks a rule of its catalogue or of claims. facts: `why`."""

    code = "claim_invalid"


class ClaimSubmitted(Refusal):
    """The claim is under review, or decided: its owner can't change it. facts: `claim_status`."""

    code = "claim_submitted"


class ClaimNotWaiting(Refusal):
    """The claim doesn't wait for a review: it is not submitted, or reviewed already. facts: `claim_status`."""

    code = "claim_not_waiting"


class NotYourTurn(Refusal):
    """The claim waits for another level of its review. facts: `waits_for`."""

    code = "not_your_turn"


class OwnClaim(Refusal):
    """Nobody reviews a claim of their own."""

    code = "own_claim"


class CommentNeeded(Refusal):
    """Who returns or rejects something says why."""

    code = "comment_needed"


class SameDayStudy(Refusal):
    """The person has an in-house study (业务学习) on that day already. facts: `entry`, what it is."""

    code = "same_day_study"


class ActivityRecorded(Refusal):
    """The activity of a claim is granted or waits already. facts: `entry`."""

    code = "already_recorded"


class LikelyRecorded(Refusal):
    """The activity of a claim probably is granted or waits already, and nobody says why not.

    facts: `entry`, `likeness`.
    """

    code = "likely_recorded"


class TooManyCredits(Refusal):
    """The credits are more than the rule can give. facts: `most_credits`."""

    code = "too_many_credits"


class NotApproved(Refusal):
    """A certificate is for approved credits alone (O-25). facts: `entries`, those that wait or were taken back."""

    code = "not_approved"


class NameLettersMissing(Refusal):
    """No font has some letters of the person's name, so that no certificate can be printed. facts: the `letters`."""

    code = "name_letters_missing"


class CertificateRevoked(Refusal):
    """The certificate is revoked already."""

    code = "certificate_revoked"


class CertificateNotValid(Refusal):
    """The certificate is no longer good. facts: its `state`, and the number that it was `replaced_by`."""

    code = "certificate_not_valid"


class CertificateFileUnfinished(Refusal):
    """The file with several certificates is still being made, or its job failed. facts: the `job`."""

    code = "certificate_file_unfinished"


class ClaimLabelNeeded(Refusal):
    """Only a label that means the same as another one can be switched off."""

    code = "claim_label_needed"


class BundleTooLarge(Refusal):
    """The period has more grants than one proof bundle takes. facts: `most`."""

    code = "bundle_too_large"
