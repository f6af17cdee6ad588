"""What the tests of matrix share with others."""

from apiflask import APIFlask

from models.people import Role


def routes_of_roles(app: APIFlask) -> dict[str, tuple[str, str, frozenset[Role]]]:
    """Method, path and roles of each route that asks for a role, by endpoint."""
    found = {}
    for rule in app.url_map.iter_rules():
        roles = app.view_functions[rule.endpoint].access.roles  # type: ignore[union-attr]
        if roles is not None:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found[rule.endpoint] = (method, rule.rule, frozenset(roles))
    return found
