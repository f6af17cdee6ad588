"""Libraries are used by what they promise: their private names may be gone with the next version."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import flask_jwt_extended

from tests.architecture.sources import PACKAGES, ROOT, nodes_of, sources

LIBRARY = "flask_jwt_extended"
PRIVATE = {
    name for name in vars(flask_jwt_extended.JWTManager) if name.startswith("_") and not name.startswith("__")
} | {"_jwt_extended_jwt", "_jwt_extended_jwt_header", "_jwt_extended_jwt_location", "_jwt_extended_jwt_user"}


def faults(module: Iterable[ast.AST]) -> Iterator[str]:
    """What a module imports from inside Flask-JWT-Extended, or which of its private names it defines, reads or sets."""
    for node in module:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith(f"{LIBRARY}."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == LIBRARY:
            if node.module != LIBRARY:
                yield str(node.module)
            yield from (each.name for each in node.names if each.name.startswith("_"))
        elif isinstance(node, ast.FunctionDef) and node.name in PRIVATE:
            yield node.name
        elif isinstance(node, ast.Attribute) and node.attr in PRIVATE:
            yield node.attr
        elif isinstance(node, ast.Constant) and node.value in PRIVATE:
            yield str(node.value)


def test_flask_jwt_extended_is_used_by_its_public_names_alone() -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for path in [*sources(*PACKAGES, "bench"), Path(ROOT / "wsgi.py")]
        if (told := list(faults(nodes_of(path))))
    }
    assert found == {}


def test_the_guard_sees_each_way_to_a_private_name() -> None:
    for source in (
        "import flask_jwt_extended.internal_utils",
        "from flask_jwt_extended.utils import decode_token",
        "from flask_jwt_extended import _anything",
        "class Own(JWTManager):\n    def _decode_jwt_from_config(self): ...",
        "manager._decode_jwt_from_config = faster",
        "setattr(manager, '_decode_jwt_from_config', faster)",
        "g._jwt_extended_jwt = {}",
    ):
        assert list(faults(ast.walk(ast.parse(source)))), source
    public = ast.parse("from flask_jwt_extended import JWTManager, get_jwt")
    assert not list(faults(ast.walk(public)))
