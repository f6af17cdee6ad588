"""One person's credits, totals and compliance in a ledger of ten million rows, compared with one of ten thousand.

    python -m bench.totals [--rows 10000000] [--rounds 200] [--databases sqlite postgresql]

The same service answers the same requests of a person with twenty rows, from both ledgers in turns, in one process and
with a warm cache. The statements of each request are counted too.
"""

import time
from contextlib import ExitStack
from typing import Any

from apiflask import APIFlask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from accounts.sign_in.passwords import hash_password
from bench.seeding.ledger_rows import LAST_YEAR, YEARS, fill, person_number
from bench.two_sizes import DATABASES, compare, run, table_of
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
    run("totals", __doc__, small=SMALL, large=("rows", 10_000_000), goal=GOAL, measure=measure, report=report)


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
            "requests": {
                name: compare(path, clients, rounds=rounds, count=("lines", _lines)) for name, path in PATHS.items()
            },
        }


def _lines(answer: Any) -> int:
    return len(answer.get("items", answer.get("rows", [])))


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


def report(found: dict[str, Any], rows: int) -> str:
    """Return one table for each database, with a row for each request, as text."""
    return table_of(found, ("requests", "request"), small=SMALL, large=rows, goal=GOAL)


if __name__ == "__main__":
    main()
