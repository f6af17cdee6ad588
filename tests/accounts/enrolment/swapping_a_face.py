"""What the tests of swapping a face share with others."""

from tests.api import Api
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.fakes import face

WHY = {"reason": "已核对证件"}


def decide(admin: Api, case: str, word: str) -> int:
    return admin.post(f"/face-cases/{case}/decision", {"decision": word, **WHY}).status_code


def swap(me: Api, name: str = "wang") -> str:
    """Withdraw and enrol another face; the case."""
    assert me.delete("/me/face-consent").status_code == 204
    reply = me.enrol(face(name))
    assert (reply.status_code, reply.json["reason"]) == (202, "enrolled_after_withdrawal")
    assert reply.json["text"]
    return str(reply.json["case"])
