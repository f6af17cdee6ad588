"""The real supervisor over a stub of everything else: `python -m tests.service.running.stub_service`.

An engine whose looks say which process took them, and a preparation that waits for the file VAR/go.
"""

import os
import select
import signal
import sys

import numpy as np
from flask import Flask, Response, request

from faces.engine import Look, Purpose, Quality
from faces.pool.client import PoolEngine
from service.configuration.settings import Settings
from service.observing import logs, metrics
from service.run import Program, main

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
