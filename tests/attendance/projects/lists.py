"""What the tests of lists share with others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from service.edge.database import db as flask_db
from tests.api import Api


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile."""
    seen: list[str] = []
    with api.app.app_context():
        engine = flask_db.engine

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def pages(client: Api, path: str, limit: int) -> list[list[dict]]:
    """All pages of a list."""
    found, cursor = [], None
    for _ in range(50):
        joint = "&" if "?" in path else "?"
        reply = client.get(f"{path}{joint}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert reply.status_code == 200
        found.append(reply.json["items"])
        cursor = reply.json["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError(f"{path} goes round in circles")
