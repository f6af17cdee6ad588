"""Calls a route as somebody who stands to the world in some way."""

import re
from datetime import timedelta

from foundation.clock import local_day
from tests.api import Reply
from tests.fakes import FakeClock, where_it_is_early
from tests.service.authorisation.world import OWN, Form, Province, bodies_of

QUERY = {"what": "exam", "year": "2026", "years": "2025,2026", "from": "2026-01-01", "to": "2026-12-31"}


def ask(province: Province, clock: FakeClock, endpoint: str, method: str, path: str, way: str) -> Reply:
    """Call a route as the caller who stands to the world in this way."""
    caller = province.callers[way]
    target = caller.person if way == OWN and "<uuid:person_id>" in path else province.twin
    ids = province.world.ids | caller.ids
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found[1]], path)
    body = bodies_of(province, target, clock).get(endpoint)
    if isinstance(body, Form):
        return caller.api.call(method, filled, data=body.sent(), content_type="multipart/form-data")
    on = local_day(clock.now() + timedelta(days=1), where_it_is_early(clock)).isoformat()  # of the world's session
    query = {**QUERY, "cme_number": str(target.cme_number), "on": on} if method == "GET" else {}
    return caller.api.call(method, filled, body, query_string=query)
