"""The bare write: Flask commits one row to SQLite, without sign-in, rules, OpenAPI and ORM.

It runs in the same gunicorn with the same workers and threads. The database is opened as the service opens it (WAL,
each commit on the disk), with the same write lock between threads. Any such service must do at least this work.
"""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from flask import Flask, request

from tests.service.running.running_service import GUARD_SECONDS, RunningService, until

FOLDER = "BARE_WRITE_FOLDER"
_ROOT = Path(__file__).parent.parent.parent
_SAVE = "INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


def make_app() -> Flask:
    """Return an app that saves one answer in each request."""
    app, turn, local = Flask(__name__), threading.Lock(), threading.local()
    path = f"{os.environ[FOLDER]}/bare.db"
    with sqlite3.connect(path) as first:
        first.execute("CREATE TABLE IF NOT EXISTS answer (attempt, question, value, PRIMARY KEY (attempt, question))")

    @app.put("/exam-attempts/<attempt>/answers/<question>")
    def put_answer(attempt: str, question: str) -> dict[str, object]:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None, timeout=20)
            local.connection.execute("PRAGMA journal_mode=WAL")
            local.connection.execute("PRAGMA synchronous=FULL")
        chosen = request.get_json()["options"]
        with turn:
            local.connection.execute("BEGIN IMMEDIATE")
            local.connection.execute(_SAVE, (attempt, question, json.dumps(chosen)))
            local.connection.execute("COMMIT")
        return {"options": chosen}

    return app


@contextmanager
def served(folder: Path, port: int, *, workers: int, threads: int) -> Iterator[RunningService]:
    """Run the app in a folder that holds its database; yield the running service."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += [
        "--threads",
        str(threads),
        "--worker-class",
        "service.running.web.web_worker.WebWorker",
        "--keep-alive",
        "15",
    ]
    log = folder / "bare.log"
    with log.open("wb") as out:
        process = psutil.Popen(
            [*command, "bench.baselines.bare_write:make_app()"],
            cwd=_ROOT,
            env={**os.environ, FOLDER: str(folder)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = RunningService(process, port, log)
    try:
        until(service.is_open, "the bare app to listen")
        yield service
    finally:
        service.kill()
        process.wait(GUARD_SECONDS)
