"""The pool answers, refuses when full, and outlives killed workers, killed clients and wild engines."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from faces.engine import Look, Purpose
from faces.errors import EngineBusy, EngineDown, LowQuality, PhotoBroken, PhotoTooLarge, UnknownModel
from faces.pool.workers import PoolEngine
from tests.faces.conftest import LookAt
from tests.photos import people

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
HANG = 30.0  # seconds after which a test is surely stuck


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process is about to do."""
    end = time.monotonic() + HANG
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "stuck"
        pause.wait(0.01)


class Pool:
    """A pool of obedient engines in a process of its own."""

    def __init__(self, folder: Path, workers: int, queue: int, nice: int = 0) -> None:
        self.path = folder / "faces.sock"
        self.folder = folder
        arguments = [str(self.path), str(workers), str(queue), str(nice)]
        self.log = (folder / "log").open("w+b")
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tests.faces.pool.obedient", *arguments], cwd=ROOT, stderr=self.log
        )
        self.engine = PoolEngine(self.path, patience=HANG)
        until(self.engine.ready)

    def look(self, **orders: object) -> Look:
        return self.engine.look(json.dumps(orders).encode(), Purpose.CHECK_IN)

    def pipe(self, name: str) -> Path:
        path = self.folder / name
        os.mkfifo(path)
        return path

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(HANG)
        self.log.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    started: list[Pool] = []

    def begin(workers: int = 1, queue: int = 2, nice: int = 0) -> Pool:
        started.append(Pool(tmp_path, workers, queue, nice))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


class Occupied:
    """A look that keeps a worker busy until it is let go."""

    def __init__(self, pool: Pool, name: str = "pipe") -> None:
        self._pipe = pool.pipe(name)
        self._results: list[Look | BaseException] = []
        self._thread = threading.Thread(target=self._look, args=(pool,))
        self._thread.start()
        self._end = self._pipe.open("wb")  # opens only once the engine reads: the worker has the photo now

    def _look(self, pool: Pool) -> None:
        try:
            self._results.append(pool.look(wait=str(self._pipe)))
        except BaseException as failed:
            self._results.append(failed)

    def let_go(self) -> Look | BaseException:
        self._end.close()
        self._thread.join(HANG)
        return self._results[0]


