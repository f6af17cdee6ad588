"""The first screen: what this is and where to go on; in the demo also its accounts."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, make_response, render_template

from accounts.people.people import find_province
from accounts.sign_in.password_changes import list_changed
from service.edge import web_client
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall

pages = APIBlueprint("home", __name__, enable_openapi=False)

_WHO = {
    "organizer": ("主办方", "organizer"),
    "department": ("科室管理员", "department admin"),
    "unit": ("单位管理员", "unit admin"),
    "authority": ("主管部门", "authority"),
    "system": ("系统管理员", "system admin"),
    "learner": ("学员", "learner"),
    "certified": ("有证书的学员", "learner with a certificate"),
}


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo, for the page. is_initial: whether its password is still the one that is shown."""

    who: str
    who_en: str
    cme_number: str
    password: str
    phone: str
    is_initial: bool


@pages.get("/")
@pages.get("/about")
@public
@refuses()
def show_home(call: PublicCall) -> Response:
    """Show the first screen, without scripts or other files."""
    settings = call.components.settings
    province = find_province(call.db)
    nonce = secrets.token_urlsafe(16)
    page = make_response(
        render_template(
            "home.html",
            nonce=nonce,
            name=settings.app_name,
            name_en=settings.app_name_en,
            province=None if province is None else province.name,
            privacy_contact=settings.privacy_contact,
            version=cast(APIFlask, current_app).version,
            demo=settings.demo,
            has_client=web_client.is_built(settings.web_folder),
            accounts=_accounts(call) if settings.demo else [],
        )
    )
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page


def _accounts(call: PublicCall) -> list[DemoAccount]:
    """Return the accounts of demo.json, with those first that do more than learn."""
    told = _read(call.components.settings.var / "demo.json")
    rows = [("organizer", told["organizer"])] if "organizer" in told else []
    rows += list(told.get("admins", {}).items())
    rows += [("learner", each) for each in told.get("learners", [])]
    rows += [("certified", told["certified"])] if "certified" in told else []
    changed = list_changed(call.db, [each["cme_number"] for _, each in rows])
    return [
        DemoAccount(
            *_WHO[who],
            cme_number=each["cme_number"],
            password=each["password"],
            phone=each.get("phone", ""),
            is_initial=each["cme_number"] not in changed,
        )
        for who, each in rows
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
