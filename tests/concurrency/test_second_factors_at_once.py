"""Second factors that race each other: each code opens once, and every try counts."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import SignIn
from models.sign_in_proofs import FailedSignIn, RecoveryCode
from tests.accounts.second_factor.owner import Owner
from tests.api import Api
from tests.concurrency.at_once import at_once
from tests.factories import Factories
from tests.fakes import FakeClock


@pytest.fixture
def owner(api: Api, make: Factories, clock: FakeClock) -> Owner:
    made = Owner(api, make.person(), clock)
    made.set_up()
    return made


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_one_code_used_by_eight_sign_ins_at_once_opens_once(owner: Owner, db: Session, kind: str) -> None:
    code = owner.next_code() if kind == "totp" else owner.recovery_codes[0]
    before = db.scalar(select(func.count()).select_from(SignIn)) or 0
    replies = at_once([lambda: owner.login(otp=code)] * 8)
    statuses = [reply.status_code for reply in replies]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}
    assert db.scalar(select(func.count()).select_from(SignIn)) == before + 1
    used = db.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.used_at.is_not(None)))
    assert used == (1 if kind == "recovery" else 0)


def test_two_devices_with_one_code_at_once_open_one_sign_in(owner: Owner) -> None:
    for device in ("a", "b"):
        assert owner.login(otp=owner.next_code(), device_id=device).status_code == 200
    code = owner.next_code()
    replies = at_once([lambda device=device: owner.login(otp=code, device_id=device) for device in "ab"])  # type: ignore[misc]
    assert sorted(reply.status_code for reply in replies) == [200, 401]


def test_of_many_wrong_codes_at_once_five_are_judged(owner: Owner, db: Session) -> None:
    wrong = owner.wrong_code()
    owner.clock.turn(minutes=1)
    replies = at_once([lambda: owner.login(otp=wrong)] * 16)
    assert {reply.status_code for reply in replies} <= {401, 429}
    noted = db.scalar(select(func.count()).select_from(FailedSignIn)) or 0
    assert noted <= 5
    for _ in range(8):
        owner.login(otp=wrong)
    assert owner.login(otp=owner.next_code()).status_code == 429


def test_one_secret_confirmed_twice_at_once_has_ten_recovery_codes(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    owner = Owner(api, make.person(), clock)
    me, other = api.as_(owner.person), api.as_(owner.person)
    owner.secret = me.post("/me/second-factor").json["secret"]
    code = {"code": owner.code()}
    replies = at_once([lambda: me.put("/me/second-factor", code), lambda: other.put("/me/second-factor", code)])
    statuses = sorted(reply.status_code for reply in replies)
    assert statuses[0] == 200
    assert statuses[1] in (401, 409)
    assert db.scalar(select(func.count()).select_from(RecoveryCode)) == 10


def test_a_code_shown_again_by_eight_at_once_opens_one_step(owner: Owner) -> None:
    me = Api(owner.api.app, owner.login(otp=owner.next_code()).json["access_token"])
    headers = {"X-OTP": owner.next_code()}
    replies = at_once([lambda: me.delete("/me/second-factor", headers=headers)] * 8)
    statuses = [reply.status_code for reply in replies]
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 401, 409, 429}
