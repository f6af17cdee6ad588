"""Bodies of consent to send one's location."""

from datetime import datetime

from service.edge.answers.bodies import Out


class LocationTextOut(Out):
    """The text that people agree to, in the caller's language, and its version."""

    version: str
    text: str


class LocationConsentOut(Out):
    """Whether somebody has agreed. version, text: what they agreed to. All but `is_given` are null if they have not."""

    is_given: bool
    version: str | None
    text: str | None
    given_at: datetime | None
