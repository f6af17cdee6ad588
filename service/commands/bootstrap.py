"""Sets up an installation: the first unit, the first admin, and the legal documents that faces need.

An operator runs `scripts/bootstrap` once. All later changes use the API.
"""

import argparse
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from accounts.enrolment import consent
from accounts.people import people
from accounts.sign_in import slips
from foundation.clock import SystemClock, day_at_home
from foundation.sealing import FieldSeal
from models.accounts import Account
from models.consent import ImpactAssessment
from models.people import Role, Unit, UnitKind
from service.commands.terminal import run_command
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.migrating import migrate

_TEXTS = Path(consent.__file__).parent / "consent_texts"
TEXT_VERSION = "1"


def seed_face_law(db: Session, *, approved_by: str, now: datetime, assessed_on: date | None = None) -> None:
    """Publish the first consent text and register the impact assessment, valid for three years (PRIVACY L-7)."""
    consent.publish(
        db,
        version=TEXT_VERSION,
        text_zh=(_TEXTS / f"{TEXT_VERSION}.zh.txt").read_text(encoding="utf-8"),
        text_en=(_TEXTS / f"{TEXT_VERSION}.en.txt").read_text(encoding="utf-8"),
        now=now,
    )
    day = assessed_on or day_at_home(now)
    db.add(
        ImpactAssessment(
            title="人脸识别个人信息保护影响评估",
            approved_by=approved_by,
            assessed_on=day,
            valid_until=day + timedelta(days=3 * 365),
        )
    )
    db.flush()


def bootstrap(settings: Settings, *, province: str, cme_number: str, name: str, assessed_by: str | None) -> str:
    """Add the province and its first system admin to an empty database; return the admin's one-time slip.

    assessed_by: the person who approved the impact assessment; without one, faces can't be enrolled. Raises
    RuntimeError if there are units already.
    """
    migrate(settings)
    now = SystemClock().now()
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            if db.scalar(select(Unit.id).limit(1)) is not None:
                raise RuntimeError("there are units already: this installation has been set up")
            root = people.add_unit(db, name=province, kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
            new = people.NewPerson(cme_number=cme_number, name=name)
            seal = FieldSeal(load_keys(settings).lookup)
            admin = people.add_person(db, new=new, unit=root, initial_hash=None, seal=seal, caller=None, now=now)
            account_id = db.scalars(select(Account.id).where(Account.person_id == admin.id)).one()
            slip = slips.make(db, account_id, given_by=None, now=now, seal=seal)
            people.give_role(db, person=admin, role=Role.SYSTEM_ADMIN, unit=root, giver=None, now=now)
            if assessed_by:
                seed_face_law(db, approved_by=assessed_by, now=now)
    finally:
        engine.dispose()
    return slip.text


def main() -> int:
    """Read the command line, set up the installation, print the admin's slip, and return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bootstrap", description="Set up an empty installation.")
    parser.add_argument("--province", required=True, help="name of the root unit")
    parser.add_argument("--cme-number", required=True, help="number of the first system admin")
    parser.add_argument("--name", required=True, help="the admin's name")
    parser.add_argument("--assessed-by", help="who approved the impact assessment; without it faces stay off")
    wanted = parser.parse_args()

    def act(settings: Settings) -> str:
        slip = bootstrap(
            settings,
            province=wanted.province,
            cme_number=wanted.cme_number,
            name=wanted.name,
            assessed_by=wanted.assessed_by,
        )
        return (
            f"{wanted.cme_number} signs in once with {slip} within {slips.LIFETIME.days} days, and sets a password then"
        )

    return run_command("bootstrap", act, refusals=(RuntimeError,))


if __name__ == "__main__":
    sys.exit(main())
