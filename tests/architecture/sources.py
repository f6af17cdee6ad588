"""What the tests of guards share with others: each source is read and parsed once for all of them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


PACKAGES = ("accounts", "attendance", "credit", "documents", "faces", "foundation", "models", "service", "sheets")


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """Return the modules below these folders of the checkout."""
    return tuple(path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def text_of(path: Path) -> str:
    """Return what a file says."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a module; nobody changes it."""
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a module's syntax tree in the order of `ast.walk`, which takes as long as parsing does."""
    return tuple(ast.walk(tree_of(path)))


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    """Give each node of each module below these folders."""
    for path in sources(*folders):
        for node in nodes_of(path):
            yield path, node


def forget_sources() -> None:
    """Give the memory back, at the end of the guards: the trees are larger than all else that the tests keep."""
    for cached in (nodes_of, tree_of, text_of):
        cached.cache_clear()
