"""Addresses come from PUBLIC_URL: `Host` and `SCRIPT_NAME` of a request, which a client chooses, are read nowhere."""

import ast

from tests.architecture.sources import ROOT, nodes

CHOSEN_BY_THE_CLIENT = {"url_root", "root_url", "host_url", "url", "base_url", "host", "script_root", "scheme"}
REQUESTS = {"request", "this_request"}


def is_chosen_by_the_client(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id in REQUESTS and node.attr in CHOSEN_BY_THE_CLIENT
    return isinstance(node, ast.Name) and node.id == "url_for"


def test_no_address_is_taken_from_a_request() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in nodes("service", "accounts", "attendance", "credit", "foundation")
        if isinstance(node, ast.expr) and is_chosen_by_the_client(node)
    ]
    assert found == []
