"""Bodies of download links."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.edge.answers.bodies import Body, Out


class LinkNew(Body):
    """The path to link to, with its query: of a GET below `/api/v1/` that needs a sign-in."""

    path: Annotated[str, Field(min_length=1, max_length=2000)]


class LinkOut(Out):
    """The link. It is shown once; whoever opens it first gets the file."""

    url: str
    expires_at: datetime
