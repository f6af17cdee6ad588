"""Health checks and metrics of the service."""

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from accounts.damaged_faces import count_damaged
from accounts.errors import TokenInvalid
from accounts.sign_in.sms import NoticeKind
from service.api.faces.face_policies import networks, policy_for_new_photos
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall
from service.observing.metrics import render

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
@refuses()
def healthz(call: PublicCall) -> Any:
    """Answer that the process is alive."""
    return jsonify(status="ok")


@pages.get("/readyz")
@public
@refuses()
def readyz(call: PublicCall) -> Any:
    """Answer 200 if all that a check-in needs is ready, or 503 with the names of what is not ready.

    A missing second network is named in the answer, but the status stays 200: one network and its thresholds decide.
    So it does with damaged faces, which are counted: only their owners are stopped.
    `face_policy` names the thresholds that new photos are judged by, and the networks that these use.
    `file_store` tells whether evidence and photos can be stored and read; check-ins need none of it.
    `sms_without_template` names the kinds of notices that are not sent as SMS.
    """
    checks = {"database": _database_answers(call), "faces": call.components.engine.ready()}
    is_ready = all(checks.values())
    names = {name: "ok" if fine else "not ready" for name, fine in checks.items()}
    looking, missing = networks(call)
    content: dict[str, Any] = {"status": "ok" if is_ready else "not ready", "checks": names}
    content["file_store"] = "ok" if call.components.files.store.ready() else "not ready"
    content["sms_without_template"] = [
        kind for kind in NoticeKind if kind not in call.components.settings.sms_templates
    ]
    content |= {"face_networks": looking, "missing_face_networks": missing}
    if checks["database"]:
        policy = policy_for_new_photos(call)
        content |= {"face_policy": {"version": policy.version, "networks": policy.networks}}
        content["damaged_faces"] = count_damaged(call.db)
    return jsonify(content), 200 if is_ready else 503


def _database_answers(call: PublicCall) -> bool:
    try:
        call.db.execute(text("SELECT 1"))
    except Exception:  # any error of the driver means that the database is not ready
        call.db.rollback()
        return False
    return True


@pages.get("/metrics")
@public
@refuses("token_invalid")
def metrics(call: PublicCall) -> Response:
    """Show the metrics for Prometheus to whoever brings METRICS_TOKEN; outside production, to all if there is none."""
    settings = call.components.settings
    token = settings.metrics_token
    is_open = token is None and settings.environment != "production"
    if not is_open and (token is None or not _brings(token.get_secret_value())):
        raise TokenInvalid
    return Response(render(), content_type=CONTENT_TYPE_LATEST)


def _brings(token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(given.encode(), token.encode())
