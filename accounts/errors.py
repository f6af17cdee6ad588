"""Why something about an account, a sign-in or a person is refused."""

from foundation.errors import Refusal, TooManyAttempts


class BadCredentials(Refusal):
    """Number and password don't belong together; never says which of them is wrong."""

    code = "bad_credentials"


class BadCode(Refusal):
    """The SMS code is wrong, used, too old, or was tried too often."""

    code = "bad_code"


class ProofRequired(Refusal):
    """The initial password alone opens nothing (M-2.3): anybody can know it. facts: the `proofs` that may be given.

    An unknown number gets the same answer as an account with a phone.
    """

    code = "proof_required"


class ProofWrong(Refusal):
    """The proof of an initial password is wrong, or of a kind that this account can't give. facts: as ProofRequired."""

    code = "proof_wrong"


class TooManyPhones(TooManyAttempts):
    """One device asked for codes to too many phones today. facts: how many `phones` it may ask for."""

    code = "too_many_phones"


class SmsExhausted(Refusal):
    """The installation has sent as many messages as it may in a day."""

    code = "sms_exhausted"


class PhoneTaken(Refusal):
    """The new phone belongs to another account."""

    code = "phone_taken"


class PhoneProofRequired(Refusal):
    """A code to the new phone alone changes no phone. facts: the `proofs` that this account can give."""

    code = "phone_proof_required"


class OwnDetails(Refusal):
    """Nobody changes their own name or unit: another admin does."""

    code = "own_details"


class PuzzleRequired(Refusal):
    """Many sign-ins fail, and this device is not known to the account: it must solve a puzzle. facts: the `puzzle`."""

    code = "puzzle_required"


class SignInBusy(Refusal):
    """More passwords wait to be hashed than the queue has places."""

    code = "sign_in_busy"


class AccountSuspended(Refusal):
    """An admin suspended the account."""

    code = "account_suspended"


class TokenInvalid(Refusal):
    """The token is missing, forged, expired, ended, or made for something else."""

    code = "token_invalid"


class ForeignOrigin(Refusal):
    """Another site, or none that is named, asked for new tokens with the cookie of ours."""

    code = "foreign_origin"


class PasswordChangeRequired(Refusal):
    """The initial password must be changed before anything else opens (M-2.6)."""

    code = "password_change_required"


class PasswordNotSet(Refusal):
    """The account has no password: a sign-in by SMS has ended the initial one. A reset by SMS sets one."""

    code = "password_not_set"


class OwnRole(Refusal):
    """Nobody gives themselves a role."""

    code = "own_role"


class RolesExclusive(Refusal):
    """An auditor is never also a system admin: who reads the audit trail does not make it. facts: the other `role`."""

    code = "roles_exclusive"


class UnitKindInvalid(Refusal):
    """A unit stands below its parent: no city below a hospital, and one province."""

    code = "unit_kind_invalid"


class LastSystemAdmin(Refusal):
    """Without this person nobody could give roles over the whole province any more."""

    code = "last_system_admin"


class RoleTooHigh(Refusal):
    """The person holds a role that is higher or reaches further than the caller's. facts: the `role`."""

    code = "role_too_high"


class LinkUsedUp(Refusal):
    """A download link gives its file once, within a minute."""

    code = "link_used_up"


class LinkPrefetched(Refusal):
    """A program fetches a download link ahead, before the person asks for it: that would use it up."""

    code = "link_prefetched"


class LinkPathInvalid(Refusal):
    """A download link leads to a GET of ours alone, which needs a sign-in and ends by itself."""

    code = "link_path_invalid"


class PasswordTooWeak(Refusal):
    """The new password is too short, too common, or the person's own number (O-2)."""

    code = "password_too_weak"


class CurrentPasswordWrong(Refusal):
    """The current password given with a new one is wrong."""

    code = "current_password_wrong"


class PhoneInvalid(Refusal):
    """Not a mobile number."""

    code = "phone_invalid"


class IdNumberInvalid(Refusal):
    """Neither a resident ID number with the right check digit nor a number of another document."""

    code = "id_number_invalid"


class OwnAccount(Refusal):
    """Nobody makes a password slip for themselves."""

    code = "own_account"


class NumberTaken(Refusal):
    """The 继教编号 or the phone belongs to another person already."""

    code = "number_taken"


class ProfileFieldReadOnly(Refusal):
    """People don't change this field of their profile themselves. facts: `why`, which says the way that leads on."""

    code = "profile_field_read_only"


class ProfileValueInvalid(Refusal):
    """The value is none of those that the field can have."""

    code = "profile_value_invalid"


class ProfileUnchanged(Refusal):
    """A correction is asked for with the value that is there already."""

    code = "profile_unchanged"


class ProfileRequestsFull(Refusal):
    """The person asked for as many corrections as anybody may in a year. facts: `most`."""

    code = "profile_requests_full"
