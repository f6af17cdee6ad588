"""Whole check-ins over HTTP on two cores, compared with the bare engine; and the response time of pages meanwhile.

    python -m bench.checkins [--rounds N] [--seconds S] [--connections C] [--ramp S] [--learners L] [--sessions N]

A check-in is two requests: a ticket for the venue's code, then the ticket with a selfie of 1080x1440. The service with
its load and the bare engine run on the same two cores in turns, so that a slow minute of the machine slows both.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import RESULTS, pin, write_result

CORES = len(pin(2))
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"  # each process uses one core

from bench.baselines import bare_engine  # noqa: E402
from bench.check_in_figures import Rounds, report, summary  # noqa: E402
from bench.load.running_load import LoadResult  # noqa: E402
from bench.load.served import SeededService, engine_name, served, sizes  # noqa: E402
from bench.seeding.people_with_photos import PersonWithPhotos, attendees  # noqa: E402
from faces.engine import FaceEngine  # noqa: E402
from faces.engines.choosing import make_engine, policy_set_of  # noqa: E402
from faces.matching.policy import Policy  # noqa: E402

LEARNERS, SESSIONS = 600, 10
PACKAGES = ["dlib-bin", "opencv-python-headless", "gunicorn", "flask", "sqlalchemy"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    wanted = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as models:
        engine = make_engine(engine_name(), folder=Path(models))
    policy = policy_set_of(engine_name()).of_networks(engine.networks)
    seeded, rounds = attendees(engine, policy), Rounds()
    with served(seeded, learners=wanted.learners, sessions=wanted.sessions) as service:
        service.warm_up(wanted.connections)
        for _ in range(wanted.rounds):
            _note_check_ins(rounds, service.check_in(wanted.connections, seconds=wanted.seconds).finish(), wanted)
            rounds.bare.append(_run_bare(engine, seeded, policy, wanted.seconds))
        half = statistics.median(each["per_second"] for each in rounds.check_ins) / 2
        for _ in range(wanted.rounds):
            _note_half_load(rounds, service, half, wanted)
            rounds.idle_ms.append(service.read(seconds=wanted.seconds / 2).finish().result["milliseconds"])
            rounds.busy_ms.append(_read_under_load(service, wanted, rounds))
    about = {"connections": wanted.connections, "seconds": wanted.seconds, "rounds": wanted.rounds}
    figures = {"engine": engine_name(), "sizes": sizes(), **about, **summary(rounds)}
    print(report(figures))
    write_result("checkins", figures, packages=PACKAGES, pinned_to=CORES, folder=wanted.results)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench checkins")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=12.0, help="of each part of a round")
    parser.add_argument("--ramp", type=float, default=1.5, help="seconds until the queue of the face workers is full")
    parser.add_argument("--connections", type=int, default=24, help="phones at once; more than 34 overflow the queue")
    parser.add_argument("--learners", type=int, default=LEARNERS, help="each checks in once at each session")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    return parser


def _run_bare(
    engine: FaceEngine, seeded: Sequence[PersonWithPhotos], policy: Policy, seconds: float
) -> bare_engine.BareRun:
    faces = [(each.selfie, each.template) for each in seeded]
    return bare_engine.run(engine, faces, policy, processes=CORES, seconds=seconds)


def _note_check_ins(rounds: Rounds, measured: LoadResult, wanted: argparse.Namespace) -> None:
    """Add the figures of one load: check-ins from the end of the ramp to the end of the time; CPU of all of it."""
    load = measured.result
    rounds.note_refusals(load["refused"])
    steady = [each for each in load["times"] if wanted.ramp < each[0] <= wanted.seconds]
    if load["wall_seconds"] < wanted.seconds or not steady:
        raise RuntimeError(f"the load ended early, or nobody got in: {load['refused']}")
    rounds.tickets_ms += [ticket for _, ticket, _ in steady]
    rounds.check_ins_ms += [check_in for _, _, check_in in steady]
    each_ms = {kind: 1000 * seconds / len(load["times"]) for kind, seconds in measured.service_cpu.items()}
    cores_seconds = CORES * load["wall_seconds"]
    rounds.check_ins.append(
        {
            "per_second": len(steady) / (wanted.seconds - wanted.ramp),
            "face_workers_cpu_ms": each_ms["face worker"],
            "web_cpu_ms": each_ms["web worker"] + each_ms["gunicorn"] + each_ms["supervisor"],
            "generator_cpu_ms": 1000 * load["cpu_seconds"] / len(load["times"]),
            "generator_share": load["cpu_seconds"] / cores_seconds,
            "others_share": measured.others_cpu / cores_seconds,
        }
    )


def _note_half_load(rounds: Rounds, service: SeededService, per_second: float, wanted: argparse.Namespace) -> None:
    """Add the time of ticket and check-in together, at half of the rate that the service can answer."""
    load = service.check_in(wanted.connections, seconds=wanted.seconds, per_second=per_second).finish().result
    rounds.note_refusals(load["refused"])
    rounds.half_load_ms += [ticket + check_in for at, ticket, check_in in load["times"] if at > wanted.ramp]


def _read_under_load(service: SeededService, wanted: argparse.Namespace, rounds: Rounds) -> list[float]:
    """Read pages from the end of the ramp until shortly before the load ends; return the milliseconds."""
    load = service.check_in(wanted.connections, seconds=wanted.seconds)
    service.read(seconds=wanted.ramp).finish()
    reads = service.read(seconds=max(1.0, wanted.seconds - 3 * wanted.ramp)).finish()
    rounds.note_refusals(load.finish().result["refused"])
    return list(reads.result["milliseconds"])


if __name__ == "__main__":
    main()
