"""What proves that somebody with the initial password is the person of the account (M-2.3).

Anybody can know the number and the initial password. docs/decisions/0039-first-sign-in.md tells why these proofs.
"""

import hmac
import unicodedata
from dataclasses import dataclass, field

from foundation.sealing import FieldSeal
from models.accounts import Account
from models.people import Person

SMS, ID_LAST_FOUR, SLIP = "sms", "id_last_four", "slip"
_LAST = 4


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code by SMS, asked for without a purpose, for the phone on file."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IdProof:
    """The last four characters of the ID number on file, and the person's name."""

    id_last_four: str = field(repr=False)
    name: str = field(repr=False)


Proof = CodeProof | IdProof


def proofs_of(account: Account | None) -> list[str]:
    """Return the proofs that an account may give, the strongest that it has and a slip.

    An unknown number looks like one with a phone.
    """
    if account is None or account.person.phone_sealed is not None:
        return [SMS, SLIP]
    return [SLIP] if account.person.id_number_sealed is None else [ID_LAST_FOUR, SLIP]


def is_person(person: Person, proof: IdProof, seal: FieldSeal) -> bool:
    """Return whether ID number and name are the person's. False for somebody without an ID number on file."""
    if person.id_number_sealed is None:
        return False
    last = seal.open("id_number", person.id_number_sealed)[-_LAST:]
    same_id = hmac.compare_digest(last.encode(), proof.id_last_four.upper().encode())
    return hmac.compare_digest(_plain(person.name), _plain(proof.name)) and same_id


def _plain(name: str) -> bytes:
    """Return a name without blanks and the dots of foreign names, in one form."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum()).encode()
