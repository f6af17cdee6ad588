"""What the tests of asking the owner share with others."""

from tests.api import Api
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.fakes import RecordingGateway

PHONE = "+8613800138000"


def reset_password(api: Api, sms: RecordingGateway) -> None:
    nobody = Api(api.app)
    assert nobody.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"}).status_code == 202
    body = {"phone": PHONE, "code": sms.last_code, "new_password": "Ward-9-rounds!"}
    assert nobody.post("/auth/password-resets", body).status_code == 204
