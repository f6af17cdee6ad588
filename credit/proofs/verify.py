"""Checks proof bundles. It needs only files and the published keys: no database, no service, no settings.

    scripts/verify-proof-bundle --keys jwks.json BUNDLE.json ...

A bundle is a JWS (RFC 7515, flattened JSON or compact) over the grants of a person in a period. Each grant is a leaf of
the ledger with its path to the root of a signed tree head, so that it is proven twice: by the signature of the bundle,
and by a head that everybody could keep.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credit.ledger.merkle import leaf_hash, proves_inclusion
from credit.ledger.verify import Head, Unproven, read_head

TYP, FORMAT = "cme-proof-bundle+jwt", 1
LARGEST = 4 * 2**20
"""Characters of a bundle that are read: a thousand grants of a large ledger take about three million."""

_TEXT = r'"(protected|payload|signature)"\s*:\s*"([A-Za-z0-9_-]+)"'
_FLATTENED = re.compile(rf"\s*\{{\s*{_TEXT}\s*,\s*{_TEXT}\s*,\s*{_TEXT}\s*\}}\s*")
_COMPACT = re.compile(r"\s*([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\s*")
_MEMBERS = ("protected", "payload", "signature")


class KeyUnknown(Exception):
    """The bundle names a key that is none of these."""


class Tampered(Exception):
    """The text is no bundle, or not as it was signed. The message says what is wrong."""


@dataclass(frozen=True)
class ProvenEntry:
    """A grant that is proven. number: of its certificate when the bundle was made, None without one."""

    id: str
    position: int
    activity_on: date
    activity_name: str
    credits: Decimal
    hours: Decimal
    number: str | None


@dataclass(frozen=True)
class Bundle:
    """What a bundle says that was signed and proven. person: name, cme_number, unit, id_last_four."""

    issuer: str
    issued_at: datetime
    person: Mapping[str, str | None]
    first: date
    last: date
    head: Head
    entries: tuple[ProvenEntry, ...]

    @property
    def credits(self) -> Decimal:
        """The sum of all credits."""
        return sum((each.credits for each in self.entries), Decimal("0.00"))

    @property
    def hours(self) -> Decimal:
        """The sum of all hours."""
        return sum((each.hours for each in self.entries), Decimal("0.0"))


def read_bundle(text: str, keys: Mapping[str, Any]) -> Bundle:
    """Return what a bundle says. keys: the JWK set of /.well-known/jwks.json. Raises KeyUnknown, Tampered."""
    claims = _signed_claims(text, keys)
    try:
        return _proven(claims, keys)
    except Unproven as why:
        raise Tampered(str(why)) from None
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        raise Tampered("a value in the bundle can't be read") from None


def _signed_claims(text: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content, whose signature is checked before anything of it is parsed but the header."""
    protected, payload, signature = _parts(text)
    try:
        header = json.loads(_unpacked(protected))
        kind = header["alg"], header["typ"]
        key = next((each for each in keys["keys"] if each["kid"] == header["kid"]), None)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Tampered("the header can't be read") from None
    if kind != ("EdDSA", TYP):
        raise Tampered("the signature is on something else than a proof bundle")
    if key is None:
        raise KeyUnknown
    try:
        public = Ed25519PublicKey.from_public_bytes(_unpacked(key["x"]))
        public.verify(_unpacked(signature), f"{protected}.{payload}".encode())
    except (InvalidSignature, ValueError):
        raise Tampered("the signature is wrong") from None
    claims: dict[str, Any] = json.loads(_unpacked(payload))
    return claims


def _parts(text: str) -> tuple[str, str, str]:
    """Return header, payload and signature, each in base64url. No parser runs over what nobody has signed."""
    if len(text) > LARGEST:
        raise Tampered("the text is longer than any bundle")
    if found := _COMPACT.fullmatch(text):
        return found[1], found[2], found[3]
    if found := _FLATTENED.fullmatch(text.removeprefix("\ufeff")):
        named = dict(zip(found.groups()[::2], found.groups()[1::2], strict=True))
        if len(named) == len(_MEMBERS):
            return named["protected"], named["payload"], named["signature"]
    raise Tampered("the text is no proof bundle")


