"""Blurred photos of covered faces, and photos that cost no try: they are no way round the limits."""

import pytest

from attendance.attempts.tickets import MOST_REFUSALS
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of, results, rows
from tests.attendance.conftest import Scene
from tests.fakes import face, refused

ACCEPT_AT = 0.52  # the guard's, for one enrolled photo
BARELY, CLEARLY = ACCEPT_AT * 0.95, ACCEPT_AT * 0.8


@pytest.mark.parametrize("off", [BARELY, DOUBTFUL])
@pytest.mark.parametrize("cover", [{"mouth_cover": 0.8}, {"eyes_cover": 0.8}])
def test_blurring_the_photo_of_a_covered_face_makes_it_pass_no_easier(
    scene: Scene, cover: dict[str, float], off: float
) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    for _ in range(6):
        reply = scene.check_in(me, face("li", off=off, shaken=True, **cover), ticket=ticket)
        assert code_of(reply) == (422, "low_quality")  # not face_covered: blur can look like a cover
        assert (list(reply.json["errors"]), reply.json["advice"]) == (["photos.0"], ["hold_still"])
    assert rows(scene) == []
    clearly = face("li", off=CLEARLY, shaken=True, **cover)
    assert scene.check_in(me, clearly, ticket=ticket).json["status"] == "present"


def test_a_blurred_photo_of_an_uncovered_face_keeps_its_band(scene: Scene) -> None:
    assert scene.check_in(scene.learner("li"), face("li", off=BARELY, shaken=True)).json["status"] == "present"
    assert scene.check_in(scene.learner("wang"), face("wang", off=DOUBTFUL, shaken=True)).json["status"] == (
        "needs_review"
    )


def test_the_photo_to_blame_is_named_by_its_place(scene: Scene) -> None:
    me = scene.learner("li")
    covered = face("li", off=DOUBTFUL, mouth_cover=0.8)
    reply = scene.check_in(me, face("li", off=DOUBTFUL), covered)
    assert (code_of(reply), list(reply.json["errors"])) == ((422, "face_covered"), ["photos.1"])
    stranger = scene.check_in(me, face("wang", shaken=True), face("wang"), face("wang", mouth_cover=0.8))
    assert (code_of(stranger), list(stranger.json["errors"])) == ((422, "face_covered"), ["photos.2"])


def test_a_sharp_stranger_beside_a_blurred_and_covered_photo_is_somebody_else(scene: Scene) -> None:
    me = scene.learner("li")
    shown = face("wang"), face("wang", shaken=True, mouth_cover=0.8)
    for photos in (shown, shown[::-1]):
        assert code_of(scene.check_in(me, *photos)) == (403, "face_mismatch")


def test_refusals_that_cost_no_try_use_up_a_ticket_in_the_end(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    covered, blurred = face("li", off=DOUBTFUL, mouth_cover=0.8), face("wang", shaken=True)
    kinds = [covered, blurred, refused("no_face"), face("li", off=DOUBTFUL, eyes_cover=0.8), b"no photo"]
    for n in range(MOST_REFUSALS):
        reply = scene.check_in(me, kinds[n % len(kinds)], ticket=ticket)
        assert reply.json["code"] in {"face_covered", "low_quality", "no_face", "photo_unsupported"}
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (410, "ticket_expired")
    assert rows(scene) == []
    assert scene.check_in(me, face("li")).status_code == 201  # another scan


def test_one_refusal_less_leaves_a_try(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    for n in range(MOST_REFUSALS - 1):
        reply = scene.check_in(me, face("wang", mouth_cover=0 if n < 4 else 0.8), ticket=ticket)
        assert reply.json["code"] == ("face_mismatch" if n < 4 else "face_covered")
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


def test_somebody_elses_requests_use_up_no_ticket(scene: Scene) -> None:
    me, other = scene.learner("li"), scene.learner("wang")
    ticket = scene.ticket(me)
    for _ in range(MOST_REFUSALS + 1):
        assert code_of(scene.check_in(other, face("li"), ticket=ticket)) == (403, "ticket_not_yours")
    assert results(scene) == ["ticket_not_yours"] * (MOST_REFUSALS + 1)
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


def test_a_repeated_check_in_is_no_refusal(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    first = scene.check_in(me, face("li", off=DOUBTFUL), ticket=ticket)
    for _ in range(MOST_REFUSALS + 1):  # for review, and after the tries still the same one
        again = scene.check_in(me, face("li", off=DOUBTFUL), ticket=ticket)
        assert (again.status_code, again.json["id"]) == (200, first.json["id"])
