"""Tests share what they need by modules beside them, so that a test module can be changed, moved or run alone."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_test_module_is_imported() -> None:
    imported = {
        f"{path.relative_to(TESTS)} imports {module}"
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for module in modules_of(node)
        if any(part.startswith("test_") for part in module.split("."))
    }
    assert not imported, "\n".join(sorted(imported))


def modules_of(node: ast.AST) -> list[str]:
    """Return what a statement may import: of `from a import b` a.b, which may be a module."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{each.name}" for each in node.names]
    return []
