"""The real supervisor over a stub of everything else: `python -m tests.service.running.stub_service`.

An engine whose looks say which process took them, and a preparation that waits for the file VAR/go.
"""

import os
import select
import signal
import sys
from collections.abc import Iterator

import numpy as np
from flask import Flask, Response, request

from faces.engine import Look, Purpose, Quality
from faces.pool.client import PoolEngine
from service.configuration.settings import Settings
from service.observing import logs, metrics
from service.run import Program, main
from service.running.web import incoming

SECONDS = "STUB_SECONDS"
"""The variable for the seconds that a head and a body may take."""
LARGE = 12 * 2**20
"""Bytes of an answer that fits into no buffer on its way."""
QUALITY = Quality(sharpness=1, brightness=1, face_px=1, roll=0, yaw=0, cut_off=0, others=0)


class StubEngine:
    """Takes any photo; its look names the process. The photo b"deadly" kills whoever looks at it."""

    name, networks = "stub", ("stub",)

    def look(self, photo: bytes, purpose: Purpose) -> Look:
        if photo == b"deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        return Look(np.zeros(128, np.float32), QUALITY, f"pid {os.getpid()}")

    def ready(self) -> bool:
        return True


def prepare(settings: Settings) -> None:
    """Wait until the test says go."""
    while not (settings.var / "go").exists():
        select.select([], [], [], 0.01)


def create_app() -> Flask:
    """Make an app with a page for each thing that the tests look at."""
    app, settings = Flask("stub"), Settings()
    app.config["MAX_CONTENT_LENGTH"] = 2**24
    if SECONDS in os.environ:
        incoming.HEAD_SECONDS = incoming.BODY_SECONDS = float(os.environ[SECONDS])
    logs.install(app)
    metrics.install(app)
    engine = PoolEngine(settings.face_socket_path, settings.face_patience_seconds)

    @app.get("/")
    def process() -> dict[str, object]:
        return {"pid": os.getpid(), "heavy": sorted({"dlib", "cv2"} & set(sys.modules))}

    @app.get("/metrics")
    def figures() -> Response:
        return Response(metrics.render())

    @app.post("/upload")
    def upload() -> Response:
        return Response(f"{len(request.get_data())} bytes")

    @app.post("/unread")
    def unread() -> Response:
        return Response("no body wanted", 413)

    @app.get("/large")
    def large() -> Response:
        return Response(b"x" * LARGE)

    @app.get("/events")
    def events() -> Response:
        def lines() -> Iterator[str]:
            for number in range(3):
                yield f"data: {number}\n\n"
                select.select([], [], [], 2 * float(os.environ[SECONDS]))

        return Response(lines(), content_type="text/event-stream")

    @app.post("/face")
    def face() -> Response:
        return Response(engine.look(request.get_data(), Purpose.CHECK_IN).engine)

    return app


if __name__ == "__main__":
    program = Program(
        prepare=prepare,
        load_engine=lambda settings: StubEngine(),
        sweep=lambda settings: None,
        run_jobs=lambda settings: signal.pause(),
        application="tests.service.running.stub_service:create_app()",
    )
    sys.exit(main(program))
