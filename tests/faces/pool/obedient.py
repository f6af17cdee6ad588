"""An engine that does what its photo says, for tests of the pool; run as a program, a pool of such engines.

python -m tests.faces.obedient <socket> <workers> <queue> <nice>
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from faces.engine import Look, Purpose, Quality
from faces.errors import LowQuality, UnknownModel
from faces.pool.workers import serve_pool


class ObedientEngine:
    """Reads orders from the photo: {"wait": fifo}, {"die": True}, {"die_once": file}, {"note": file}, and so on."""

    name, networks = "obedient", ("obedient",)

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        orders: dict[str, Any] = json.loads(photo)
        if "note" in orders:
            with Path(orders["note"]).open("a") as notes:
                notes.write("looked\n")
        if "wait" in orders:
            Path(orders["wait"]).read_bytes()  # until a test has opened the pipe, written and closed it
        if "die_once" in orders and Path(orders["die_once"]).exists():
            Path(orders["die_once"]).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if "die" in orders:
            os.kill(os.getpid(), signal.SIGKILL)
        if "fail" in orders:
            raise RuntimeError(orders["fail"])
        if "refuse" in orders:
            raise LowQuality(advice=("move_closer", "more_light"))
        if model == "unheard-of":
            raise UnknownModel
        # The quality tells who looked: worker, niceness, and the purpose that arrived.
        quality = Quality(
            sharpness=len(photo),
            brightness=list(Purpose).index(purpose),
            face_px=os.getpid(),
            roll=0.5,
            yaw=0.25,
            cut_off=0,
            others=os.nice(0),
            advice=("hold_still",),
        )
        return Look(np.arange(128, dtype=np.float32), quality, model or self.name)

    def ready(self) -> bool:
        return True


if __name__ == "__main__":
    path, workers, queue, nice = sys.argv[1], *map(int, sys.argv[2:5])
    serve_pool(path, workers, queue, ObedientEngine, nice)
