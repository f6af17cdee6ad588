"""Bodies of second factors."""

from typing import Annotated

from pydantic import Field

from service.api.sign_in.schemas.auth import Code, Keep
from service.edge.answers.bodies import Body, Out

Digits = Annotated[Code, Field(description="The code that the app shows now.")]


class SecondFactorNew(Out):
    """A new second factor, shown once and not asked for before it is confirmed.

    secret: base32; uri: its otpauth address; qr_svg: the address as a QR code, an SVG document. recovery_codes: each
    opens once, in place of a code of the app.
    """

    secret: str
    uri: str
    qr_svg: str
    recovery_codes: list[str]


class SecondFactorCode(Body):
    """The first code of a new second factor."""

    code: Digits
    keep: Keep = "body"


class SecondFactorState(Out):
    """My second factor. need: what my roles need: `nothing`, `phone` (an SMS code is enough) or `totp`."""

    is_confirmed: bool
    is_required: bool
    need: str
    recovery_codes_left: int
