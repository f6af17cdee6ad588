"""The way back in for a system admin whom no other admin can help."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.edge import AuditEntry
from models.people import Role
from models.sign_in_proofs import SecondFactor
from service.commands.reset_admin import reset_admin
from service.configuration.settings import Settings
from tests.api import Api
from tests.factories import PASSWORD, Factories


def test_a_system_admin_gets_a_slip_on_the_machine(
    app: APIFlask, api: Api, make: Factories, db: Session, settings: Settings
) -> None:
    admin = make.staff(Role.SYSTEM_ADMIN, make.province)
    account = db.scalars(select(Account).where(Account.person_id == admin.id)).one()
    account.suspended_at = account.created_at
    db.add(SecondFactor(account_id=account.id, secret_sealed=b"lost", created_at=account.created_at))
    db.flush()
    slip = reset_admin(settings, cme_number=str(admin.cme_number))
    assert api.post("/auth/login", {"cme_number": admin.cme_number, "password": PASSWORD}).status_code == 200
    opened = api.post("/auth/login", {"cme_number": admin.cme_number, "password": slip})
    assert (opened.status_code, opened.json["must_change_password"]) == (200, True)
    assert db.scalar(select(SecondFactor)) is None
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "account.reset_on_machine")).one()
    assert (entry.actor_id, entry.subject_id) == (None, account.id)


def test_nobody_else_is_reset_on_the_machine(app: APIFlask, make: Factories, settings: Settings) -> None:
    admin = make.staff(Role.UNIT_ADMIN, make.unit())
    for number in (str(admin.cme_number), "3399999999"):
        with pytest.raises(RuntimeError, match=number):
            reset_admin(settings, cme_number=number)
