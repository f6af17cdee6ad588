"""Refusals of evidence."""

from foundation.errors import Refusal


class EvidenceUnsupported(Refusal):
    """The file is no picture and no PDF of a kind that is taken, by its content."""

    code = "evidence_unsupported"


class EvidenceTooLarge(Refusal):
    """The file has too many bytes, or its picture too many pixels. facts: `limit_bytes`."""

    code = "evidence_too_large"


class EvidenceBroken(Refusal):
    """The file is empty, cut short, or can't be decoded."""

    code = "evidence_broken"


class EvidenceEncrypted(Refusal):
    """The PDF opens with a password alone."""

    code = "evidence_encrypted"


class EvidenceTooManyPages(Refusal):
    """The PDF has too many pages. facts: `most`."""

    code = "evidence_too_many_pages"


class EvidenceTooComplex(Refusal):
    """The PDF takes too long, or too much memory, to be drawn."""

    code = "evidence_too_complex"


class EvidenceBusy(Refusal):
    """Other files are being checked; `retry_after` says when to try again."""

    code = "evidence_busy"


class EvidenceInUse(Refusal):
    """The file belongs to a claim, so it stays."""

    code = "evidence_in_use"


class EvidenceNotYours(Refusal):
    """A file of a claim is unknown, or somebody else's, or was deleted. facts: `unknown_evidence`, the ids."""

    code = "evidence_not_yours"
