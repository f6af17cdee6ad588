"""The live room board (X-3): right whoever serves it, cheap to ask for again, and never holding all threads."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from foundation.errors import Refusal
from models.people import Role
from service.edge.answers.event_streams import State, Streams, TooManyStreams, has_closed
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import statements
from tests.fakes import face


def board(scene: Scene, **headers: str) -> Any:
    return scene.staff.get(f"/sessions/{scene.session.id}/board", headers=headers)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream: id and data."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in fields:
            found.append((fields["id"], json.loads(fields["data"])))
    return found


def test_the_board_counts_who_came_left_was_late_waits_and_was_refused(scene: Scene) -> None:
    first, second = scene.learner("li"), scene.learner("wang")
    scene.learner("zhao")
    scene.check_in(first, face("li"))
    scene.check_in(second, face("somebody else"))
    scene.check_in(second, face("wang", off=DOUBTFUL))
    scene.clock.turn(minutes=11)
    scene.check_in(scene.learner("late"), face("late"))
    shown = board(scene).json
    counted = {name: shown[name] for name in ("expected", "came", "late", "left", "needs_review")}
    assert counted == {"expected": 4, "came": 2, "late": 1, "left": 0, "needs_review": 1}
    assert [each["count"] for each in shown["arrivals"]] == [1, 1]
    assert shown["refusals"] == [{"code": "face_mismatch", "count": 1}]


def test_the_board_says_which_session_it_is_and_what_time_it_is(scene: Scene) -> None:
    shown = board(scene).json
    session, project = scene.session, scene.project
    assert (shown["title"], shown["venue"], shown["zone"]) == (session.title, session.venue, session.zone)
    assert (shown["project"]["id"], shown["project"]["name"]) == (str(project.id), project.name)
    assert shown["project"]["unit"] == scene.unit.name
    assert datetime.fromisoformat(shown["now"]) == scene.clock.now()
    assert datetime.fromisoformat(shown["starts_at"]) == session.starts_at


def test_a_moved_session_changes_the_etag_and_the_time_alone_does_not(scene: Scene) -> None:
    etag = board(scene).headers["ETag"]
    scene.clock.turn(minutes=1)
    assert board(scene, **{"If-None-Match": etag}).status_code == 304
    moved = scene.staff.patch(f"/sessions/{scene.session.id}", {"venue": "二楼报告厅"})
    assert moved.status_code == 200
    changed = board(scene, **{"If-None-Match": etag})
    assert (changed.status_code, changed.json["venue"]) == (200, "二楼报告厅")


def test_asking_again_with_the_etag_costs_nothing_until_something_happens(scene: Scene) -> None:
    learner = scene.learner("li")
    first = board(scene)
    etag = first.headers["ETag"]
    again = board(scene, **{"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    scene.check_in(learner, face("li"))
    changed = board(scene, **{"If-None-Match": etag})
    assert (changed.status_code, changed.json["came"]) == (200, 1)
    assert changed.headers["ETag"] != etag


def test_the_stream_sends_the_board_and_nothing_to_who_has_it(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/board/events"
    reply = scene.staff.get(f"/sessions/{scene.session.id}/board/events")
    assert reply.mimetype == "text/event-stream"
    ((tag, sent),) = events(reply.text)
    assert sent == board(scene).json
    assert f'"{tag}"' == board(scene).headers["ETag"]  # a poller may go on where a stream ended
    assert events(scene.staff.get(path, headers={"Last-Event-ID": tag}).text) == []
    scene.check_in(scene.learner("li"), face("li"))
    ((_, later),) = events(scene.staff.get(path, headers={"Last-Event-ID": tag}).text)
    assert later["came"] == 1


def test_the_board_takes_as_many_statements_however_full_the_room(scene: Scene) -> None:
    with statements(scene.api) as empty:
        board(scene)
    for number in range(4):
        scene.check_in(scene.learner(f"n{number}"), face(f"n{number}"))
    with statements(scene.api) as full:
        board(scene)
    assert len(empty) == len(full)


@pytest.mark.parametrize("tail", ["/board", "/board/events"])
def test_only_its_organizer_sees_the_board(scene: Scene, tail: str) -> None:
    path = f"/sessions/{scene.session.id}{tail}"
    strangers = [scene.make.organizer(scene.make.unit(name="二院")), scene.make.staff(Role.AUDITOR, scene.unit)]
    for stranger in strangers:
        assert code_of(scene.api.as_(stranger).get(path)) == (403, "forbidden")


def state(number: int) -> State:
    return State(f"tag{number}", json.dumps({"n": number}))


def test_a_stream_sends_each_change_once_and_comes_to_an_end() -> None:
    looks: Iterator[State] = iter([state(1), state(1), state(2), state(2)])
    naps: list[float] = []
    streams = Streams(1, every=1.0, lasts=3.0, sleep=naps.append)
    sent = "".join(streams.open(lambda: next(looks), None).response)  # type: ignore[arg-type]
    assert events(sent) == [("tag1", {"n": 1}), ("tag2", {"n": 2})]
    assert naps == [1.0, 1.0, 1.0]


def test_a_silent_stream_shows_that_it_lives() -> None:
    streams = Streams(1, every=5.0, lasts=40.0, sleep=lambda seconds: None)
    sent = "".join(streams.open(lambda: state(1), "tag1").response)  # type: ignore[arg-type]
    assert events(sent) == []
    assert sent.count(":\n\n") == 2


def test_beyond_the_cap_a_stream_is_refused_and_a_closed_one_makes_room() -> None:
    streams = Streams(2, every=1.0, lasts=0.0)
    opened = [streams.open(lambda: state(1), None) for _ in range(2)]
    with pytest.raises(TooManyStreams) as refused:
        streams.open(lambda: state(1), None)
    assert isinstance(refused.value, Refusal)
    assert refused.value.retry_after
    opened[0].close()  # as the server does, read or not
    streams.open(lambda: state(1), None)


def test_streams_end_when_the_process_is_about_to_and_when_their_client_is_gone() -> None:
    streams = Streams(1, every=1.0, lasts=100.0)
    look = iter([state(1)])
    opened = streams.open(lambda: next(look), None)
    sent = iter(opened.response)
    assert next(sent)
    streams.end()
    assert list(sent) == []
    alive = iter([False, False, True])
    asked = Streams(1, every=0.0, lasts=100.0, sleep=lambda seconds: None)
    sent_before = "".join(asked.open(lambda: state(1), None, lambda: next(alive)).response)  # type: ignore[arg-type]
    assert events(sent_before) == [("tag1", {"n": 1})]


def test_a_client_that_hung_up_is_told_from_a_silent_one() -> None:
    ours, theirs = socket.socketpair()
    assert not has_closed(ours)
    theirs.send(b"x")
    assert not has_closed(ours)
    assert ours.recv(1) == b"x"  # it only looked
    theirs.close()
    assert has_closed(ours)
    ours.close()
    assert has_closed(ours)


def test_heads_of_streams_hold_no_place(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/board/events"
    for _ in range(20):  # more than there are places
        head = scene.staff.call("HEAD", path)
        assert head.status_code == 200
        head.close()  # as the server does
    assert scene.staff.get(path).status_code == 200


def test_a_stream_whose_session_is_gone_ends() -> None:
    streams = Streams(1, every=1.0, lasts=100.0)
    assert events("".join(streams.open(lambda: None, None).response)) == []  # type: ignore[arg-type]
