"""The benchmarks' own parts, on tiny counts: that they run, and that their tables and files are whole."""

import json
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from bench import covers
from bench.baselines import bare_engine
from bench.check_in_figures import Rounds, report, summary
from bench.load.raw_http import RawConnection, head
from faces.calibration.calibrating import calibrate
from faces.calibration.pairs import Yardstick
from faces.covers.drawing import FacePart
from faces.engine import Look, Purpose, Quality
from faces.matching.policy import load_policy
from faces.matching.template import Template
from tests.bench.running import run
from tests.faces.covers.training import made_up_views
from tests.faces.galleries import FIRST, SECOND, gallery
from tests.service.running.running_service import GUARD_SECONDS

ROOT = Path(__file__).parents[2]
QUALITY = Quality(sharpness=100.0, brightness=120.0, face_px=200.0, roll=0.0, yaw=0.0, cut_off=0.0, others=0, advice=())
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"


class SteadyEngine:
    """Sees the same face in every photo."""

    name, networks = "dlib-resnet-v1", ("dlib-resnet-v1",)

    def ready(self) -> bool:
        return True

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        return Look(np.zeros(128, np.float32), QUALITY, self.name)


def test_the_bare_engine_counts_what_all_its_processes_decide() -> None:
    template = Template(np.zeros(128, np.float32), 1, SteadyEngine.name)
    done = bare_engine.run(SteadyEngine(), [(b"photo", template)], load_policy(), processes=2, seconds=0.1)
    assert done.decisions >= 2
    assert done.per_second > 0
    assert done.cpu_ms > 0


def test_the_figures_of_check_ins_are_medians_of_rounds_with_their_spread() -> None:
    figures = summary(made_up_rounds()) | {"connections": 24}
    assert figures["of_bare_engine"] == {"median": 0.8, "low": 0.75, "high": 0.9}
    assert figures["of_bare_engine_without_generator"]["median"] == 1.0
    assert figures["of_bare_engine_by_cpu"]["median"] == 0.857  # 60 of 60 + 9 + 1
    assert figures["times_slower"] == {"median": 2.0, "low": 2.0, "high": 2.0}
    assert figures["check_in_ms"] == {"count": 3, "p50": 300.0, "p90": 400.0, "p99": 400.0}
    assert json.loads(json.dumps(figures)) == figures


def test_the_table_of_check_ins_names_goals_and_refusals() -> None:
    lines = report(summary(made_up_rounds()) | {"connections": 24}).splitlines()
    of_bare = next(line for line in lines if "of the bare engine" in line)
    assert of_bare.split()[-4:] == ["80.0%", "75.0%", "90.0%", "75%"]
    assert "refused: 7 x 503 face_queue_full" in lines[-1]


def test_covers_are_tried_on_the_half_of_the_people_that_training_did_not_see() -> None:
    lines = {line.style: line for line in covers.measure_halves(made_up_views())}
    assert (lines["plain"].drawn, lines["plain"].found) == (46, 45)
    assert lines["plain"].called[FacePart.MOUTH] <= 1
    assert lines["wide mask"].called[FacePart.MOUTH] >= 14
    assert lines["wide mask"].called[FacePart.EYES] <= 1
    table = covers.report(list(lines.values())).splitlines()
    assert next(line for line in table if line.startswith("wide mask *")).split()[3] == "15"
    assert json.loads(json.dumps(covers.figures(list(lines.values()))))[0]["style"] == "plain"


def test_a_connection_that_the_service_closed_is_opened_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = threading.Thread(target=answer_once_each, args=(listening, 2))
        answering.start()
        with RawConnection(listening.getsockname()[1]) as connection:
            answers = [connection.send(head("POST", "/", "token"), b"one", b"two") for _ in range(2)]
        answering.join(GUARD_SECONDS)
    assert [(each.status, each.body) for each in answers] == [(200, b"true")] * 2


