"""The gravest steps ask for the second factor again. They are one list, so that nobody forgets a new one."""

from typing import Any

import pytest
from apiflask import APIFlask

from tests.api import Api

pytestmark = pytest.mark.either_database  # they ask the database nothing


GRAVEST = {
    "people.give_role", "people.take_role", "people.give_password_slip", "phones.change_phone",
    "phones.change_phone_of", "second_factor.remove_for_person",
    "face_policies.set_policy", "face_policies.calibrate", "rule_sets.publish_rule_set", "rule_sets.choose_rule_set",
    "face_cases.request_reset", "face_cases.approve_reset",
    "ledger.reverse_entry", "settlements.reverse_grants", "credit_exemptions.revoke_exemption",
    "credit_imports.undo_credit_import",
}  # fmt: skip
"""Policies, roles, resets, the phone (it may be the second factor), and what takes credits back."""
OF_THEIR_OWNER = {"second_factor.begin_second_factor", "second_factor.remove_second_factor"}
"""These ask where a second factor is confirmed, and no code of the last minutes covers them."""


def test_the_gravest_steps_and_no_others_ask_again(app: APIFlask) -> None:
    views: dict[str, Any] = dict(app.view_functions)
    assert {name for name, view in views.items() if view.access.asks_otp} == GRAVEST


def test_each_of_them_documents_the_header(app: APIFlask, api: Api) -> None:
    documented = [
        (path, method)
        for path, methods in api.get("/api/openapi.json").json["paths"].items()
        for method, call in methods.items()
        if any(each.get("$ref") == "#/components/parameters/Otp" for each in call.get("parameters", ()))
    ]
    assert len(documented) == len(GRAVEST | OF_THEIR_OWNER)


def test_a_sign_in_whose_second_factor_is_due_opens_its_set_up_and_no_more(app: APIFlask) -> None:
    views: dict[str, Any] = dict(app.view_functions)
    assert {name for name, view in views.items() if view.access.opens_to_second_factor} == {
        "second_factor.get_second_factor", "second_factor.begin_second_factor", "second_factor.confirm_second_factor",
        "auth.change_password", "auth.logout",
    }  # fmt: skip
