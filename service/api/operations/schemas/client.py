"""The body of what a client asks first."""

from service.edge.answers.bodies import Out


class PasswordRuleOut(Out):
    """What a new password needs: `shortest` to `longest` characters, of at least `kinds` of the kinds in `of`."""

    shortest: int
    longest: int
    kinds: int
    of: list[str]


class SwitchedOnOut(Out):
    """What this installation has switched on.

    second_factor: roles must set one up. initial_proof: an initial password opens an account only with a proof of the
    person. faces: they can be enrolled today. kiosks: they read personal codes. sms: codes reach phones; in
    the demo they are in its outbox. out_of_province: people of other provinces can sign in, which takes codes (M-10.2).
    """

    second_factor: bool
    initial_proof: bool
    faces: bool
    kiosks: bool
    sms: bool
    out_of_province: bool


class ClientOut(Out):
    """This installation. province: null until it is set up. privacy_contact: null where the operator gave none.

    short_name: where there is little room. logo: the address of a square picture, null where the operator gave none.
    photos_needed: different photos that an enrolment needs.
    """

    name: str
    name_en: str
    short_name: str
    short_name_en: str
    logo: str | None
    province: str | None
    privacy_contact: str | None
    password: PasswordRuleOut
    switched_on: SwitchedOnOut
    photos_needed: int
    version: str
    demo: bool
