"""Why something about a face on file, or the consent to it, is refused."""

import uuid

from foundation.errors import Refusal


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
