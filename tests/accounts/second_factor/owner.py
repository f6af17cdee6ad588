"""What tests of second factors share: a service where roles need one, and the codes of an app."""

from typing import Any

import pyotp

from models.people import Person
from tests.api import Api, Reply
from tests.factories import PASSWORD
from tests.fakes import FakeClock


class Owner:
    """Somebody who signs in, with the app that shows their codes."""

    def __init__(self, api: Api, person: Person, clock: FakeClock) -> None:
        self.api, self.person, self.clock = api, person, clock
        self.secret, self.recovery_codes = "", list[str]()

    def login(self, **more: Any) -> Reply:
        """Sign in with number and password."""
        body = {"cme_number": self.person.cme_number, "password": PASSWORD, **more}
        return Api(self.api.app).post("/auth/login", body)

    def set_up(self, me: Api | None = None, **more: Any) -> Reply:
        """Set up a second factor and confirm it; gives the answer to the confirmation."""
        me = me or Api(self.api.app, self.login().json["access_token"])
        made = me.post("/me/second-factor", **more)
        assert made.status_code == 201, made.json
        self.secret, self.recovery_codes = made.json["secret"], made.json["recovery_codes"]
        return me.put("/me/second-factor", {"code": self.code()})

    def code(self) -> str:
        """The code that the app shows now."""
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def next_code(self) -> str:
        """The first code after this one, when it is shown."""
        self.clock.turn(seconds=30)
        return self.code()

    def wrong_code(self) -> str:
        """A code that is not right now, nor half a minute before or after."""
        right = {pyotp.TOTP(self.secret).at(int(self.clock.now().timestamp()) + 30 * step) for step in (-1, 0, 1)}
        return next(code for code in ("111111", "222222", "333333", "444444") if code not in right)
