"""What the tests of signing in share."""

from tests.api import Api
from tests.factories import PASSWORD


def login(api: Api, number: str | None, password: str = PASSWORD):
    return api.post("/auth/login", {"cme_number": number, "password": password})
