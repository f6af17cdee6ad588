"""Download links, for web views that save files but send no bearer."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, request

from accounts.errors import LinkPrefetched
from accounts.sign_in import download_links
from service.api.sign_in.schemas.download_links import LinkNew, LinkOut
from service.edge import link_targets
from service.edge.access import public_once, signed_in
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call, WritingCall

api = APIBlueprint("download_links", __name__, tag="Sign-in")

_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD_WORDS = ("prefetch", "prerender", "preview")


@api.post("/download-links")
@signed_in(
    opens_to_out_of_province=True, keeps_reply=False
)  # the address is a secret: it is shown once and stored nowhere
@refuses("link_path_invalid")
@api.input(LinkNew, arg_name="body")
@api.output(LinkOut, status_code=201)
def make_link(call: Call, body: LinkNew) -> LinkOut:
    """Make a link that gives one file of ours once, within sixty seconds, without a bearer.

    It has the rights of this sign-in, as they are when it is used.
    """
    link_targets.check_path(call.db, body.path, call.caller, call.now)
    made = download_links.make_link(
        call.db, path=body.path, caller=call.caller, seal=call.components.seal, now=call.now
    )
    url = f"{call.components.settings.base_url}/api/v1/downloads/{made.secret}"
    return LinkOut(url=url, expires_at=made.expires_at)


@api.get("/downloads/<uuid:secret>")
@public_once
@refuses("not_found", "link_used_up", "link_prefetched", "token_invalid", "forbidden")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="application/octet-stream")
def open_link(call: WritingCall, secret: uuid.UUID) -> Response:
    """Give the file of a link, or the error of what it leads to, and use the link up.

    HEAD and requests that fetch ahead use nothing up.
    """
    seal = call.components.seal
    with call.reading():
        download_links.check_link(call.db, secret=secret, seal=seal, now=call.now)
    if any(word in request.headers.get(name, "").lower() for name in _AHEAD for word in _AHEAD_WORDS):
        raise LinkPrefetched
    if request.method == "HEAD":
        return Response(content_type="application/octet-stream")
    with call.writing():
        target = download_links.use_link(call.db, secret=secret, seal=seal, now=call.now)
    return link_targets.answer(target)
