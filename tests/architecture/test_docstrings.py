"""Docstrings of functions begin with an imperative verb. Ruff's D401 finds other forms of verbs; this finds nouns."""

import ast
from collections.abc import Iterable

import pytest

from tests.architecture.sources import PACKAGES as SHIPPED
from tests.architecture.sources import ROOT, nodes_of, sources

PACKAGES = (*SHIPPED, "bench")
NO_VERBS = """
a all also an and any anybody as at but by each every everybody few for from her here his how i if in it its
many more most my no nobody none not nothing of on once one only or our so some somebody that the their then
there these they this those to two we what whatever when where whether which while who whoever whose why with
without you your
"""
IMPERATIVES = ("Bring", "Discuss", "Embed", "Feed", "Pass", "Process", "Proceed", "Seed", "Speed", "String", "Suppress")
"""Imperatives that end like another form of a verb or like a plural."""


def begins_with_imperative(docstring: str) -> bool:
    """Return whether the first word may be an imperative; it is no dictionary, so it lets some nouns pass."""
    word = docstring.split()[0].rstrip(",.;:")
    if word in IMPERATIVES:
        return True
    is_word = word.isalpha() and word[0].isupper() and not word.isupper()
    return is_word and word.lower() not in NO_VERBS.split() and not word.endswith(("ing", "ed", "s"))


def docstrings_of_functions(module: Iterable[ast.AST]) -> list[tuple[str, str]]:
    """Return name and docstring of each function. Properties are nouns, and `__init__` tells its arguments."""
    found = []
    for node in module:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name == "__init__":
            continue
        is_property = any("property" in ast.unparse(each) for each in node.decorator_list)
        docstring = ast.get_docstring(node)
        if docstring and not is_property:
            found.append((node.name, docstring))
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_of_functions_begin_with_an_imperative_verb(package: str) -> None:
    others = [
        f"{path.relative_to(ROOT)}: {name}: {docstring.splitlines()[0]}"
        for path in sources(package)
        for name, docstring in docstrings_of_functions(nodes_of(path))
        if not begins_with_imperative(docstring)
    ]
    assert not others, "say what the function does or returns: 'Return ...'\n" + "\n".join(others)


@pytest.mark.parametrize(
    "docstring", ["My credits.", "Whether it holds.", "CSV as Excel opens it.", "Rows a second.", "`read`, for all."]
)
def test_the_guard_sees_what_is_no_imperative(docstring: str) -> None:
    source = f'def show():\n    """{docstring}"""\n'
    ((_, found),) = docstrings_of_functions(ast.walk(ast.parse(source)))
    assert not begins_with_imperative(found)
