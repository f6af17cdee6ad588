"""What the tests of sitting an exam share."""

from typing import Any

from tests.api import Api


def submit(who: Api, attempt: dict[str, Any]) -> Any:
    return who.post(f"/exam-attempts/{attempt['id']}/submission")
