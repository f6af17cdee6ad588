"""The tests that are marked with rows of the manual, read from their source: what they call, and what they expect.

Nothing is imported and nothing runs, so the page is the same on every machine and takes a second.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BROWSER = ROOT / "tests" / "browser"
_METHODS = {"get", "post", "put", "patch", "delete", "call", "send_photos"}


@dataclass(frozen=True)
class MarkedTest:
    """A test that asserts the behaviour of some rows: its calls, as `GET /me/profile`, and its asserts.

    `own_calls` are those in the test itself; `calls` has those of its helpers and fixtures too. `pages` are those
    that it opens in a browser.
    """

    file: str
    name: str
    rows: tuple[str, ...]
    own_calls: tuple[str, ...]
    calls: tuple[str, ...]
    expected: tuple[str, ...]
    pages: tuple[str, ...] = ()


def marked_tests() -> list[MarkedTest]:
    """Return all tests with the marker, by file and name."""
    return [found for path in sorted((ROOT / "tests").rglob("test_*.py")) for found in _marked_in(path)]


def _marked_in(path: Path) -> Iterator[MarkedTest]:
    if "mark.manual(" not in path.read_text(encoding="utf-8"):
        return
    module = _Module.of(path)
    whole = tuple(
        row
        for node in module.tree.body
        if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "pytestmark" for name in node.targets)
        for row in _rows_of([node.value])
    )
    for name, function in module.functions.items():
        rows = (*_rows_of(function.decorator_list), *whole)
        if name.startswith("test_") and rows:
            expected = tuple(ast.unparse(node.test) for node in ast.walk(function) if isinstance(node, ast.Assert))
            own = tuple(dict.fromkeys(_own_calls(function)))
            calls = tuple(dict.fromkeys(_calls_of(module, function, set())))
            pages = tuple(dict.fromkeys(_pages_of(function))) if _BROWSER in path.parents else ()
            yield MarkedTest(str(path.relative_to(ROOT)), name, rows, own, calls, expected, pages)


def _pages_of(function: ast.FunctionDef) -> Iterator[str]:
    """The paths that a test of pages opens: `device.go("/claims")`, or `goto` where a page says nothing."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("go", "goto"):
            yield from (str(path.value).partition("?")[0] for path in node.args if isinstance(path, ast.Constant))


def _rows_of(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.manual"):
                yield from (str(ast.literal_eval(value)) for value in call.args)


class _Module:
    """The functions of a module of tests, and where the others that it names come from."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.functions |= {
            f"{node.name}.{method.name}": method
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        }
        self.imported = {
            name.asname or name.name: (node.module, name.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("tests")
            for name in node.names
        }

    @classmethod
    def of(cls, path: Path) -> "_Module":
        return _read(path)

    def find(self, called: str, classes: dict[str, str]) -> tuple["_Module", ast.FunctionDef] | None:
        """The function of some module of tests that is called: `name`, `module.name`, or `object.name` of a class.

        `classes` tells the class of each object whose class is known.
        """
        owner, _, name = called.rpartition(".")
        if owner in classes:
            called = f"{classes[owner]}.{name}"
            owner = classes[owner]
        if called in self.functions:
            return self, self.functions[called]
        package, first = self.imported.get(owner or name, ("", ""))
        for source, wanted in ((package, f"{first}.{name}" if owner else first), (f"{package}.{first}", name)):
            path = ROOT / (source.replace(".", "/") + ".py")
            if path.is_file() and wanted in (there := _read(path)).functions:
                return there, there.functions[wanted]
        return None


@cache
def _read(path: Path) -> _Module:
    return _Module(ast.parse(path.read_text(encoding="utf-8")))


def _calls_of(module: _Module, function: ast.FunctionDef, seen: set[int]) -> Iterator[str]:
    """The calls that a function makes itself, then those of the helpers and fixtures that it uses."""
    if id(function) in seen:
        return
    seen.add(id(function))
    yield from _own_calls(function)
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    arguments = function.args.args
    classes = {each.arg: ast.unparse(each.annotation) for each in arguments if each.annotation is not None}
    if own := [name for name, body in module.functions.items() if body is function and "." in name]:
        classes["self"] = own[0].partition(".")[0]
    for called in [*(ast.unparse(node.func) for node in nodes), *(each.arg for each in arguments)]:
        found = module.find(called, classes)
        if found is not None:
            yield from _calls_of(*found, seen)


def _own_calls(function: ast.FunctionDef) -> Iterator[str]:
    """The calls of the service in a function; a path that it hands to a helper is taken for a GET."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and (call := _http(node.func.attr, node.args)):
                yield call
            elif paths := [path for value in node.args if (path := _path(value)).startswith("/")]:
                yield f"GET {paths[0]}"


def _http(method: str, values: list[ast.expr]) -> str:
    """The method and path of a call of the test client, or nothing if it is none."""
    if method == "enrol":
        return "POST /me/face"
    if method == "call" and len(values) > 1 and isinstance(values[0], ast.Constant):
        method, values = str(values[0].value), values[1:]
    if method == "send_photos":
        method = "post"
    if method.lower() not in _METHODS or not values:
        return ""
    path = _path(values[0])
    return f"{method.upper()} {path}" if path.startswith("/") else ""


def _path(value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
    elif isinstance(value, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values)
    else:
        return ""
    return re.sub(r"\?.*", "", text)
