"""Tests share what they need by modules beside them, so that a test module can be changed, moved or run alone."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, sources, text_of

IMPORT = re.compile(r"^[ \t]*(?:from\s[^\n]*?\simport\s+(?:\([^)]*\)|[^\n]*)|import\s[^\n]*)", re.MULTILINE)
"""What may be an import: only where one names a test, a module is parsed."""


def test_no_test_module_is_imported() -> None:
    imported = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources("tests")
        for module in named_tests_in(text_of(path))
    }
    assert not imported, "\n".join(sorted(imported))


def named_tests_in(source: str) -> list[str]:
    """Return the test modules that a module imports."""
    if not any("test_" in each for each in IMPORT.findall(source)):
        return []
    imported = [module for node in ast.walk(ast.parse(source)) for module in modules_of(node)]
    return [each for each in imported if any(part.startswith("test_") for part in each.split("."))]


def modules_of(node: ast.AST) -> list[str]:
    """Return what a statement may import: of `from a import b` a.b, which may be a module."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{each.name}" for each in node.names]
    return []


@pytest.mark.parametrize(
    "source",
    [
        "import tests.credit.test_ledger",
        "from tests.credit.test_ledger import scene",
        "from tests.credit import factories, test_ledger as ledger",
        "from tests.credit import (\n    factories,\n    test_ledger,\n)",
        "def f():\n    from tests.credit import test_ledger",
        "from . import test_ledger",
    ],
)
def test_the_guard_sees_each_way_to_import_one(source: str) -> None:
    assert named_tests_in(source)
