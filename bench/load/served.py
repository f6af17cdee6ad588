"""Seeds and starts the service under test, measures its processes, and deletes its folder at the end."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil

from bench.load import check_in_load, read_load
from bench.load.running_load import RunningLoad
from bench.seeding.people_with_photos import PersonWithPhotos, in_other_light
from bench.seeding.seeded_learners import SeededLearners, seed, settings_in
from service.configuration.settings import Settings
from tests.service.running.running_service import RunningService, free_port, running, until

READERS = 4
SIZING = ("web_workers", "web_threads", "face_workers", "face_queue", "face_nice")  # taken from the shell's environment
KINDS = ("supervisor", "gunicorn", "web worker", "face worker", "job worker")


class SeededService:
    """A running service with seeded learners. Each check-in is the first one of its person and session.

    The first few learners check in at all sessions during the warm-up and later only read, so their pages don't change.
    """

    def __init__(self, service: RunningService, seeded: SeededLearners, photos: list[str]) -> None:
        self._service, self._seeded, self._photos = service, seeded, photos
        readers, others = range(READERS), range(READERS, len(seeded.learners))
        sessions = range(len(seeded.sessions))
        visits = [(learner, session) for learner in readers for session in sessions]
        visits += [(learner, session) for session in sessions for learner in others]
        # The photo shows the person whose face the learner was seeded with, in another light at each session.
        people = len(photos) // len(sessions)
        self._visits = [[learner, people * session + learner % people, session] for learner, session in visits]

    def warm_up(self, connections: int) -> None:
        """Check the readers in at all sessions. Raises RuntimeError if one of them is refused."""
        done = self.check_in(connections, visits=READERS * len(self._seeded.sessions)).finish()
        if done.result["refused"]:
            raise RuntimeError(f"refused in the warm-up: {done.result['refused']}")

    def check_in(
        self,
        connections: int,
        *,
        seconds: float | None = None,
        visits: int | None = None,
        per_second: float | None = None,
    ) -> RunningLoad:
        """Start a load of check-ins for a time or a number of visits, as fast as possible or at a rate; return it."""
        job = check_in_load.Job(
            port=self._service.port,
            organizer=self._seeded.organizer,
            learners=self._seeded.learners,
            photos=self._photos,
            sessions=self._seeded.sessions,
            visits=self._visits[:visits],
            connections=connections,
            seconds=seconds,
            per_second=per_second,
        )
        return RunningLoad("bench.load.check_in_load", asdict(job), self.cpu_seconds, self._forget)

    def read(self, *, seconds: float) -> RunningLoad:
        """Start a load that reads the readers' attendance pages; return it."""
        job = read_load.Job(port=self._service.port, learners=self._seeded.learners[:READERS], seconds=seconds)
        return RunningLoad("bench.load.read_load", asdict(job), self.cpu_seconds, self._forget)

    def _forget(self, tried: int) -> None:
        del self._visits[:tried]

    def processes(self) -> list[tuple[str, psutil.Process]]:
        """Return all processes of the service, each with its kind."""
        found = [("supervisor", self._service.process), ("gunicorn", self._service.gunicorn())]
        found += [("web worker", each) for each in self._service.web_workers()]
        found += [("job worker", each) for each in self._service.job_workers()]
        return found + [("face worker", each) for each in self._service.face_workers()]

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU seconds so far by kind of process."""
        spent = dict.fromkeys(KINDS, 0.0)
        for kind, process in self.processes():
            spent[kind] += sum(process.cpu_times()[:2])
        return spent


@contextmanager
def served(attendees: Sequence[PersonWithPhotos], *, learners: int, sessions: int) -> Iterator[SeededService]:
    """Seed and start the service on the cores of this process, in a new folder that is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port, var = free_port(), Path(folder) / "var"
        var.mkdir()
        seeded = seed(
            settings_in(var, port), [each.template for each in attendees], learners=learners, sessions=sessions
        )
        photos = []
        for session in range(sessions):
            for number, attendee in enumerate(attendees):
                photos.append(f"{folder}/{session}-{number}.jpg")
                Path(photos[-1]).write_bytes(in_other_light(attendee.selfie, session))
        with running("service.run", var, **_environment(port)) as service:
            until(lambda: service.is_open() and service.call("GET", "/readyz")[0] == 200, "the service to be ready")
            yield SeededService(service, seeded, photos)


def sizes() -> dict[str, int]:
    """Return the sizes of the service: its defaults, and one face worker for each core of this process."""
    cores = {"FACE_WORKERS": str(len(os.sched_getaffinity(0)))}
    given = {name.upper(): os.environ.get(name.upper(), "") for name in SIZING}
    wanted = {name: value or cores.get(name, "") for name, value in given.items()}
    defaults = Settings.model_construct()
    return {name: int(wanted[name.upper()] or getattr(defaults, name)) for name in SIZING}


def engine_name() -> str:
    """Return the name of the service's engine: its default, or that of FACE_ENGINE."""
    return settings_in(Path()).face_engine


def _environment(port: int) -> dict[str, str]:
    """Return the environment of the service: settings from the shell are removed, except the sizes."""
    unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
    return (
        unset
        | {"FACE_ENGINE": engine_name()}
        | {name.upper(): str(value) for name, value in sizes().items()}
        | {"PORT": str(port), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    )
