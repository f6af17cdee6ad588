"""Refresh tokens: a lost answer is given again, a stolen token ends the sign-in, and each ends with its row."""

import uuid
from datetime import timedelta
from typing import Any

import jwt
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.accounts import SignIn
from tests.accounts.sign_in.signing_in import login
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock


def refresh(api: Api, token: str):
    return Api(api.app, token).post("/auth/refresh")


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_lost_answer_to_a_refresh_is_given_again(api: Api, make: Factories) -> None:
    first = login(api, make.person().cme_number).json
    lost, again = (refresh(api, first["refresh_token"]) for _ in range(2))
    assert (lost.status_code, again.status_code) == (200, 200)
    for name in ("access_token", "refresh_token"):
        assert again.json[name] == lost.json[name] != first[name]
    assert Api(api.app, again.json["access_token"]).get("/me").status_code == 200
    assert refresh(api, again.json["refresh_token"]).status_code == 200


def test_a_tab_that_refreshes_after_another_used_the_new_pair_stays_signed_in(api: Api, make: Factories) -> None:
    first = login(api, make.person().cme_number).json
    second = refresh(api, first["refresh_token"]).json
    assert Api(api.app, second["access_token"]).get("/me").status_code == 200
    assert refresh(api, first["refresh_token"]).json["refresh_token"] == second["refresh_token"]
    assert refresh(api, second["refresh_token"]).status_code == 200


def test_a_refresh_token_ends_the_family_once_the_next_one_was_exchanged(api: Api, make: Factories) -> None:
    first = login(api, make.person().cme_number).json
    second = refresh(api, first["refresh_token"]).json
    newest = refresh(api, second["refresh_token"]).json
    assert refresh(api, first["refresh_token"]).status_code == 401
    assert refresh(api, newest["refresh_token"]).status_code == 401
    assert Api(api.app, newest["access_token"]).get("/me").status_code == 401


def test_a_refresh_token_older_than_the_last_ends_the_family_at_once(api: Api, make: Factories) -> None:
    first = login(api, make.person().cme_number).json
    second = refresh(api, first["refresh_token"]).json
    third = refresh(api, second["refresh_token"]).json
    assert refresh(api, second["refresh_token"]).json["refresh_token"] == third["refresh_token"]
    assert refresh(api, first["refresh_token"]).status_code == 401
    assert refresh(api, third["refresh_token"]).status_code == 401


def test_the_pair_that_is_given_again_has_an_access_token_that_still_works(
    api: Api, make: Factories, db: Session
) -> None:
    first = login(api, make.person().cme_number).json
    lost = refresh(api, first["refresh_token"]).json
    step = uuid.UUID(claims_of(lost["refresh_token"])["step"])
    long_ago = uuid.UUID(int=step.int - (3_600_000 << 80))  # as if the pair had been made an hour ago
    db.execute(update(SignIn).values(refresh_id=long_ago))
    again, once_more = (refresh(api, first["refresh_token"]).json for _ in range(2))
    assert again["expires_in"] == 900
    assert again["refresh_token"] == once_more["refresh_token"]
    assert claims_of(again["access_token"])["jti"] == claims_of(once_more["access_token"])["jti"]
    assert Api(api.app, again["access_token"]).get("/me").status_code == 200


def test_a_refresh_token_expires_with_its_row(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    tokens = login(api, make.person().cme_number).json
    for _ in range(3):
        expires_at = db.scalars(select(SignIn.expires_at)).one()
        assert expires_at == clock.now() + timedelta(days=30)
        assert claims_of(tokens["refresh_token"])["exp"] == int(expires_at.timestamp())
        clock.turn(days=20)
        tokens = refresh(api, tokens["refresh_token"]).json


def test_a_token_of_ours_that_lacks_a_claim_is_refused(api: Api, make: Factories) -> None:
    good = claims_of(login(api, make.person().cme_number).json["access_token"])
    key = api.app.config["JWT_SECRET_KEY"]
    for missing in ("exp", "family", "sub"):
        token = jwt.encode({name: value for name, value in good.items() if name != missing}, key, "HS256")
        assert Api(api.app, token).get("/me").status_code == 401, missing
    assert Api(api.app, jwt.encode(good, key, "HS256")).get("/me").status_code == 200


def test_a_refresh_token_opens_no_page_and_an_access_token_refreshes_nothing(api: Api, make: Factories) -> None:
    person = make.person()
    tokens = login(api, person.cme_number).json
    assert Api(api.app, tokens["refresh_token"]).get("/me").status_code == 401
    assert Api(api.app, tokens["access_token"]).post("/auth/refresh").status_code == 401
