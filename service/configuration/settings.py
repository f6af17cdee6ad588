"""Every setting, from environment variables named like the fields in upper case."""

import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from accounts.sign_in.sms import NoticeKind
from credit.certificates.numbers import NumberFormat
from foundation.signing import public_bytes
from service.configuration.addresses import check_database_url, check_public_url
from service.configuration.file_store import FileSettings
from service.configuration.naming import NameSettings


class Settings(FileSettings, NameSettings):
    """The settings of this installation. The README has a line for each.

    Raises pydantic.ValidationError if a value is not valid, or if production has no key of its own.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    font_dir: Path | None = Field(
        None,
        description="Folder of fonts for letters that the packaged fonts lack, read at start.",
    )
    certificate_number: str = Field(
        NumberFormat().pattern,
        description="How numbers of certificates are written: capitals, digits and hyphens, with `{year}`, "
        "`{sequence}` (ten digits) and `{check}` at the end.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="The address phones see, as in https://cme.example.cn; needed in production."
    )
    environment: Literal["embedded", "production"] = Field(
        "embedded", description="`production` refuses to start without keys of its own and an https PUBLIC_URL."
    )
    demo: bool = Field(False, description="Demo data and the /dev pages; never together with production.")
    database_url: str = Field("", description="PostgreSQL as postgresql+psycopg://…; default: SQLite under VAR.")

    web_workers: int = Field(2, ge=1, description="Processes that answer HTTP.")
    password_queue: int = Field(
        24,
        ge=1,
        description="Passwords that may wait to be checked in each web process; beyond it 503 with Retry-After.",
    )
    face_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes that do face work; default: one a core.",
    )
    face_queue: int = Field(32, ge=1, description="Photos that may wait for them; beyond it 503 with Retry-After.")
    web_threads: int = Field(
        default_factory=lambda known: max(48, known.get("face_queue", 0) + known.get("face_workers", 0) + 8),
        ge=1,
        description="Threads in each web process; more than FACE_QUEUE and FACE_WORKERS together. Default: 48, more "
        "where those are many.",
    )
    face_patience_seconds: float = Field(20.0, gt=0, description="How long a request waits for face work before 503.")
    face_nice: int = Field(10, ge=0, le=19, description="Niceness of face work, so that pages stay fast.")
    face_engine: str = Field(
        "dlib-onnx+faceres",
        description="The recognition engine: `dlib`, `dlib-onnx` (the same network, faster) or `onnx:PATH`, "
        "and `+faceres` for a second network beside it.",
    )
    face_engines_also: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Engines, separated by commas, whose templates still work after a change of FACE_ENGINE."
    )
    face_refuse_covered_eyes: bool = Field(
        False,
        description="Refuse sunglasses at enrolment too, not only what covers the mouth; measure it on your own photos "
        "first (`scripts/calibrate-faces`).",
    )
    face_socket: Path | None = Field(None, description="Socket of the face pool; default: under VAR.")
    enrolment_photos: int | None = Field(
        None, ge=1, le=5, description="Different photos that an enrolment needs; default: 3 in production, else 1."
    )
    board_streams: int = Field(
        16, ge=1, description="Live room boards open at once in each web process; each holds one of WEB_THREADS."
    )
    board_stream_seconds: float = Field(300.0, ge=0, description="How long one stays open before it is asked for anew.")
    web_folder: Path | None = Field(
        None, description="The built web client, as `scripts/build-web` prints it; without it there is the API alone."
    )
    kiosks: bool = Field(True, description="Whether kiosks may check people in by their rotating personal code.")
    late_photo_minutes: int = Field(
        60, ge=0, le=1440, description="How long after a session's window photos that were taken in time are accepted."
    )
    max_request_mb: int = Field(
        61, ge=1, description="Largest upload accepted, in MiB; JSON bodies have smaller limits of their own."
    )

    job_workers: int = Field(1, ge=0, description="Processes that do long work; 0 where other machines do it.")
    job_lease_seconds: float = Field(60.0, gt=0, description="How long one step of long work may take.")

    jwt_key: SecretStr | None = Field(None, description="Signs access and refresh tokens; 32 bytes or more, base64.")
    lookup_key: SecretStr | None = Field(
        None, description="Blind indexes and sealed fields (phones); 32 bytes, base64."
    )
    venue_key: SecretStr | None = Field(None, description="Venue codes and tickets; 32 bytes, base64.")
    receipt_key: SecretStr | None = Field(None, description="Ed25519 seed that signs receipts; 32 bytes, base64.")
    ledger_key: SecretStr | None = Field(
        None, description="Ed25519 seed that signs the tree heads of the ledger; 32 bytes, base64."
    )
    ledger_old_public_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="The `x` in jwks.json of each key that was LEDGER_KEY before, separated by commas: published "
        "with it, so that old tree heads can still be checked.",
    )
    face_master_keys: SecretStr | None = Field(
        None, description="`id:base64,id:base64`, the first one current; wraps the key of each face."
    )
    face_index_key: SecretStr | None = Field(
        None, description="Rotates the vectors of the duplicate search; 32 bytes, base64."
    )

    sms_gateway: Literal["outbox", "aliyun", "tencent"] = Field("outbox", description="How SMS are sent.")
    sms_access_key_id: str = Field("", description="Aliyun AccessKey ID or Tencent SecretId.")
    sms_access_key_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    sms_sign_name: str = Field("", description="The registered SMS signature.")
    sms_template: str = Field("", description="The registered template, with one parameter: the code.")
    sms_templates: Annotated[dict[NoticeKind, str], NoDecode] = Field(
        {},
        description="`kind:template,kind:template`: registered templates of notices. With one parameter, the time: "
        "`face_enrolled`, `face_withdrawn`, `face_question`, `new_device`, `password_slip`, `phone_changed`, "
        "`second_factor_set`, `second_factor_removed`. With two, the project and the time: all other topics of notices "
        "([operations](docs/operations.md)). A kind without a template is not sent; `/readyz` names those.",
    )
    notice_days: int = Field(
        180,
        ge=14,
        description="How long a notice that was read is kept; unread ones, and those about credits, decisions, the "
        "face and the sign-in, twice as long.",
    )
    sms_app_id: str = Field("", description="Tencent's SdkAppId.")
    sms_daily_cap: int = Field(10, ge=1, description="Codes a phone may be sent in 24 hours.")
    sms_installation_cap: int = Field(
        50_000, ge=1, description="Codes that the whole installation may send in 24 hours; at 80% the log has an error."
    )

    initial_password: Literal["123456", "cme_number"] = Field(
        "123456", description="What new accounts start with (M-2.3); it must be changed at the first sign-in."
    )
    require_initial_proof: bool | None = Field(
        None,
        description="Whether an initial password opens an account only with a proof of the person (a code by SMS, ID "
        "and name, or a slip); default: on, but off in the demo.",
    )
    second_factor: bool | None = Field(
        None,
        description="Whether roles need a second factor to sign in; default: yes, but not with DEMO. One that somebody "
        "has set up is always asked for.",
    )
    staff_idle_minutes: int = Field(
        20, ge=1, description="How long the sign-in of somebody with a role lasts without a request (PRIVACY L-18)."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    metrics_token: SecretStr | None = Field(
        None, description="When set, /metrics wants it as bearer token; production shows /metrics to nobody without it."
    )

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, given: str) -> str:
        return check_database_url(given)

    @field_validator("certificate_number")
    @classmethod
    def _is_a_number_format(cls, given: str) -> str:
        return NumberFormat(given).pattern

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        return check_public_url(given)

    @field_validator("ledger_old_public_keys")
    @classmethod
    def _are_public_keys(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for x in given:
            public_bytes(x)
        return given

    @field_validator("sms_templates", mode="before")
    @classmethod
    def _by_kind(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        pairs = [part.strip().partition(":") for part in given.split(",") if part.strip()]
        if any(kind.strip() not in set(NoticeKind) or not template.strip() for kind, _, template in pairs):
            raise ValueError(f"wanted kind:template, separated by commas; the kinds are {', '.join(NoticeKind)}")
        if len({kind.strip() for kind, _, _ in pairs}) < len(pairs):
            raise ValueError("a kind is named twice")
        return {kind.strip(): template.strip() for kind, _, template in pairs}

    @field_validator("face_engines_also", "ledger_old_public_keys", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.environment == "production":
            keys = "jwt_key lookup_key venue_key receipt_key ledger_key face_master_keys face_index_key file_keys"
            missing = [name.upper() for name in keys.split() if getattr(self, name) is None]
            if missing:
                raise ValueError(f"production needs keys of its own: {', '.join(missing)}")
            if urlsplit(self.public_url).scheme != "https":
                raise ValueError("production needs an https PUBLIC_URL")
            if self.demo or self.sms_gateway == "outbox":
                raise ValueError("production takes neither DEMO nor SMS_GATEWAY=outbox")
            if not self.asks_initial_proof:
                raise ValueError("production needs REQUIRE_INITIAL_PROOF: everybody can know an INITIAL_PASSWORD")
        return self

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        most = self.face_queue + self.face_workers
        if self.web_threads <= most:
            raise ValueError(
                f"WEB_THREADS must be more than FACE_QUEUE and FACE_WORKERS together ({most}): else photos take "
                "all threads"
            )
        self.check_file_store(in_production=self.environment == "production")
        needed = {"aliyun": "", "tencent": " sms_app_id"}
        if self.sms_gateway in needed:
            names = f"sms_access_key_id sms_sign_name sms_template{needed[self.sms_gateway]}".split()
            missing = [name.upper() for name in names if not getattr(self, name)]
            if not self.sms_access_key_secret.get_secret_value():
                missing.append("SMS_ACCESS_KEY_SECRET")
            if missing:
                raise ValueError(f"SMS_GATEWAY={self.sms_gateway} needs {', '.join(missing)}")
        return self

    @property
    def asks_initial_proof(self) -> bool:
        """Return whether an initial password needs a proof of the person."""
        return not self.demo if self.require_initial_proof is None else self.require_initial_proof

    @property
    def photos_needed(self) -> int:
        """Return how many different photos an enrolment needs."""
        return self.enrolment_photos or (3 if self.environment == "production" else 1)

    @property
    def needs_second_factor(self) -> bool:
        """Return whether roles need a second factor."""
        return not self.demo if self.second_factor is None else self.second_factor

    @property
    def staff_idle(self) -> timedelta:
        """Return how long the sign-in of somebody with a role lasts without a request."""
        return timedelta(minutes=self.staff_idle_minutes)

    @cached_property
    def base_url(self) -> str:
        """Return the address for QR codes and links, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @cached_property
    def number_format(self) -> NumberFormat:
        """Return how numbers of certificates are written."""
        return NumberFormat(self.certificate_number)

    @cached_property
    def database(self) -> str:
        """Return the SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{(self.var / 'cme.db').absolute()}"

    @cached_property
    def face_socket_path(self) -> Path:
        """Return the path of the socket of the face pool."""
        return self.face_socket or self.var.absolute() / "faces.sock"
