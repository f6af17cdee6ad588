"""Every change that a role allows is on the audit trail."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from tests.architecture.call_graph import CallGraph

ROOT = Path(__file__).parents[2]
PACKAGES = ("accounts", "attendance", "credit", "documents", "faces", "foundation", "models", "service", "sheets")
RECORD = ("foundation.audit", "record")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NOT_AUDITED = {
    "rehearsals.rehearse_session": "a dry run with made-up people: nothing is written",
    "ledger.sign_head": "signs what the ledger holds already; the signed head is its own record",
    "attendance_imports.import_roster": "a preview: the import names who made it, and its commit is audited",
    "attendance_imports.import_punches": "a preview: the import names who made it, and its commit is audited",
    "question_bank.add_picture": "a picture is shown by a question only, and adding that question is audited",
    "face_policies.calibrate": "nothing goes by a calibration before it is set in force, which is audited",
}
"""Routes that change no rights, no credits and no attendance, each with the reason."""


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return CallGraph(ROOT, PACKAGES)


def unsafe_routes_of_roles(app: APIFlask) -> dict[str, Any]:
    """The views of POST, PUT, PATCH and DELETE that ask for a role, by endpoint."""
    found = {}
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if UNSAFE & (rule.methods or set()) and view.access.roles is not None:
            found[rule.endpoint] = inspect.unwrap(view)
    return found


def test_every_unsafe_route_of_a_role_writes_an_audit_entry_or_says_why_not(app: APIFlask, graph: CallGraph) -> None:
    routes = unsafe_routes_of_roles(app)
    assert len(routes) > 40
    silent = {name for name, view in routes.items() if not graph.reaches((view.__module__, view.__name__), RECORD)}
    assert silent == set(NOT_AUDITED), "a route that audits nothing, or a reason that is needed no more"


def test_the_guard_follows_calls_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "trail.py").write_text("def record(what): ...\n")
    (tmp_path / "shop" / "desk.py").write_text(
        "from shop import trail as kept\n"
        "class Desk:\n"
        "    def sell(self): kept.record('sold')\n"
        "    def look(self): return self.record\n"
        "def give_back(): return map(kept.record, ['returned'])\n"
    )
    (tmp_path / "shop" / "views.py").write_text(
        "from shop.desk import Desk, give_back as back\n"
        "def sell(desk): desk.sell()\n"
        "def return_it(): back()\n"
        "def look(desk): desk.look()\n"
        "def comment(): 'sell, record'\n"
    )
    graph = CallGraph(tmp_path, ("shop",))
    views = ("sell", "return_it", "look", "comment")
    reached = [view for view in views if graph.reaches(("shop.views", view), ("shop.trail", "record"))]
    assert reached == ["sell", "return_it"]