def connected(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.setblocking(False)
    client.connect(str(path))
    client.setblocking(True)
    return client


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_look_comes_back_whole(start: Callable[..., Pool]) -> None:
    pool = start()
    look = pool.look()
    assert np.array_equal(look.embedding, np.arange(128, dtype=np.float32))
    assert look.embedding.flags.writeable
    assert (look.engine, look.quality.roll, look.quality.advice) == ("obedient", 0.5, ("hold_still",))


@pytest.mark.parametrize("purpose", Purpose)
def test_the_purpose_arrives(start: Callable[..., Pool], purpose: Purpose) -> None:
    assert list(Purpose)[int(start().engine.look(b"{}", purpose).quality.brightness)] is purpose


def test_the_network_that_was_asked_for_arrives(start: Callable[..., Pool]) -> None:
    pool = start()
    assert pool.engine.look(b"{}", Purpose.CHECK_IN, "网络-2").engine == "网络-2"
    assert pool.engine.look(b"{}", Purpose.CHECK_IN).engine == "obedient"


@pytest.mark.parametrize("model", ["unheard-of", "far too long a name " * 20])
def test_a_network_that_the_pool_does_not_have_is_told_as_such(start: Callable[..., Pool], model: str) -> None:
    with pytest.raises(UnknownModel):
        start().engine.look(b"{}", Purpose.CHECK_IN, model)


def test_a_photo_of_many_megabytes_arrives_whole(start: Callable[..., Pool]) -> None:
    photo = json.dumps({"x": "y" * 12_000_000}).encode()
    assert start().engine.look(photo, Purpose.ENROL).quality.sharpness == len(photo)


def test_a_refusal_arrives_with_its_advice(start: Callable[..., Pool]) -> None:
    with pytest.raises(LowQuality) as refused:
        start().look(refuse=True)
    assert refused.value.advice == ("move_closer", "more_light")


def test_a_photo_that_no_message_may_carry_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(PhotoTooLarge):
        PoolEngine(tmp_path / "nobody").look(bytes(32 * 2**20), Purpose.ENROL)


def test_a_full_queue_is_busy_at_once_and_empties_again(start: Callable[..., Pool]) -> None:
    pool = start(workers=1, queue=2)
    busy = Occupied(pool)
    waiting = [connected(pool.path) for _ in range(2)]
    with pytest.raises(EngineBusy):
        pool.look()
    assert pool.engine.ready()
    for client in waiting:
        client.close()
    assert isinstance(busy.let_go(), Look)
    until(lambda: has_room(pool))  # once the worker has seen that the two who waited are gone


def has_room(pool: Pool) -> bool:
    try:
        return isinstance(pool.look(), Look)
    except EngineBusy:
        return False


def test_patience_runs_out_as_busy(start: Callable[..., Pool]) -> None:
    pool = start(workers=1, queue=2)
    busy = Occupied(pool)
    with pytest.raises(EngineBusy):
        PoolEngine(pool.path, patience=0.05).look(b"{}", Purpose.CHECK_IN)
    busy.let_go()


def test_several_workers_look_at_once(start: Callable[..., Pool]) -> None:
    pool = start(workers=2, queue=4)
    both = [Occupied(pool, "one"), Occupied(pool, "other")]  # the second would hang if there were one worker
    pids = {look.quality.face_px for each in both if isinstance(look := each.let_go(), Look)}
    assert len(pids) == 2


def test_a_photo_whose_client_is_gone_is_not_looked_at(start: Callable[..., Pool], tmp_path: Path) -> None:
    pool, notes = start(workers=1, queue=4), tmp_path / "notes"
    busy = Occupied(pool)
    request = b"C\0" + json.dumps({"note": str(notes)}).encode()
    gone, halfway = connected(pool.path), connected(pool.path)
    gone.sendall(len(request).to_bytes(4, "big") + request)
    gone.close()
    halfway.sendall(len(request).to_bytes(4, "big") + request[:10])
    halfway.close()
    busy.let_go()
    pool.look()
    assert not notes.exists()


def test_a_client_killed_while_its_photo_is_looked_at_costs_nothing(start: Callable[..., Pool]) -> None:
    pool = start(workers=1, queue=2)
    pipe = pool.pipe("pipe")
    program = (
        "import sys; from faces.engine import Purpose; from faces.pool.client import PoolEngine;"
        "PoolEngine(sys.argv[1]).look(sys.argv[2].encode(), Purpose.CHECK_IN)"
    )
    client = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program, str(pool.path), json.dumps({"wait": str(pipe)})], cwd=ROOT
    )
    with pipe.open("wb"):
        client.kill()
        client.wait(HANG)
    for _ in range(4):  # more than queue and workers together: nothing leaked
        pool.look()


def test_a_worker_killed_halfway_is_retried_and_replaced(start: Callable[..., Pool], tmp_path: Path) -> None:
    pool = start(workers=2)
    once = tmp_path / "once"
    once.touch()
    assert isinstance(pool.look(die_once=str(once)), Look)
    until(lambda: len(workers_of(pool)) == 2)


def workers_of(pool: Pool) -> list[int]:
    children = Path(f"/proc/{pool.process.pid}/task/{pool.process.pid}/children").read_text().split()
    return [int(child) for child in children if alive(int(child))]


def test_a_photo_that_kills_its_workers_is_given_up_and_the_pool_recovers(start: Callable[..., Pool]) -> None:
    pool = start(workers=2, queue=4)
    with pytest.raises(EngineDown):
        pool.look(die=True)
    assert isinstance(pool.look(), Look)


