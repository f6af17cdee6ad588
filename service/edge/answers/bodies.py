"""The base classes and field types of request and response bodies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import IO, Annotated, Any, ClassVar

from apiflask.fields import UploadFile
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError
from werkzeug.datastructures import FileStorage

ONE_OF = "give exactly one of {names}"
"""The text of the error `one_of`."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def _refuse_unstorable(value: Any) -> Any:
    """Refuse text that a database can't store: NUL, and single surrogates."""
    if isinstance(value, str):
        if "\x00" in value or _SURROGATES.search(value):
            raise PydanticCustomError("text", "text holds a character that can't be stored")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_unstorable(name)
            _refuse_unstorable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unstorable(inner)
    return value


@dataclass(frozen=True)
class Way:
    """One of the ways to fill in a body, for the OpenAPI document.

    needs: the fields of this way; without: those of other ways. says: the fields with one value; may_leave_out: those
    of them that have it by default. is_open: the body may be filled in other ways at the same time.
    """

    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    says: Mapping[str, str | bool] = field(default_factory=dict)
    may_leave_out: tuple[str, ...] = ()
    is_open: bool = False


Ways = Mapping[str, Way]


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed.

    ways: where a validator asks for some of the optional fields, the document shows each way as a schema of its own.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    ways: ClassVar[Ways] = {}

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, data: Any) -> Any:
        return _refuse_unstorable(data)


def _nothing() -> Any:
    return None


NOT_SENT: Any = Field(default_factory=_nothing)
"""The default of a field of a PartialBody that can be left out and can't be null."""


class PartialBody(Body):
    """A body of PATCH: what isn't sent stays. clearable: the fields that may be null, which clears them."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _no_null(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for name, value in data.items():
                if value is None and name in cls.model_fields and name not in cls.clearable:
                    raise PydanticCustomError("null", "{name} can't be null", {"name": name})
        return data

    def sent(self) -> dict[str, Any]:
        """Return the fields that were sent, as they were read."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Query(BaseModel):
    """A query string: unknown names are ignored."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, data: Any) -> Any:
        return _refuse_unstorable(data)


class Page(Query):
    """The query of a list. cursor: `next_cursor` of the page before; limit: the largest number of rows."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=2000)


SearchText = Annotated[str, Field(max_length=100)]
"""A part of a name or number that somebody looks for, in any case of Latin letters. Empty text finds everything."""


class Out(BaseModel):
    """A response body."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


WHERE_KNOWN: Any = Field(exclude_if=lambda value: value is None)
"""Of a field of an answer that is left out where it is None."""


class Empty(Out):
    """No body at all, with 204."""


def _at_least_one(files: list[FileStorage] | None) -> list[FileStorage]:
    if not files:
        raise PydanticCustomError("missing", "at least one photo is needed")
    if len(files) > 5:
        raise PydanticCustomError("too_many", "five photos at most")
    if not all(isinstance(file, FileStorage) for file in files):
        raise PydanticCustomError("file", "photos must be files")
    return files


def as_list(value: Any) -> Any:
    """Return the value of a field that may come once or several times, as a list."""
    return value if isinstance(value, list) or value is None else [value]


Photos = Annotated[list[UploadFile], BeforeValidator(as_list), AfterValidator(_at_least_one)]
"""One to five uploaded photos."""

Capacity = Annotated[int, Field(ge=1, le=100_000)]
"""The number of learners who may take part (名额)."""

Reason = Annotated[str, Field(min_length=2, max_length=500)]
"""The reason for an action, for the audit trail."""


def bytes_of(photos: list[UploadFile]) -> list[bytes]:
    """Return the uploads' bytes, in order."""
    return [_content(photo.stream) for photo in photos]


def _content(stream: IO[bytes]) -> bytes:
    """Return all bytes of an upload. An upload in memory gives its own bytes, not a second copy of 60 MB."""
    return stream.getvalue() if isinstance(stream, BytesIO) else stream.read()


def _amount(whole: int, places: int, most: Decimal | None = None) -> Any:
    """Return the type of a Decimal that is a string in JSON: up to `whole` digits and `places` decimals, from 0 on."""
    pattern = rf"[0-9]{{1,{whole}}}(\.[0-9]{{1,{places}}})?"

    def read(value: Any) -> Decimal:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise PydanticCustomError("amount", f"must be a string such as {Decimal(5):.{places}f}, not negative")
        if most is not None and Decimal(value) > most:
            raise PydanticCustomError("amount_too_large", "must be {most} at most", {"most": str(most)})
        return Decimal(value)

    schema = {"type": "string", "pattern": f"^{pattern}$"}
    written = PlainSerializer(lambda value: f"{value:.{places}f}", return_type=str)
    return Annotated[Decimal, BeforeValidator(_from_outside(read)), WithJsonSchema(schema), written]


def _from_outside(read: Any) -> Any:
    """Return `read` for values from outside. Our own code passes a Decimal, which stays as it is."""
    return lambda value: value if isinstance(value, Decimal) else read(value)


Credits = _amount(4, 2)
"""Credits (学分): a Decimal in steps of 0.01, a string in JSON."""
Hours = _amount(4, 1)
"""Hours (学时): a Decimal in steps of 0.1, a string in JSON."""
ClaimHours = _amount(3, 1)
"""Hours of a claim: 0 to 999.9 in steps of 0.1 (O-9), a string in JSON."""
Quantity = _amount(8, 1)
"""Characters, months or sessions: a Decimal in steps of 0.1, a string in JSON."""
ShareOfAll = _amount(1, 2, Decimal(1))
"""A share from 0.00 to 1.00, a string in JSON."""
SessionCount = Annotated[
    Decimal,
    PlainSerializer(lambda value: int(value) if value == int(value) else float(value), return_type=int | float),
    WithJsonSchema({"type": "number"}),
]
"""How many sessions (场次): a number in JSON, with up to two decimals where a session was attended in part."""
