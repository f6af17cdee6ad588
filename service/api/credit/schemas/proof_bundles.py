"""Bodies of proof bundles and their checks."""

import uuid
from datetime import date, datetime
from typing import Annotated, Self

from apiflask.fields import UploadFile
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from credit.proofs.checking import BundleChange, BundleVerdict, ChangedEntry, CheckedBundle
from service.api.projects.schemas.projects import SaneDate
from service.edge.answers.bodies import Body, Out, Query, as_list

MOST_BUNDLES = 50
"""Bundles that are checked in one call."""


class BundlePeriod(Query):
    """The period of a bundle, both days included."""

    first: SaneDate = Field(alias="from")
    last: SaneDate = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("period", "`to` comes before `from`")
        return self


class ProofBundleOut(Out):
    """A bundle: a flattened JWS (RFC 7515, 7.2.2; EdDSA, `cme-proof-bundle+jwt`). Save the answer as it is.

    payload: JSON in base64url with `person`, `from`, `to`, `iat`, the signed tree `head`, `entries` (each the `leaf` of
    the ledger and its `path`), `certificates` and `totals`. protected: names the key in /.well-known/jwks.json.
    """

    protected: str
    payload: str
    signature: str


class BundlesForm(Body):
    """Bundles to check: one to fifty files, as `/me/proof-bundle.json` gave them; eight megabytes together."""

    bundles: Annotated[list[UploadFile], BeforeValidator(as_list), Field(min_length=1, max_length=MOST_BUNDLES)]


class BundleChangeOut(Out):
    """A grant that no longer stands as the bundle says. number: of its certificate there."""

    entry_id: uuid.UUID
    change: BundleChange
    number: str | None


class BundleSays(Out):
    """What a bundle says that we signed, so that it can be compared with whom it is about. entries: their number."""

    name: str | None
    cme_number: str | None
    unit: str | None
    first: date
    last: date
    entries: int
    credits: str
    hours: str
    issued_at: datetime


class CheckedBundleOut(Out):
    """The verdict on one file. says, changes: only of a bundle that we signed.

    `valid`: as signed, and all of it still stands; `superseded`: as signed, and some of it no longer stands (changes);
    `tampered`: no bundle, or changed; `key_unknown`: signed with a key that is not ours.
    """

    file: str
    verdict: BundleVerdict
    says: BundleSays | None
    changes: list[BundleChangeOut]

    @classmethod
    def of(cls, file: str, checked: CheckedBundle) -> Self:
        """Return the verdict as a body. file: the name of the upload."""
        return cls(file=file, verdict=checked.verdict, says=_says(checked), changes=[*map(_change, checked.changes)])


class CheckedBundles(Out):
    """The verdicts, in the order of the files."""

    items: list[CheckedBundleOut]


def _says(checked: CheckedBundle) -> BundleSays | None:
    bundle = checked.bundle
    if bundle is None:
        return None
    return BundleSays(
        name=bundle.person["name"],
        cme_number=bundle.person["cme_number"],
        unit=bundle.person["unit"],
        first=bundle.first,
        last=bundle.last,
        entries=len(bundle.entries),
        credits=str(bundle.credits),
        hours=str(bundle.hours),
        issued_at=bundle.issued_at,
    )


def _change(each: ChangedEntry) -> BundleChangeOut:
    return BundleChangeOut(entry_id=each.entry_id, change=each.change, number=each.number)
