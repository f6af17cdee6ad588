"""Lets a system admin back in who lost their password and their phone, from the machine itself.

An operator runs `scripts/reset-admin` where no other admin can make a slip.
"""

import argparse
import sys

from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session

from accounts.sign_in import slips
from foundation import audit
from foundation.clock import SystemClock
from foundation.sealing import FieldSeal
from models.accounts import Account
from models.people import Person, Role, RoleGrant
from models.sign_in_proofs import RecoveryCode, SecondFactor
from service.commands.terminal import run_command
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine


def reset_admin(settings: Settings, *, cme_number: str) -> str:
    """Make a one-time slip for a system admin, end their second factor, and return the text of the slip.

    A suspended account is reinstated. The audit trail says that it was done on the machine. Raises RuntimeError if
    nobody with this number is system admin: the API is the way for everybody else.
    """
    now = SystemClock().now()
    seal = FieldSeal(load_keys(settings).lookup)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            account = db.scalars(
                select(Account)
                .join(Person, Person.id == Account.person_id)
                .join(RoleGrant, RoleGrant.person_id == Person.id)
                .where(Person.cme_number == cme_number, RoleGrant.role == Role.SYSTEM_ADMIN)
                .limit(1)
            ).first()
            if account is None:
                raise RuntimeError(f"no system admin has the number {cme_number}")
            account.suspended_at = None
            for factor in (SecondFactor, RecoveryCode):
                db.execute(delete(factor).where(factor.account_id == account.id))
            slip = slips.make(db, account.id, given_by=None, now=now, seal=seal)
            audit.record(db, None, now, "account.reset_on_machine", account)
    finally:
        engine.dispose()
    return slip.text


def main() -> int:
    """Read the command line, reset the admin, print the slip, and return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/reset-admin", description="Let a system admin back in.")
    parser.add_argument("--cme-number", required=True, help="number of a system admin")
    number = parser.parse_args().cme_number

    def act(settings: Settings) -> str:
        slip = reset_admin(settings, cme_number=number)
        return f"{number} signs in once with {slip} within {slips.LIFETIME.days} days, and sets a password then"

    return run_command("reset-admin", act, refusals=(RuntimeError,))


if __name__ == "__main__":
    sys.exit(main())
