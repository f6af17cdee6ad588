"""My proof bundle of a period (X-5): signed JSON that can be checked anywhere, and a PDF that holds it."""

import hashlib
import json
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from accounts.people.names import name_units
from credit.access import holder_of_own
from credit.compliance.lines import Period
from credit.ledger import tree_heads
from credit.proofs.bundles import BundleContent, collect, sign_bundle
from documents.qr_codes import draw_qr
from foundation.clock import HOME
from models.people import Person
from service.api.credit.proof_bundle_checks import PAGE
from service.api.credit.schemas.proof_bundles import BundlePeriod, ProofBundleOut
from service.edge.access import signed_in
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.published_keys import ledger_signer
from service.running.children import next_sweep

api = APIBlueprint("my_proof_bundles", __name__, tag="Certificates")

_PDF = "application/pdf"
_LAST_FOUR = 4


@api.get("/me/proof-bundle.json")
@signed_in(opens_to_out_of_province=True)
@refuses("bundle_too_large", "head_not_signed", "ledger_altered")
@api.input(BundlePeriod, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(ProofBundleOut)
def get_proof_bundle(call: Call, query: BundlePeriod) -> Response:
    """Give all my approved credits of a period as one signed JSON, with the ledger's proofs and certificate numbers.

    `scripts/verify-proof-bundle` checks it without network; `POST /proof-bundles/verifications` also says whether all
    of it still stands.
    """
    text = _as_text(_bundle(call, _content(call, query)))
    return attachment(text.encode(), "application/json", f"proof-bundle-{query.first}-{query.last}.json")


@api.get("/me/proof-bundle.pdf")
@signed_in(opens_to_out_of_province=True)
@refuses("bundle_too_large", "head_not_signed", "ledger_altered")
@api.input(BundlePeriod, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=_PDF)
def get_proof_bundle_document(call: Call, query: BundlePeriod) -> Response:
    """Give my approved credits of a period as a PDF to read. The signed JSON is attached to it and proves it."""
    content = _content(call, query)
    text = _as_text(_bundle(call, content))
    typesetter = call.components.typesetter
    data = typesetter.with_stand_ins(_shown(call, content, text)) | {"file": text}
    pdf = typesetter.typeset("proof_bundle", data, at=call.now)
    return attachment(pdf, _PDF, f"proof-bundle-{query.first}-{query.last}.pdf")


def _content(call: Call, query: BundlePeriod) -> BundleContent:
    period, holder = Period(query.first, query.last), holder_of_own(call.caller)
    return collect(call.db, holder=holder, period=period, due_at=next_sweep(call.now))


def _bundle(call: Call, content: BundleContent) -> dict[str, str]:
    signer, issuer = ledger_signer(call.components.keys), call.components.settings.base_url
    return sign_bundle(content, person=_person(call), signer=signer, issuer=issuer, now=call.now)


def _person(call: Call) -> dict[str, str | None]:
    """Return who the bundle is about. Of the ID number the last four characters: a file lies around."""
    me = call.db.get_one(Person, call.caller.person_id)
    sealed = me.id_number_sealed
    return {
        "id": str(me.id),
        "name": me.name,
        "cme_number": me.cme_number,
        "unit": me.employer or name_units(call.db, {me.unit_id})[me.unit_id].name,
        "id_last_four": call.components.seal.open("id_number", sealed)[-_LAST_FOUR:] if sealed else None,
    }


def _as_text(bundle: dict[str, str]) -> str:
    return json.dumps(bundle, separators=(",", ":"))


def _shown(call: Call, content: BundleContent, text: str) -> dict[str, Any]:
    """Return what the PDF says, as plain JSON values."""
    person, page = _person(call), f"{call.components.settings.base_url}{PAGE}"
    labels = {"name": "姓名", "cme_number": "继教编号", "unit": "所在单位", "id_last_four": "证件号后四位"}
    return {
        "title": "学分证明包",
        "period": f"{content.period.first.isoformat()} 至 {content.period.last.isoformat()}",
        "person": [[label, person[key]] for key, label in labels.items() if person[key]],
        "rows": [
            [
                each.activity_on.isoformat(), each.activity_number or "", each.activity_name, each.recorded_by_unit,
                str(each.credits), str(each.hours), content.numbers.get(each.id, "—"), str(each.position),
            ]
            for each in content.entries
        ],
        "sums": [str(content.credits), str(content.hours)],
        "facts": [
            ["签发时间", call.now.astimezone(HOME).isoformat(timespec="seconds")],
            ["签名密钥", tree_heads.key_of(content.head)],
            ["账本树头", f"{content.head.size} 条，{content.head.root.hex()}"],
            ["附件 SHA-256", hashlib.sha256(text.encode()).hexdigest()],
        ],
        "page": page,
        "qr": draw_qr(page),
    }  # fmt: skip
