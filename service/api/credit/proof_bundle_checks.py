"""Checks of proof bundles, for everybody: by API, many at once, and by a page that works without a script (X-5)."""

import secrets
from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, make_response, render_template
from werkzeug.datastructures import FileStorage

from credit.proofs.checking import BundleVerdict, check_bundle
from credit.proofs.verify import LARGEST
from foundation.clock import HOME
from service.api.credit.schemas.proof_bundles import (
    MOST_BUNDLES,
    BundlesForm,
    CheckedBundleOut,
    CheckedBundles,
)
from service.edge.access import public, public_upload
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall
from service.edge.published_keys import ledger_key_set
from service.edge.requests.body_limits import MIB, upload

api = APIBlueprint("proof_bundle_checks", __name__, tag="Certificates")
pages = APIBlueprint("proof_bundle_page", __name__, tag="Certificates")

PAGE = "/verify-bundles"
_MOST_BYTES = 8 * MIB
_LONGEST_NAME = 100


@api.post("/proof-bundles/verifications")
@public_upload(upload(_MOST_BYTES))
@refuses("too_many_attempts")
@api.input(BundlesForm, location="files", arg_name="form")
@api.output(CheckedBundles)
def check_proof_bundles(call: PublicCall, form: BundlesForm) -> CheckedBundles:
    """Check up to fifty proof bundles, without an account: as they were signed, and whether all of it still stands.

    Of a file that this service did not sign nothing is looked up or said.
    """
    return CheckedBundles(items=_checked(call, form.bundles))


@pages.get(PAGE)
@public
@refuses()
@pages.output(FileSchema(type="string"), content_type="text/html")
def show_bundle_page(call: PublicCall) -> Response:
    """Show the form that takes proof bundles, for browsers."""
    return _page([])


@pages.post(PAGE)
@public_upload(upload(_MOST_BYTES))
@refuses("too_many_attempts")
@pages.input(BundlesForm, location="files", arg_name="form")
@pages.output(FileSchema(type="string"), content_type="text/html")
def check_on_page(call: PublicCall, form: BundlesForm) -> Response:
    """Check the proof bundles of the form, and show the verdicts below it."""
    return _page(_checked(call, form.bundles))


def _checked(call: PublicCall, files: Sequence[FileStorage]) -> list[CheckedBundleOut]:
    call.components.certificates.bundle_checks.count_unknown(call.now)
    keys = {"keys": ledger_key_set(call.components.settings, call.components.keys)}
    checked = []
    for each in files:
        text = each.stream.read(LARGEST + 1).decode("utf-8", "replace")
        checked.append(CheckedBundleOut.of((each.filename or "")[:_LONGEST_NAME], check_bundle(call.db, text, keys)))
    return checked


def _page(items: Sequence[CheckedBundleOut]) -> Response:
    """Return the page, without scripts or other files, in Chinese and English."""
    nonce = secrets.token_urlsafe(16)
    shown: Any = [(each, each.says and each.says.issued_at.astimezone(HOME)) for each in items]
    words = {each.name: each.value for each in BundleVerdict}
    html = render_template("proof_bundles.html", nonce=nonce, items=shown, page=PAGE, most=MOST_BUNDLES, **words)
    page = make_response(html)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    page.headers["Cache-Control"] = "no-store"
    return page
