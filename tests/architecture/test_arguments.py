"""What a function needs beside its task belongs to an object that owns it, made once in `create_app`."""

import ast

from tests.architecture.sources import ROOT, nodes

MOST = 5
ALWAYS = {"self", "cls", "db", "caller", "now"}


def arguments(function: ast.FunctionDef) -> list[str]:
    given = function.args
    return [each.arg for each in [*given.posonlyargs, *given.args, *given.kwonlyargs] if each.arg not in ALWAYS]


def test_checking_in_and_enrolling_take_at_most_five_arguments_beside_database_caller_and_time() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), node.name, arguments(node))
        for path, node in nodes("attendance/check_in", "accounts/enrolment")
        if isinstance(node, ast.FunctionDef)
    ]
    assert len(found) > 50
    assert [each for each in found if len(each[2]) > MOST] == []