NO_DATABASE = {"DATABASE_URL": "postgresql+psycopg://nobody@localhost:1/none"}
"""A database that a benchmark must not touch: it makes its own."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["checkins", pytest.param("memory", marks=pytest.mark.thorough)])
def test_a_benchmark_of_the_service_runs_and_writes_whole_figures(name: str, tmp_path: Path) -> None:
    options = {
        "checkins": ["--rounds=1", "--seconds=1.2", "--ramp=0.2", "--connections=3", "--learners=100", "--sessions=3"],
        "memory": ["--visits", "4"],
    }
    done = run(tmp_path, name, *options[name], **NO_DATABASE)
    figures = json.loads((tmp_path / f"{name}.json").read_text())
    assert figures["refused"] == {}
    assert {"date", "cpus", "versions"} <= set(figures)
    assert str(ROOT) not in json.dumps(figures)
    widths = {len(line) for line in done.stdout.splitlines()[:3]}
    assert len(widths) == 1
    if name == "memory":
        assert figures["check_ins"] == 4
        workers = [each for each in figures["after_check_ins"] if each["process"] == "face worker"]
        assert all(each["private"] < figures["engine_for_itself"]["private"] for each in workers)
    else:
        assert figures["check_ins"]["per_second"]["median"] > 0
        assert figures["attendance_under_load_ms"]["count"] > 0


@pytest.mark.slow
def test_the_benchmark_of_claims_shows_a_full_first_page_of_both_queues(tmp_path: Path) -> None:
    tiny = ["--claims", "1500", "--rounds", "1", "--databases", "sqlite"]
    done = run(tmp_path, "claim_queue", *tiny)
    queues = json.loads((tmp_path / "claim_queue.json").read_text())["databases"]["sqlite"]["queues"]
    assert len(done.stdout.splitlines()) == 2 + len(queues)
    for each in queues.values():
        assert set(each["rows"].values()) == {50}
        assert len(set(each["statements"].values())) == 1
        assert each["ratio_wall"] > 0


@pytest.mark.slow
def test_the_benchmark_of_totals_asks_the_same_of_both_ledgers(tmp_path: Path) -> None:
    tiny = ["--rows", "12000", "--rounds", "1", "--databases", "sqlite"]
    done = run(tmp_path, "totals", *tiny)
    figures = json.loads((tmp_path / "totals.json").read_text())
    requests = figures["databases"]["sqlite"]["requests"]
    assert len(done.stdout.splitlines()) == 2 + len(requests)
    for each in requests.values():
        small, large = each["lines"].values()
        assert small == large > 0
        assert len(set(each["statements"].values())) == 1
        assert each["ratio_wall"] > 0


@pytest.mark.slow
@pytest.mark.thorough
def test_the_benchmark_of_answers_runs_and_writes_whole_figures(tmp_path: Path) -> None:
    options = ["--rounds", "1", "--seconds", "1.5", "--connections", "3", "--learners", "6"]
    done = run(tmp_path, "answers", *options, **NO_DATABASE)
    figures = json.loads((tmp_path / "answers.json").read_text())
    assert figures["begun"]["milliseconds"]["count"] == 6
    for side in ("saved", "bare_write"):
        assert figures[side]["per_second"]["median"] > 0
    assert figures["of_bare_write_by_cpu"]["median"] > 0
    assert str(ROOT) not in json.dumps(figures)
    assert "6 learners began" in done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_the_benchmark_of_kiosks_loses_and_doubles_nothing(tmp_path: Path) -> None:
    options = ["--rounds", "1", "--seconds", "1.5", "--kiosks", "3", "--learners", "2500"]
    run(tmp_path, "kiosks", *options)
    figures = json.loads((tmp_path / "kiosks.json").read_text())
    assert figures["check_ins"] > 0
    assert figures["of_bare_write"]["median"] > 0


@pytest.mark.slow
def test_the_benchmark_of_a_full_hall_finds_each_acknowledged_check_in_once(tmp_path: Path) -> None:
    options = ["--seconds", "2", "--kiosks", "4", "--phones", "12", "--learners", "120", "--sessions", "2"]
    run(tmp_path, "hall", *options)
    figures = json.loads((tmp_path / "hall.json").read_text())
    assert (figures["lost"], figures["doubled"]) == (0, 0)
    assert figures["by_kiosk"]["answered"] > 0
    assert figures["by_phone"]["answered"] > 0


@pytest.mark.slow
def test_the_benchmark_of_sign_ins_floods_both_sides(tmp_path: Path) -> None:
    run(tmp_path, "sign_ins", "--rounds", "1", "--seconds", "0.5")
    sides = json.loads((tmp_path / "sign_ins.json").read_text())["sides"]
    assert len(sides) == 2
    assert all(side["sign_ins_a_second"] > 0 and side["refused"] == 0 for side in sides.values())


@pytest.mark.slow
def test_the_benchmark_of_settlement_settles_and_inserts_the_same_rows(tmp_path: Path) -> None:
    tiny = ["--learners", "20", "--sessions", "2", "--rounds", "1", "--databases", "sqlite"]
    done = run(tmp_path, "settlement", *tiny)
    figures = json.loads((tmp_path / "settlement.json").read_text())["databases"]["sqlite"]
    for name in ("plain_rows_a_second", "job_rows_a_second", "job_of_plain"):
        assert figures[name]["median"] > 0
    assert len(done.stdout.splitlines()) == 3


def made_up_rounds() -> Rounds:
    """Three rounds of round numbers."""
    ours = {
        "face_workers_cpu_ms": 60.0,
        "web_cpu_ms": 9.0,
        "generator_cpu_ms": 1.0,
        "generator_share": 0.2,
        "others_share": 0.0,
    }
    return Rounds(
        check_ins=[{"per_second": each, **ours} for each in (24.0, 22.5, 27.0)],
        bare=[bare_engine.BareRun(decisions=300, per_second=30.0, cpu_ms=60.0)] * 3,
        tickets_ms=[5.0, 6.0, 7.0],
        check_ins_ms=[200.0, 300.0, 400.0],
        half_load_ms=[30.0, 40.0],
        refused={"503 face_queue_full": 7},
        idle_ms=[[4.0, 5.0, 6.0]] * 3,
        busy_ms=[[9.0, 10.0, 11.0]] * 3,
    )


def answer_once_each(listening: socket.socket, connections: int) -> None:
    """Answer one request on each connection, in two pieces, and close it."""
    for _ in range(connections):
        connection, _ = listening.accept()
        with connection:
            got = b""
            while not got.endswith(b"onetwo"):
                got += connection.recv(65536)
            connection.sendall(OK[:20])
            connection.sendall(OK[20:])


@pytest.mark.slow
def test_sets_of_two_people_pass_rarely_and_honest_ones_mostly() -> None:
    from bench.one_person import duplicates, honest_sets, two_person_sets

    people = gallery(40, 4)
    policy = calibrate(people, Yardstick((FIRST, SECOND)), version="v", source="s").policy
    for is_own in (False, True):
        two = two_person_sets(people, policy, is_own=is_own)
        assert set(two) == {"1+1", "2+1", "2+2", "3+1"}
        assert all(each.share < 0.03 for each in two.values())
        assert all(each.share < 0.2 for each in honest_sets(people, policy, is_own=is_own).values())
    seen = duplicates(people, policy, gallery=50)
    assert seen.certain.share + seen.held.share + seen.unseen.share == pytest.approx(1)
    assert seen.certain.share > 0.5
    low, high = seen.unseen.interval()
    assert low <= seen.unseen.share <= high
