"""HEAD and OPTIONS: each route answers them as its GET would, without a body and without a change."""

import re

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from models.people import Role
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.fuzz.world import make_world

pytestmark = pytest.mark.either_database

ANSWERED_OTHERWISE = {"download_links.open_link", "board.stream_board"}
"""HEAD of a download link doesn't give the file; a stream has no length."""


def filled(rule: str, ids: dict[str, str]) -> str:
    rule = re.sub(r"<int:\w+>", "1", rule)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids.get(found[1], "01890000-0000-7000-8000-000000000000"), rule)


def test_head_says_what_get_says_and_gives_no_body(
    app: APIFlask, api: Api, make: Factories, db: Session, clock: FakeClock
) -> None:
    world = make_world(make, api, db, clock)
    me = api.as_(make.staff(Role.ORGANIZER, make.province, *(set(Role) - {Role.ORGANIZER, Role.LEARNER})))
    query = {"year": 2026, "cme_number": world.learner.cme_number, "old": 0, "new": 0}
    compared = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in ANSWERED_OTHERWISE:
            continue
        path = filled(rule.rule, world.ids)
        head, got = me.call("HEAD", path, query_string=query), me.get(path, query_string=query)
        assert head.status_code == got.status_code, rule.rule
        assert head.data == b"", rule.rule
        assert head.mimetype == got.mimetype, rule.rule
        compared += got.status_code == 200
    assert compared > 50


def test_options_of_each_route_says_its_methods_to_everybody_and_does_nothing(app: APIFlask, api: Api) -> None:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(filled(rule.rule, {}), set()).update(rule.methods or set())
    for path, known in methods.items():
        reply = api.call("OPTIONS", path)
        assert (reply.status_code, reply.data) == (200, b""), path
        assert {word.strip() for word in reply.headers["Allow"].split(",")} == known, path


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "GETT"])
def test_another_method_is_refused_as_a_problem(api: Api, method: str) -> None:
    reply = api.call(method, "/me")
    assert (reply.status_code, reply.json["code"]) == (405, "method_not_allowed")


def test_head_of_an_unsafe_route_is_refused(app: APIFlask, api: Api) -> None:
    reads = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    for rule in app.url_map.iter_rules():
        if rule.rule not in reads:
            assert api.call("HEAD", filled(rule.rule, {})).status_code == 405, rule.rule
