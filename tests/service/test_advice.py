"""Words for what a person can do about a photo."""

import re
from dataclasses import replace

import pytest

from faces.engine import Quality
from faces.errors import leaves
from faces.finding.quality import advice
from service.wording.advice import ADVICE, words_of

WORST = Quality(
    sharpness=1, brightness=20, face_px=20, roll=40, yaw=1, cut_off=0.5, others=2, filling=0.3, noise=20, detail=0.01
)
ALL = {*advice(WORST), *advice(replace(WORST, filling=0.9, brightness=230))}


@pytest.mark.parametrize("code", sorted(ALL | {code for error in leaves().values() for code in error.usual_advice}))
def test_every_advice_has_words_in_both_languages(code: str) -> None:
    chinese, english = ADVICE[code]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert re.fullmatch(r"[A-Z][a-zA-Z,' ]+(JPEG)?\.", english)


def test_several_advices_are_one_text() -> None:
    chinese, english = words_of(["hold_still", "whole_face", "of_a_later_version"])
    assert chinese == ADVICE["hold_still"][0] + ADVICE["whole_face"][0]
    assert english == f"{ADVICE['hold_still'][1]} {ADVICE['whole_face'][1]}"
