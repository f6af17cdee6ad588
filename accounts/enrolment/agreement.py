"""The consent that an enrolment rests on: who gave it, where, and who was there."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """A person's consent. version: of the text; channel: where they gave it; keeps_photos: whether photos are kept.

    device: the kind of device, in plain words. witness_id: the admin who enrols them; None if they do it themselves.
    is_on_record: they gave their consents before and must not have withdrawn them; channel then only says how the face
    is enrolled.
    """

    version: str
    channel: str
    keeps_photos: bool = False
    device: str = ""
    witness_id: uuid.UUID | None = None
    is_on_record: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether an admin sees the person, so that nothing is left for an admin to decide about who they are."""
        return self.witness_id is not None and not self.is_on_record
