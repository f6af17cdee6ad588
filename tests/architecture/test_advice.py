"""Every advice code that faces can give has words for people, in both languages."""

import ast
import re

from faces.errors import leaves
from service.wording.advice import ADVICE
from tests.architecture.sources import sources, tree_of


def codes_in(tree: ast.AST) -> set[str]:
    """The advice codes of a module: after `advice=`, in `usual_advice`, and in functions called `advice`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if (isinstance(node, ast.keyword) and node.arg == "advice") or (
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == "usual_advice" for target in node.targets)
        ):
            found |= texts(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("advice"):
            found |= texts(ast.Module(node.body[1:], []))
    return {each for each in found if re.fullmatch(r"[a-z]+(_[a-z]+)*", each)}


def texts(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def test_every_advice_code_of_faces_is_in_the_catalogue() -> None:
    found = set()
    for path in sources("faces"):
        found |= codes_in(tree_of(path))
    found |= {code for leaf in leaves().values() for code in leaf.usual_advice}
    assert {"move_closer", "hold_still", "whole_face", "new_photo"} <= found
    assert found - {"advice"} == set(ADVICE)


def test_every_advice_speaks_both_languages() -> None:
    for code, (chinese, english) in ADVICE.items():
        assert re.search(r"[\u4e00-\u9fff]", chinese), code
        assert re.fullmatch(r"[A-Z][\x20-\x7e]+\.", english), code