def _proven(claims: Mapping[str, Any], keys: Mapping[str, Any]) -> Bundle:
    if claims["format"] != FORMAT:
        raise Tampered("the bundle has a format that this program does not know")
    first, last = date.fromisoformat(claims["from"]), date.fromisoformat(claims["to"])
    head = read_head(claims["head"], keys)
    numbers = {each["entry"]: str(each["number"]) for each in claims["certificates"]}
    person = claims["person"]
    entries = tuple(_entry(each, head, person["id"], numbers) for each in claims["entries"])
    if any(not first <= each.activity_on <= last for each in entries):
        raise Tampered("a grant is not of this period")
    if len({each.position for each in entries}) < len(entries) or not numbers.keys() <= {each.id for each in entries}:
        raise Tampered("a grant is there twice, or a certificate has no grant")
    bundle = Bundle(
        issuer=str(claims["iss"]),
        issued_at=datetime.fromtimestamp(int(claims["iat"]), UTC),
        person={name: person[name] for name in ("name", "cme_number", "unit", "id_last_four")},
        first=first,
        last=last,
        head=head,
        entries=entries,
    )
    if (str(bundle.credits), str(bundle.hours)) != (claims["totals"]["credits"], claims["totals"]["hours"]):
        raise Tampered("the totals are not the sums of the grants")
    return bundle


def _entry(proof: Mapping[str, Any], head: Head, person_id: str, numbers: Mapping[str, str]) -> ProvenEntry:
    """Return a grant, once its leaf is proven to be in the tree of the head and about this person."""
    text = str(proof["leaf"])
    leaf, path = json.loads(text), [bytes.fromhex(step) for step in proof["path"]]
    if not proves_inclusion(leaf_hash(text.encode()), leaf["position"], head.size, path, head.root):
        raise Tampered("a grant is not in the ledger of the tree head")
    if (leaf["kind"], leaf["person_id"]) != ("grant", person_id):
        raise Tampered("an entry is no grant to this person")
    return ProvenEntry(
        id=leaf["id"],
        position=leaf["position"],
        activity_on=date.fromisoformat(leaf["activity_on"]),
        activity_name=leaf["activity_name"],
        credits=Decimal(leaf["credits"]),
        hours=Decimal(leaf["hours"]),
        number=numbers.get(leaf["id"]),
    )


def _unpacked(text: str) -> bytes:
    """Return the bytes of base64url in its only canonical form. Raises ValueError: another form is another text."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not canonical")
    return data


def main(arguments: list[str]) -> int:
    """Check the bundles of the command line; return 0 if all are proven, 1 if one is not, 2 if a file can't be read."""
    parser = argparse.ArgumentParser(prog="verify-proof-bundle", description="Checks proof bundles of credits.")
    parser.add_argument("--keys", type=Path, required=True, help="the JWK set, from /.well-known/jwks.json")
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE.json")
    given = parser.parse_args(arguments)
    try:
        keys = json.loads(given.keys.read_text(encoding="utf-8"))
        if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
            raise ValueError
        texts = [(path, path.read_bytes().decode("utf-8", "replace")) for path in given.bundles]
    except OSError as why:
        print(f"verify-proof-bundle: can't read {why.filename}: {why.strerror}", file=sys.stderr)  # noqa: T201
        return 2
    except ValueError:
        print(f"verify-proof-bundle: {given.keys} is no JWK set: download it again", file=sys.stderr)  # noqa: T201
        return 2
    return max(_tell(path, text, keys) for path, text in texts)


def _tell(path: Path, text: str, keys: Mapping[str, Any]) -> int:
    """Print what comes of one bundle; return 0 if it is proven."""
    try:
        found = read_bundle(text, keys)
    except KeyUnknown:
        print(f"NOT PROVEN {path}: it was signed with a key that is none of these", file=sys.stderr)  # noqa: T201
        return 1
    except Tampered as why:
        print(f"NOT PROVEN {path}: {why}", file=sys.stderr)  # noqa: T201
        return 1
    who = " ".join(each for each in (found.person["name"], found.person["cme_number"]) if each)
    print(  # noqa: T201 - a program for a terminal
        f"proven {path}: {who}, {found.first} to {found.last}, {len(found.entries)} grants, {found.credits} credits, "
        f"{found.hours} hours, issued {found.issued_at:%Y-%m-%d} by {found.issuer}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
