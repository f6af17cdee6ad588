"""The public page of a certificate (防伪查询, M-10.5), and the status lists of badges. Nobody signs in for them."""

import secrets
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, make_response, render_template, request

from credit.certificates.printing import period_of
from credit.certificates.states import CertificateView, find_by_token
from credit.certificates.status_lists import MEDIA_TYPE
from credit.certificates.verification import verify
from foundation.clock import HOME
from foundation.errors import NotFound
from service.api.certificates.schemas.certificates import VerifiedOut
from service.edge.access import public
from service.edge.answers.refusals import also_as_page, refuses
from service.edge.calls import PublicCall

pages = APIBlueprint("certificate_page", __name__, tag="Certificates")

_MOST_LISTS = 10_000_000_000 // 131_072 + 1


@pages.get("/v/<certificate_token>")
@public
@refuses("not_found", "too_many_attempts")
@pages.output(VerifiedOut)
@pages.doc(responses=also_as_page(VerifiedOut, 404))
def verify_certificate(call: PublicCall, certificate_token: str) -> Any:
    """Show whether a certificate is valid and all that it says, with a masked name: HTML or JSON, by Accept."""
    looks, found = call.components.certificates.looks, find_by_token(call.db, certificate_token)
    if found is None:
        looks.count_unknown(call.now)
    else:
        looks.count(certificate_token, call.now)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) != "application/json":
        return _page(found)
    if found is None:
        raise NotFound
    answer = make_response(VerifiedOut.model_validate(verify(found)).model_dump(mode="json"))
    answer.headers["Vary"] = "Accept"
    return answer


@pages.get("/badge-status/<int:status_list>")
@public
@refuses("not_found")
@pages.output(FileSchema(type="string"), content_type=MEDIA_TYPE)
def get_badge_status(call: PublicCall, status_list: int) -> Response:
    """Show a status list of badges: a signed credential with a bit for each certificate that is no longer valid."""
    if not 1 <= status_list <= _MOST_LISTS:
        raise NotFound
    made = call.components.certificates.badges.status_list(call.db, which=status_list, now=call.now)
    return Response(made, content_type=MEDIA_TYPE)


def _page(found: CertificateView | None) -> Response:
    """Return the page, without scripts or other files, in Chinese and English."""
    nonce = secrets.token_urlsafe(16)
    facts: dict[str, Any] = {"verdict": "unknown"}
    if found is not None:
        told = verify(found)
        facts = {"verdict": told.state.value, "told": told, "period": period_of(found.snapshot)}
        facts["issued_at"] = told.issued_at.astimezone(HOME)
        facts["ended_at"] = told.ended_at.astimezone(HOME) if told.ended_at else None
    page = make_response(render_template("certificate.html", nonce=nonce, **facts), 404 if found is None else 200)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    page.headers["Vary"] = "Accept"
    return page