def test_a_failing_engine_is_down_for_that_photo_only_and_its_words_stay_out_of_the_log(
    start: Callable[..., Pool],
) -> None:
    pool = start(workers=1)
    worker = pool.look().quality.face_px
    with pytest.raises(EngineDown):
        pool.look(fail="a secret in the message")
    assert pool.look().quality.face_px == worker
    logged = Path(pool.log.name).read_text()
    assert "RuntimeError" in logged
    assert "obedient.py" in logged
    assert "secret in" not in logged


def test_rubbish_on_the_socket_ends_only_its_own_connection(start: Callable[..., Pool]) -> None:
    pool = start(workers=1, queue=8)
    worker = pool.look().quality.face_px
    for rubbish in (b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xff", b"\0\0\0\x03?{}", b"\0\0\0\0", b"\0\0\0\x03C\xff{"):
        with connected(pool.path) as client:
            client.sendall(rubbish)
            client.shutdown(socket.SHUT_WR)
    assert pool.look().quality.face_px == worker


def test_workers_are_nicer_than_the_web(start: Callable[..., Pool]) -> None:
    assert start(nice=7).look().quality.others == os.nice(0) + 7


def test_nobody_but_the_owner_may_connect(start: Callable[..., Pool]) -> None:
    assert stat.S_IMODE(start().path.stat().st_mode) == 0o600


def test_terminating_the_pool_finishes_the_look_at_hand_and_leaves_nothing(start: Callable[..., Pool]) -> None:
    pool = start(workers=1)
    busy = Occupied(pool)
    worker = workers_of(pool)
    pool.process.terminate()
    until(lambda: not pool.path.exists())
    assert isinstance(busy.let_go(), Look)
    assert pool.process.wait(HANG) == 0
    assert not any(alive(pid) for pid in worker)
    assert not pool.engine.ready()


def test_workers_end_when_their_supervisor_is_killed(start: Callable[..., Pool]) -> None:
    pool = start(workers=2)
    workers = workers_of(pool)
    pool.process.send_signal(signal.SIGKILL)
    pool.process.wait(HANG)
    until(lambda: not any(alive(pid) for pid in workers))
    assert not pool.engine.ready()
    with pytest.raises(EngineDown):
        pool.look()


def test_web_workers_load_neither_dlib_nor_opencv() -> None:
    program = (
        "import sys, faces.pool.client, faces.matching.verify, faces.matching.vault, faces.matching.duplicates;"
        "from faces.engines.choosing import policy_of; policy_of('dlib-onnx');"
        "sys.exit(bool({'dlib', '_dlib_pybind11', 'cv2', 'PIL', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=HANG).returncode == 0  # noqa: S603


def test_the_real_engine_answers_from_the_pool_as_it_does_here(
    tmp_path: Path, converted_folder: Path, seen: LookAt
) -> None:
    path = tmp_path / "faces.sock"
    program = (
        "import sys, pathlib; from faces.engines.choosing import make_engine;"
        "from faces.pool.workers import serve_pool;"
        "serve_pool(sys.argv[1], 2, 8, lambda: make_engine('dlib', folder=pathlib.Path(sys.argv[2])), 5)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(path), str(converted_folder)], cwd=ROOT)  # noqa: S603
    try:
        engine = PoolEngine(path, patience=HANG)
        until(engine.ready)
        for photos in list(people().values())[:2]:
            look = engine.look(photos[0].read_bytes(), Purpose.CHECK_IN)
            here = seen(photos[0], Purpose.CHECK_IN)
            assert np.allclose(look.embedding, here.embedding, atol=1e-5)
            assert (look.quality, look.engine) == (here.quality, here.engine)
        with pytest.raises(PhotoBroken):
            engine.look(photos[0].read_bytes()[:5000], Purpose.CHECK_IN)
    finally:
        process.terminate()
        process.wait(HANG)
