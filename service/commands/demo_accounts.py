"""The accounts of the demo's people."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.people import people
from accounts.sign_in.passwords import hash_password
from foundation.sealing import FieldSeal
from models.people import Person, Unit


def add_account(db: Session, account: Mapping[str, str], *, unit: Unit, seal: FieldSeal, now: datetime) -> Person:
    """Add the person of an account of the demo, with its initial password."""
    new = people.NewPerson(
        cme_number=account["cme_number"],
        name=account["name"],
        phone=account.get("phone"),
        id_number=account["id_number"],
    )
    hashed = hash_password(account["password"])
    return people.add_person(db, new=new, unit=unit, initial_hash=hashed, seal=seal, caller=None, now=now)
