"""Which functions of our packages reach which, read from their source."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import tree_of

Function = tuple[str, str]
"""The module, and the name in it: `("accounts.people.people", "add_unit")`, or `"Desk.check_in"` for a method."""

_DATABASE = {"db", "session", "call.db", "work.db"}


class CallGraph:
    """The functions of some packages, and what each of them names.

    A function that is only handed on counts as called. A method counts where no other class has one of its name: the
    source doesn't say of what type a variable is.
    """

    def __init__(self, root: Path, packages: tuple[str, ...]) -> None:
        trees = {}
        for package in packages:
            for path in (root / package).rglob("*.py"):
                trees[_module_of(path.relative_to(root))] = tree_of(path)
        self._modules = set(trees)
        self._bodies: dict[Function, ast.AST] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._methods: dict[str, set[Function]] = defaultdict(set)
        self._edges: dict[Function, set[Function]] = {}
        for module, tree in trees.items():
            self._names[module] = dict(_names_of(tree, module))
            for name, body in _functions_of(tree):
                self._bodies[module, name] = body
                if "." in name:
                    self._methods[name.rpartition(".")[2]].add((module, name))

    def reaches(self, start: Function, goal: Function) -> bool:
        """Say whether `start` calls `goal`, or calls what does."""
        seen: set[Function] = set()
        waiting = [start]
        while waiting:
            function = waiting.pop()
            if function == goal:
                return True
            if function not in seen:
                seen.add(function)
                waiting += self._edges.get(function) or self._edges.setdefault(function, set(self._named_in(function)))
        return False

    def _named_in(self, function: Function) -> Iterator[Function]:
        module, _ = function
        body = self._bodies[function]
        decorators = set(getattr(body, "decorator_list", ()))  # what they do is the same for all that they decorate
        parts = [each for each in ast.iter_child_nodes(body) if each not in decorators]
        for node in (node for part in parts for node in ast.walk(part)):
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            found = self._find(module, _dotted(node))
            if found is not None:
                yield found
            elif isinstance(node, ast.Attribute) and _dotted(node.value) not in _DATABASE:
                methods = self._methods[node.attr]
                if len(methods) == 1:
                    yield from methods

    def _find(self, module: str, dotted: str) -> Function | None:
        """The function that a dotted name means in a module."""
        first, _, rest = dotted.partition(".")
        full = self._names[module].get(first)
        if full is None:
            return None
        full = f"{full}.{rest}" if rest else full
        parts = full.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            owner = ".".join(parts[:cut])
            if owner in self._modules:
                found = (owner, ".".join(parts[cut:]))
                return found if found in self._bodies else None
        return None


def _dotted(node: ast.AST) -> str:
    """The name that is written there, `a.b.c`, or nothing where it begins with something else than a name."""
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _names_of(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """The names that a module knows, each with what it stands for in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, f"{module}.{node.name}"


def _functions_of(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    yield f"{node.name}.{each.name}", each
