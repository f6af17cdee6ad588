"""Is the process alive, and can it do its work."""

from typing import Any

from flask import Blueprint, jsonify
from sqlalchemy import text

from service.api.faces.face_policies import networks
from service.edge.access import public
from service.edge.components import parts
from service.edge.database import db
from service.edge.refusals import refuses

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
@refuses()
def healthz() -> Any:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@public
@refuses()
def readyz() -> Any:
    """Everything the main job needs is there: 200, or 503 with what is not ready.

    A missing second network is told and no reason for 503: decisions then go by one network and its thresholds.
    """
    checks = {"database": _database_answers(), "faces": parts().engine.ready()}
    is_ready = all(checks.values())
    names = {name: "ok" if fine else "not ready" for name, fine in checks.items()}
    looking, missing = networks()
    content = {"status": "ok" if is_ready else "not ready", "checks": names}
    return jsonify(content | {"face_networks": looking, "missing_face_networks": missing}), 200 if is_ready else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except Exception:  # whatever the driver raises means no
        db.session.rollback()
        return False
    return True
