"""What the tests of training share with others."""

import numpy as np

from faces.covers.drawing import PLAIN, TRAINED, UNSEEN, FacePart
from faces.covers.features import features
from faces.covers.views import View

CHIP = np.random.default_rng(0).integers(0, 200, (150, 150, 3)).astype(np.uint8)


def made_up_views() -> list[View]:
    """Views of fifteen people whose numbers tell what is covered, and one in which nobody was found."""
    dice = np.random.default_rng(6)
    views = [View(0, PLAIN.name, None)]
    for person in range(15):
        for style in (PLAIN, PLAIN, PLAIN, *TRAINED, *UNSEEN):
            numbers = dice.normal(0, 0.5, 1024).astype(np.float32)
            numbers[:40] += 3.0 * (FacePart.MOUTH in style.hides)
            numbers[40:80] += 3.0 * (FacePart.EYES in style.hides)
            views.append(View(person, style.name, features(CHIP, numbers), is_original=False))
    return views
