"""Why something about an account or a face on file is refused."""

import uuid

from foundation.errors import Refusal


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


class PuzzleRequired(Refusal):
    """Many sign-ins fail, and this device is not known to the account: it must solve a puzzle. facts: the `puzzle`."""

    code = "puzzle_required"


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


class FaceUnreadable(Refusal):
    """The stored face of this person can't be decrypted. template_id: which one; the rest of the people can go on."""

    code = "face_unreadable"

    def __init__(self, template_id: uuid.UUID) -> None:
        super().__init__()
        self.template_id = template_id


class AssessmentInvalid(Refusal):
    """The days of an impact assessment are out of order, in the future, over, or more than three years apart."""

    code = "assessment_invalid"


class ConsentVersionTaken(Refusal):
    """A consent text of this version is published already; published texts never change."""

    code = "consent_version_taken"


class ConsentRequired(Refusal):
    """A face needs consent to the current text first."""

    code = "consent_required"


class ConsentMissing(Refusal):
    """Somebody's face can't be enrolled for them: their two consents to the current text are not on record."""

    code = "consent_missing"


class ResetOutdated(Refusal):
    """The person's face or hold has changed since the reset was asked for, so it is about something else."""

    code = "reset_outdated"


class ResetAskedAlready(Refusal):
    """A reset for this person waits for a second admin already. facts: its id."""

    code = "reset_asked_already"


class OwnFace(Refusal):
    """An admin can't be the witness of their own enrolment, nor decide on their own face."""

    code = "own_face"


class FaceNotOffered(Refusal):
    """Face recognition is off here: no valid impact assessment (PRIVACY L-7)."""

    code = "face_not_offered"


class GuardianConsentRequired(Refusal):
    """Under fourteen, a guardian would have to consent (PRIVACY L-4)."""

    code = "guardian_consent_required"


class FaceNotEnrolled(Refusal):
    """There is no enrolled face yet."""

    code = "face_not_enrolled"


class FaceAlreadyEnrolled(Refusal):
    """A face is enrolled once (M-9.4); only a reset or withdrawn consent opens it again."""

    code = "face_already_enrolled"


class EnrolmentHeld(Refusal):
    """Photos of two people came again and again: nobody enrols here before an admin decides. facts: the `case`."""

    code = "enrolment_held"


class EnrolmentInterrupted(Refusal):
    """Consent was withdrawn, or the password was reset, while the photos of the enrolment were looked at."""

    code = "enrolment_interrupted"


class NoOpenQuestion(Refusal):
    """Nobody asks the owner about their face, or they have answered already."""

    code = "no_open_question"


class FaceBelongsToAnotherAccount(Refusal):
    """The same face is enrolled on another account; an admin will look."""

    code = "face_belongs_to_another_account"


class TooFewPhotos(Refusal):
    """Fewer different photos than an enrolment needs; the same picture counts once. facts: `needed`, `distinct`."""

    code = "too_few_photos"


class ArchiveUnsupported(Refusal):
    """Not a zip, or one with a password or a compression that is not read."""

    code = "archive_unsupported"


class ArchiveBroken(Refusal):
    """The zip is damaged."""

    code = "archive_broken"


class ArchiveTooLarge(Refusal):
    """The zip has too many files, or unpacks to too much; facts: the limits."""

    code = "archive_too_large"


class ArchiveEmpty(Refusal):
    """The zip has no photo."""

    code = "archive_empty"


class BatchEnded(Refusal):
    """Every row of the batch is decided, so it can't be cancelled."""

    code = "batch_ended"


class TooFewFaces(Refusal):
    """Fewer different people have enrolled than thresholds can be computed from."""

    code = "too_few_faces"


class NumberTaken(Refusal):
    """The 继教编号 or the phone belongs to another person already."""

    code = "number_taken"
