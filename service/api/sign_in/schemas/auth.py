"""Bodies of sign-in, tokens and passwords."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from accounts.sign_in.proofs import CodeProof, IdProof, Proof
from service.edge.answers.bodies import Body, Out, Way, Ways

Password = Annotated[str, Field(max_length=128)]
PhoneText = Annotated[str, Field(max_length=30, description="E.164, or a Chinese number without country code.")]
IdNumberText = Annotated[str, Field(min_length=5, max_length=40, description="Resident ID, passport or similar.")]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
DeviceId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        description="A random id that the app made for its device; a browser leaves it out and gets a cookie.",
    ),
]


Keep = TypeAliasType("Keep", Literal["body", "cookie"])
KeptAs = Annotated[
    Keep,
    Field(description="`cookie`: a browser gets the refresh token in an HttpOnly cookie and not in the body."),
]
Otp = Annotated[
    str,
    Field(
        min_length=6,
        max_length=40,
        description="The second factor: a code of the app, a recovery code or, where `factors` says sms, an SMS code.",
    ),
]


CodePurpose = TypeAliasType("CodePurpose", Literal["sign_in", "password_reset", "phone_change"])


class SmsCodeRequest(Body):
    """A request for a code by SMS. id_number: of somebody of another province, who signs in by both (M-10.2)."""

    ways: ClassVar[Ways] = {
        "ForPhone": Way(needs=("phone",), without=("id_number",)),
        "OutOfProvince": Way(needs=("id_number", "phone"), says={"purpose": "sign_in"}, may_leave_out=("purpose",)),
    }

    phone: PhoneText
    id_number: IdNumberText | None = None
    purpose: CodePurpose = "sign_in"
    device_id: DeviceId | None = None

    @model_validator(mode="after")
    def _to_sign_in(self) -> Self:
        if self.id_number is not None and self.purpose != "sign_in":
            raise PydanticCustomError("id_number_to_sign_in", "give id_number with no purpose but sign_in")
        return self


class SmsCodeSent(Out):
    """The lifetime of the code, and the time until another code may be requested, in seconds."""

    expires_in: int
    retry_after: int


class PuzzleAnswer(Body):
    """The answer to a `puzzle` of a 429: sha256(challenge + answer) begins with `bits` zero bits."""

    challenge: Annotated[str, Field(min_length=1, max_length=200)]
    answer: Annotated[str, Field(min_length=1, max_length=64)]


class ProofGiven(Body):
    """The proof for an initial password: `code`, sent to the phone on file, or `id_last_four` and `name`."""

    ways: ClassVar[Ways] = {
        "ByCode": Way(needs=("code",), without=("id_last_four", "name")),
        "ById": Way(needs=("id_last_four", "name"), without=("code",)),
    }

    code: Code | None = None
    id_last_four: Annotated[str, Field(pattern=r"^[0-9A-Za-z()-]{4}$")] | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        by_id = self.id_last_four is not None and self.name is not None
        given = sum(value is not None for value in (self.code, self.id_last_four, self.name))
        if not ((by_id and given == 2) or (self.code is not None and given == 1)):
            raise PydanticCustomError("one_proof", "give code, or id_last_four and name")
        return self

    def read(self) -> Proof:
        """Return the proof."""
        return CodeProof(self.code) if self.code is not None else IdProof(self.id_last_four or "", self.name or "")


class LoginRequest(Body):
    """A sign-in: 继教编号 and password, phone and SMS code, or ID number, phone and SMS code (M-10.2).

    password: or the text of a one-time slip. proof: with an initial password, where a 401 `proof_required` asks for it.
    """

    ways: ClassVar[Ways] = {
        "ByPassword": Way(needs=("cme_number", "password"), without=("phone", "code", "id_number")),
        "ByCode": Way(needs=("phone", "code"), without=("cme_number", "password", "id_number")),
        "OutOfProvince": Way(needs=("id_number", "phone", "code"), without=("cme_number", "password")),
    }

    cme_number: Annotated[str, Field(max_length=20)] | None = None
    password: Password | None = None
    id_number: IdNumberText | None = None
    phone: PhoneText | None = None
    code: Code | None = None
    otp: Otp | None = None
    device_id: DeviceId | None = None
    puzzle: PuzzleAnswer | None = None
    proof: ProofGiven | None = None
    keep: KeptAs = "body"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_password = self.cme_number is not None and self.password is not None
        by_code = self.phone is not None and self.code is not None
        given = sum(value is not None for value in (self.cme_number, self.password, self.phone, self.code))
        if given != 2 or not (by_password or by_code) or (by_password and self.id_number is not None):
            raise PydanticCustomError("one_way", "give cme_number and password, or phone and code")
        return self


class Tokens(Out):
    """A pair of tokens. must_change_password: the access token allows only the change of the password.

    refresh_token: left out where a cookie keeps it.
    second_factor_due: the role needs a second factor, and only its set-up (`/me/second-factor`) is allowed.
    own_credits_only: a sign-in by ID number, which opens one's own credits and certificates alone (M-10.2).
    """

    access_token: str
    refresh_token: Annotated[str | None, Field(exclude_if=lambda token: token is None)] = None
    expires_in: int
    must_change_password: bool
    second_factor_due: bool
    own_credits_only: bool


class PasswordChange(Body):
    """The current password and the new one."""

    current_password: Password
    new_password: Password
    device_id: DeviceId | None = None
    keep: KeptAs = "body"


class PasswordReset(Body):
    """A new password, with the code that was sent for `password_reset`."""

    phone: PhoneText
    code: Code
    new_password: Password
    device_id: DeviceId | None = None
