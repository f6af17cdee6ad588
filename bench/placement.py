"""Compares ways to run face work on two cores: processes, threads of one process, or threads inside the network.

    python -m bench.placement

Each arrangement looks at the same selfies as fast as it can, for a few seconds, in turns, without HTTP and queue.
"""

import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from bench.measuring import percentile, pin, resident_mb, table, write_result

CORES = len(pin(2))

from bench.photo_to_decision import SELFIES, selfie  # noqa: E402
from faces.conversion.dlib import load_converted  # noqa: E402
from faces.engine import Embedding, FaceEngine, Purpose  # noqa: E402
from faces.engines.choosing import make_engine  # noqa: E402
from faces.engines.photo_engine import PhotoEngine  # noqa: E402
from faces.finding.alignment import AlignedFace  # noqa: E402
from faces.model_files.dlib_models import DLIB_MODEL, find_models  # noqa: E402
from faces.model_files.onnx_session import open_session  # noqa: E402
from tests.photos import people  # noqa: E402

SECONDS, TURNS, HANG_SECONDS = 4.0, 5, 60.0
KEPT = Path("var") / "models"
KINDS = ("1080x1440", "12 MP (3000x4000)")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The numbers of processes, of threads in each process, and of threads inside each run of the network."""

    processes: int
    threads: int
    in_network: int = 1

    @property
    def name(self) -> str:
        """The name of the arrangement in the table."""
        inside = f", network on {self.in_network}" if self.in_network > 1 else ""
        return f"{self.processes} processes x {self.threads} threads{inside}"


ARRANGEMENTS = [
    Arrangement(2, 1),
    Arrangement(1, 2),
    Arrangement(1, 4),
    Arrangement(2, 2),
    Arrangement(1, 1, in_network=2),
    Arrangement(1, 2, in_network=2),
]


class ThreadedNetwork:
    """dlib's network on several threads of ONNX Runtime."""

    model = DLIB_MODEL

    def __init__(self, threads: int) -> None:
        self._session = open_session(load_converted(KEPT, find_models()), threads=threads)

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the embedding, (128,)."""
        embedding: Embedding = self._session.run(face.chip[None])[0]
        return embedding


def main() -> None:
    """Measure, print the table and write the result."""
    engine = make_engine("dlib-onnx", folder=KEPT)
    first = next(iter(people().values()))[0]
    photos = [selfie(first, *SELFIES[kind]) for kind in KINDS]
    runs: dict[Arrangement, list[dict[str, float]]] = {each: [] for each in ARRANGEMENTS}
    for _ in range(TURNS):
        for arrangement in ARRANGEMENTS:
            runs[arrangement].append(run(arrangement, engine, photos))
    figures = {
        arrangement.name: {key: round(statistics.median(each[key] for each in found), 1) for key in found[0]}
        for arrangement, found in runs.items()
    }
    rates = {each.name: [round(one["looks_per_second"], 1) for one in found] for each, found in runs.items()}
    keys = list(next(iter(figures.values())))
    print(table(["two cores", *keys], [[name, *each.values()] for name, each in figures.items()]))
    whole = {name: {**each, "looks_per_second_of_each_turn": rates[name]} for name, each in figures.items()}
    packages = ["dlib-bin", "onnxruntime", "numpy", "opencv-python-headless"]
    content = {"photos": KINDS, "seconds": SECONDS, "turns": TURNS, "arrangements": whole}
    write_result("placement", content, packages=packages, pinned_to=CORES)


def run(arrangement: Arrangement, engine: FaceEngine, photos: Sequence[bytes]) -> dict[str, float]:
    """Run one arrangement for a few seconds; return its figures."""
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(arrangement.processes)
    pipes = [fork.Pipe(duplex=False) for _ in range(arrangement.processes)]
    workers = [fork.Process(target=_work, args=(arrangement, engine, photos, start, end)) for _, end in pipes]
    for worker in workers:
        worker.start()
    results: list[dict[str, Any]] = []
    for reading, _ in pipes:
        if not reading.poll(SECONDS + HANG_SECONDS):
            raise TimeoutError("an arrangement hangs")
        results.append(reading.recv())
    for worker in workers:
        worker.join(HANG_SECONDS)
    times = [one for each in results for one in each["times"]]
    return {
        "looks_per_second": len(times) / SECONDS,
        "cpu_ms_a_look": 1000 * sum(each["cpu"] for each in results) / len(times),
        "p50_ms": 1000 * percentile(times, 50),
        "p99_ms": 1000 * percentile(times, 99),
        "pss_mb": sum(each["pss"] for each in results),
    }


def _work(
    arrangement: Arrangement, engine: FaceEngine, photos: Sequence[bytes], start: Barrier, result: Connection
) -> None:
    if arrangement.in_network > 1:
        engine = PhotoEngine([ThreadedNetwork(arrangement.in_network)]).warm()
    times: list[float] = []
    start.wait(HANG_SECONDS)
    end, cpu = time.perf_counter() + SECONDS, time.process_time()
    threads = [threading.Thread(target=_look, args=(engine, photos, end, times)) for _ in range(arrangement.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    start.wait(HANG_SECONDS)  # until all run, so that the shared memory is measured with all of them
    pss = resident_mb()["pss"]
    start.wait(HANG_SECONDS)
    result.send({"times": times, "cpu": time.process_time() - cpu, "pss": pss})


def _look(engine: FaceEngine, photos: Sequence[bytes], end: float, times: list[float]) -> None:
    number = random.randrange(len(photos))  # noqa: S311 - where to begin
    while (began := time.perf_counter()) < end:
        engine.look(photos[number % len(photos)], Purpose.CHECK_IN)
        times.append(time.perf_counter() - began)
        number += 1


if __name__ == "__main__":
    main()
