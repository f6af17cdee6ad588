"""Rows that not everybody may see are listed for an object that only the module which checks access can make."""

import ast
from collections.abc import Iterable

import pytest

from tests.architecture.sources import ROOT, nodes_of, sources, tree_of

PACKAGES = ("accounts", "attendance", "bench", "credit", "foundation", "service")
MAKERS = {
    "ReadableProject": "attendance/projects/access.py",
    "OrganizedProject": "attendance/projects/access.py",
    "ReadableSession": "attendance/projects/access.py",
    "OrganizedSession": "attendance/projects/access.py",
    "ProjectAccess": "attendance/projects/access.py",
    "OrganizedImport": "attendance/imports/imports.py",
    "BankImport": "attendance/questions/question_imports/imports.py",
    "ReadableSettlement": "attendance/settlement/settlements.py",
    "OwnBatch": "accounts/face_batches/batches.py",
    "PersonWithin": "credit/access.py",
    "CreditHolder": "credit/access.py",
    "ReadableImport": "credit/imports/imports.py",
}
LISTS = {
    "accounts/face_batches/batches.py": {"list_rows"},
    "attendance/projects/transitions.py": {"list_steps"},
    "attendance/sessions/sessions.py": {"list_sessions"},
    "attendance/planning/changes.py": {"list_overlaps"},
    "attendance/roster/roster_lists.py": {"list_expected", "count_expected", "list_waiting", "whole_roster"},
    "attendance/roster/application_lists.py": {"list_applications", "count_applications"},
    "attendance/roster/place_assignments.py": {"list_places"},
    "attendance/record/corrections.py": {"list_corrections"},
    "attendance/record/history.py": {"list_attendees", "count_attendees"},
    "attendance/record/missing.py": {"list_missing", "count_missing"},
    "attendance/questions/question_imports/imports.py": {"list_rows"},
    "attendance/exams/results.py": {"list_results"},
    "attendance/exams/statistics.py": {"item_statistics"},
    "attendance/evaluations/results.py": {"get_results"},
    "attendance/imports/imports.py": {"list_imports", "list_rows"},
    "attendance/settlement/confirmed_lists.py": {"list_lines", "whole_list"},
    "credit/compliance/exemptions.py": {"list_exemptions"},
    "credit/compliance/lines.py": {"find_lines", "lines_of_years"},
    "credit/compliance/totals.py": {"totals_of"},
    "credit/compliance/year.py": {"judge_year", "absences_of"},
    "credit/imports/imports.py": {"list_rows"},
}


def made_in(module: Iterable[ast.AST]) -> set[str]:
    """The checked types that a module makes, by a call or by a cast."""
    found = set()
    for node in module:
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            named = ast.unparse(node.args[0]).strip("\"'") if called == "cast" and node.args else called
            found.add(named.rpartition(".")[2])
    return found & set(MAKERS)


def test_only_the_module_that_checks_access_makes_the_proof() -> None:
    for path in sources(*PACKAGES):
        name = str(path.relative_to(ROOT))
        for made in made_in(nodes_of(path)):
            assert name == MAKERS[made], f"{name} makes a {made} that nobody checked"


@pytest.mark.parametrize(
    "source", ["ReadableProject(row)", "access.ReadableProject(row)", "cast(ReadableProject, row)"]
)
def test_the_guard_sees_each_way_of_making_one(source: str) -> None:
    assert made_in(ast.walk(ast.parse(source))) == {"ReadableProject"}


@pytest.mark.parametrize(("path", "names"), LISTS.items())
def test_what_lists_protected_rows_asks_for_the_proof(path: str, names: set[str]) -> None:
    functions = {node.name: node for node in tree_of(ROOT / path).body if isinstance(node, ast.FunctionDef)}
    for name in names:
        asked = {
            ast.unparse(each.annotation)
            for each in (*functions[name].args.args, *functions[name].args.kwonlyargs)
            if each.annotation is not None
        }
        assert asked & set(MAKERS), f"{path}:{name} takes what nobody checked"
