"""An endpoint of the demo only: the last SMS to a phone."""

from typing import Any

from flask import Blueprint, jsonify, request

from accounts.phones import normal_phone
from accounts.sign_in.sms_gateways.outbox import OutboxGateway
from foundation.errors import NotFound
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall

pages = Blueprint("dev", __name__)


@pages.get("/dev/outbox")
@public
@refuses("not_found", "phone_invalid")
def last_message(call: PublicCall) -> Any:
    """Show the last SMS to `?phone=`."""
    phone = normal_phone(request.args.get("phone", ""))
    last = OutboxGateway(call.components.settings.var / "outbox").last(phone)
    if last is None:
        raise NotFound
    message = last.message
    return jsonify(phone=message.phone, code=message.code, text=message.text, sent_at=last.sent_at.isoformat())
