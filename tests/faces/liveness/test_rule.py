"""The rule of a challenge, over made-up readings of the mesh."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from faces.engine import Look, Purpose
from faces.errors import ChallengeUnavailable, LivenessFailed
from faces.liveness.rule import FEWEST_FRAMES, check_one_person, judge
from faces.liveness.steps import USUAL, Step, draw_steps
from faces.matching.policy import load_policies
from tests.fakes import FakeEngine
from tests.frames import frame, frames

LEFT, RIGHT, UP, DOWN, OPEN = Step


def looks(photos: Sequence[bytes]) -> list[Look]:
    engine = FakeEngine()
    return [engine.look(photo, Purpose.CHALLENGE) for photo in photos]


def advice(photos: Sequence[bytes], *steps: Step) -> str:
    """What a failed challenge is told first."""
    with pytest.raises(LivenessFailed) as failed:
        judge(looks(photos), steps)
    assert failed.value.advice[-1] == "follow_steps"
    return failed.value.advice[0]


@pytest.mark.parametrize("steps", [(one, other) for one in USUAL for other in USUAL if one is not other])
def test_the_steps_in_order_pass_wherever_the_frontal_frame_stands(steps: tuple[Step, Step]) -> None:
    one, other = (frame("li", step) for step in steps)
    front = frame("li")
    for place, shown in enumerate([[front, one, other], [one, front, other], [one, other, front]]):
        assert judge(looks(shown), steps) == place
    assert judge(looks([front, frame("li", steps[0], amount=0.4), one, frame("li", steps[0]), other]), steps) == 0


@pytest.mark.parametrize(
    "shown",
    [
        ("right", "left"), ("left", "left"), ("left", "open_mouth"), ("left", "right", "left"),
        ("open_mouth", "left", "right"),
    ],
)  # fmt: skip
def test_other_steps_or_another_order_fail(shown: tuple[str, ...]) -> None:
    assert advice(frames("li", *shown), LEFT, RIGHT) in ("follow_steps", "own_left")


def test_who_turns_to_the_other_side_or_sends_mirrored_frames_is_told_so() -> None:
    assert advice(frames("li", "right", "open_mouth"), LEFT, OPEN) == "own_left"
    assert advice(frames("li", "right", "left"), LEFT, RIGHT) == "own_left"
    assert advice(frames("li", "open_mouth", "left"), LEFT, OPEN) == "follow_steps"


def test_frames_of_all_steps_do_not_fit_every_challenge() -> None:
    everything = frames("li", "left", "right", "open_mouth", "left")
    for steps in [(LEFT, RIGHT), (RIGHT, LEFT), (LEFT, OPEN), (OPEN, LEFT), (RIGHT, OPEN), (OPEN, RIGHT)]:
        advice(everything, *steps)


def test_a_step_that_is_shown_by_half_is_none() -> None:
    assert advice([frame("li"), frame("li", "left", amount=0.6), frame("li", "right")], LEFT, RIGHT) == "follow_steps"


def test_up_and_down_can_be_asked_and_then_count() -> None:
    assert judge(looks(frames("li", "up", "left")), (UP, LEFT)) == 0
    assert advice(frames("li", "down", "left"), UP, LEFT) == "follow_steps"
    assert judge(looks([*frames("li", "right", "left"), frame("li", "up", amount=0.5)]), (RIGHT, LEFT)) in (0, 3)


@pytest.mark.parametrize("number", range(FEWEST_FRAMES))
def test_too_few_frames_fail(number: int) -> None:
    assert advice(frames("li", "left", "right")[:number], LEFT, RIGHT) == "more_frames"


def test_somebody_who_never_looks_straight_fails() -> None:
    assert advice([frame("li", "left"), frame("li", "left"), frame("li", "right")], LEFT, RIGHT) == "look_straight"


def test_the_same_picture_twice_fails_although_the_steps_are_there() -> None:
    shown = [*frames("li", "left", "right")]
    again = json.dumps(json.loads(shown[1]) | {"tags": 1}).encode()
    assert advice([shown[0], shown[1], again, shown[2]], LEFT, RIGHT) == "live_camera"


@pytest.mark.parametrize("is_flat", [True, False])
@pytest.mark.parametrize("bent", ["left", "right"])
def test_a_still_that_was_tilted_or_bent_into_a_turn_fails(bent: str, is_flat: bool) -> None:
    how = {"is_flat": True} if is_flat else {"skin": "front"}
    shown = [frame("li"), *(frame("li", step, **(how if step == bent else {})) for step in ("left", "right"))]
    assert advice(shown, LEFT, RIGHT) == "live_camera"


@pytest.mark.parametrize("jump", [{"scene": "another room"}, {"size": 0.7}, {"x": 1.1}])
def test_a_frame_of_another_place_or_a_face_that_jumps_fails(jump: dict[str, object]) -> None:
    shown = [frame("li"), frame("li", "left"), frame("li", "right", **jump)]
    assert advice(shown, LEFT, RIGHT) == "stay_in_place"


def test_frames_of_two_people_fail_also_where_their_steps_fit() -> None:
    policy = load_policies().best
    shown = looks([frame("li"), frame("wang", "left"), frame("li", "right")])
    assert judge(shown, (LEFT, RIGHT)) == 0
    with pytest.raises(LivenessFailed) as failed:
        check_one_person(shown, 0, policy)
    assert (failed.value.photo, failed.value.advice[0]) == (1, "one_person_only")
    check_one_person(looks(frames("li", "left", "right")), 0, policy)


def test_looks_without_a_mesh_are_never_judged() -> None:
    blind = [replace(each, mesh=None) for each in looks(frames("li", "left", "right"))]
    with pytest.raises(ChallengeUnavailable):
        judge(blind, (LEFT, RIGHT))


def test_challenges_are_two_different_steps_with_a_turn_and_not_always_the_same() -> None:
    drawn = {draw_steps() for _ in range(200)}
    assert len(drawn) == 6  # of the six orders each is drawn; that one is missing in 200 has a chance under 1e-15
    assert all(len(set(steps)) == 2 and {LEFT, RIGHT} & set(steps) for steps in drawn)
    with_nods = {draw_steps(tuple(Step)) for _ in range(600)}
    assert {UP, DOWN} <= {step for steps in with_nods for step in steps}
    assert all({LEFT, RIGHT} & set(steps) for steps in with_nods)
