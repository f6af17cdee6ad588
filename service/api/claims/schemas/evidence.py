"""Bodies of evidence: a file to upload, and what became of it."""

import uuid
from datetime import datetime

from apiflask.fields import UploadFile

from models.evidence import EvidenceKind
from service.edge.answers.bodies import Body, Out


class EvidenceForm(Body):
    """A file: JPEG, PNG, HEIC or PDF, 5 MiB at most. A PDF has 20 pages at most, and no password."""

    file: UploadFile


class EvidenceOut(Out):
    """A file that was made anew. is_new: false for one that was uploaded before, which keeps its id.

    unused_until: when it is deleted, as long as it belongs to no claim; null once it belongs to one.
    """

    id: uuid.UUID
    kind: EvidenceKind
    size: int
    pages: int
    is_new: bool
    made_at: datetime
    unused_until: datetime | None
