"""What must hold everywhere, looked up in the built service rather than remembered."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from apiflask import APIFlask
from sqlalchemy import create_engine

from faces.errors import FaceError
from foundation.errors import Refusal
from models import Base
from service.configuration.settings import Settings
from service.edge.access import Access
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.migrating import alembic_config
from sheets.errors import SheetError
from tests.api import Api
from tests.architecture.sources import PACKAGES, ROOT, nodes, sources, text_of, tree_of

pytestmark = pytest.mark.either_database  # they ask the database nothing


PUBLIC = {
    "client.get_client", "client.get_logo", "home.show_home",
    "openapi.spec", "docs", "docs_groups", "docs_group", "docs_file", "problem_page",
    "health.metrics", "health.healthz", "health.readyz",
    "auth.send_code", "auth.login", "auth.refresh", "auth.reset_password", "me.get_face_consent",
    "phones.look_up_number",
    "receipts_key.get_key_set", "scan_page.show_scan", "scan_page.show_check_in",
    "scan_proofs.get_scan_proof", "location_consents.get_location_text",
    "screens.show_screen", "screen_page.show_screen_page", "kiosks.pair_kiosk", "kiosks.check_in_at_kiosk",
    "proof_bundle_checks.check_proof_bundles", "proof_bundle_page.show_bundle_page", "proof_bundle_page.check_on_page",
    "certificate_page.verify_certificate", "certificate_page.get_badge_status",
    "calendars.show_calendar", "ledger.get_head",
    "ledger.list_heads", "ledger.get_consistency", "download_links.open_link",
    "words.list_words", "words.list_problems",
}  # fmt: skip


def views(app: APIFlask) -> dict[str, Any]:
    return {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}


def test_every_route_says_who_may_call_it_and_is_public_only_by_the_list(app: APIFlask) -> None:
    for endpoint, view in views(app).items():
        access = getattr(view, "access", None)
        assert isinstance(access, Access), f"{endpoint} has neither @public nor @signed_in"
        assert access.is_public == (endpoint in PUBLIC), endpoint


def test_every_route_documents_its_refusals(app: APIFlask) -> None:
    for endpoint, view in views(app).items():
        assert hasattr(view, "refusals"), f"{endpoint} has no @refuses"
        assert set(view.refusals) <= set(PROBLEMS), endpoint


def test_every_unsafe_route_is_a_command_and_every_get_is_none(app: APIFlask) -> None:
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert len(methods) == 1, f"{rule.rule} answers {methods}: one view, one method"


def test_no_page_of_a_signed_in_person_opens_to_nobody(app: APIFlask, api: Api) -> None:
    some_id = "01890000-0000-7000-8000-000000000000"
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.access.is_public:  # type: ignore[union-attr]
            continue
        path = re.sub(r"<[^>]+>", some_id, rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            reply = api.call(method, path)
            assert (reply.status_code, reply.json["code"]) == (401, "token_invalid"), rule.rule


def test_every_route_of_the_api_is_called_by_some_test(app: APIFlask) -> None:
    lines = {line for path in sources("tests") for line in text_of(path).splitlines()}
    called = "\n".join(line for line in lines if re.search(r"[\"']/|/api/v1", line))
    for rule in app.url_map.iter_rules():
        path = rule.rule.removeprefix("/api/v1")
        pattern = re.sub(r"<[^>]+>", r"[^?\n]+?", re.escape(path).replace("\\<", "<").replace("\\>", ">"))
        assert re.search(rf"[\"']{pattern}[\"'?]|/api/v1{pattern}[\"'?]", called), f"no test calls {rule.rule}"


def refusals(root: type[Exception]) -> Iterator[type[Exception]]:
    """Give each class of the product below `root` that has a code of its own, wherever it stands."""
    for found in root.__subclasses__():
        if found.__module__.partition(".")[0] in PACKAGES:
            if "code" in vars(found):
                yield found
            yield from refusals(found)


def test_every_error_class_has_a_code_of_the_catalogue_and_is_raised(app: APIFlask) -> None:
    texts = (text_of(path) for path in sources(*PACKAGES))
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    found = {each for root in (Refusal, FaceError, SheetError) for each in refusals(root)}
    assert len(found) > 200
    for each in found:
        assert vars(each)["code"] in PROBLEMS, each
        assert words[each.__name__] > 1, f"nothing raises {each.__name__}"


def test_every_code_of_the_catalogue_is_raised_somewhere_and_speaks_both_languages() -> None:
    code = "\n".join(text_of(path) for path in sources(*PACKAGES))
    for name, kind in PROBLEMS.items():
        assert code.count(f'"{name}"') >= 2, f"{name} is in the catalogue, but nothing raises it"
        assert 400 <= kind.status < 600
        for chinese, english in ((kind.title_zh, kind.title_en), (kind.hint_zh, kind.hint_en)):
            assert re.search(r"[\u4e00-\u9fff]", chinese), name
            assert not re.search(r"[\u4e00-\u9fff]", english), name


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in readme, f"README says nothing of {name.upper()}"


def test_every_script_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for script in (ROOT / "scripts").iterdir():
        if script.is_file() and not script.suffix:
            assert f"scripts/{script.name}" in readme, script.name


def test_the_tables_and_the_migrations_agree(database: str) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert found == []


def test_there_is_one_migration_head(database: str) -> None:
    engine = create_engine(database)
    with engine.connect() as connection:
        assert len(ScriptDirectory.from_config(alembic_config(connection)).get_heads()) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("DELETE", "/auth/login", 405),
        ("POST", "/auth/login", 400),
        ("GET", "/me", 401),
        ("GET", "/face-cases/not-a-uuid/decision", 404),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en", "fr", ""])
def test_errors_are_problems_in_the_callers_language(
    api: Api, method: str, path: str, status: int, language: str
) -> None:
    reply = api.call(method, path, headers={"Accept-Language": language, "Content-Type": "application/json"}, data="{")
    assert reply.status_code == status
    assert reply.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "hint", "request_id"} <= set(reply.json)
    assert bool(re.search(r"[\u4e00-\u9fff]", reply.json["hint"])) == (language != "en")


def test_functions_are_short_and_public_ones_have_docstrings() -> None:
    for path, node in nodes(*PACKAGES):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            assert length <= 60, f"{path.relative_to(ROOT)}:{node.name} has {length} lines"
    for path in sources(*PACKAGES):
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.relative_to(ROOT)}:{node.name} has no docstring"


def test_no_two_bodies_share_a_name() -> None:
    names = re.findall(
        r"^class (\w+)",
        "\n".join(text_of(path) for path in sources("service/api") if path.parent.name == "schemas"),
        re.M,
    )
    assert sorted(names) == sorted(set(names)), "the document would show one in place of the other"


def test_every_reference_in_the_document_leads_somewhere(api: Api) -> None:
    reply = api.get("/api/openapi.json")
    known = {f"#/components/{kind}/{name}" for kind, all_ in reply.json["components"].items() for name in all_}
    assert set(re.findall(r'"\$ref": ?"([^"]+)"', reply.text)) <= known


def test_no_module_is_named_by_what_it_is_not() -> None:
    forbidden = {"utils", "helpers", "common", "manager", "base_service", "misc"}
    assert not [path for path in sources(*PACKAGES) if path.stem in forbidden]


def test_our_packages_come_from_this_checkout() -> None:
    for name in PACKAGES:
        assert Path(__import__(name).__file__ or "").is_relative_to(ROOT), f"another {name} is installed and wins"
