"""What the tests of settling share with others."""

from collections.abc import Callable

from tests.attendance.settlement.settling import Closing

Run = Callable[[], None]


EVER = "/me/credits?from=2000-01-01&to=2099-12-31"


def settle(closing: Closing, run_jobs: Run) -> str:
    settlement_id = closing.confirm().json["id"]
    assert closing.review(settlement_id).status_code == 202
    run_jobs()
    return str(settlement_id)


def reasons(closing: Closing) -> dict[str, list[str]]:
    return {each["name"]: each["reasons"] for each in closing.preview()["skipped"]}
