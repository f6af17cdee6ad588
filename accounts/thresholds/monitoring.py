"""Checks every day whether error rates of the thresholds in force still hold, and whether a face is enrolled twice."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.thresholds.calibrations import Gallery, open_gallery
from accounts.thresholds.false_rejects import LEAST_DECISIONS, RECENT, count_rejects, doubts_risen
from accounts.thresholds.policies import FacePolicies, is_of_gallery
from faces.calibration.calibrating import WantedShares
from faces.calibration.false_accepts import Strangers
from faces.calibration.pairs import Numbers, Trials, Yardstick, compare, compare_by
from faces.calibration.population import DuplicatePair, find_duplicate_pairs, largest_move
from faces.matching.policy import Policy
from faces.matching.vault import KeyRing
from foundation.transactions import read_only
from models.face_policies import FaceWatch
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus

EVERY = timedelta(hours=24)
LEAST_PEOPLE = 20  # with fewer people a share means nothing
MOST_FALSE_REJECTS = 0.05
"""A warning is given if staff check in a larger share of the people whose face was refused or doubtful."""
RISEN = 3.0  # standard deviations by which the share of doubtful check-ins must rise before a warning
MOST_MOVED = 0.3
"""The largest distance of the people's mean from the mean in force, in standard deviations of one person. At this
distance all cosines are wrong by about its square, a tenth. The mean of n people alone moves by one by the root of n,
which is added."""
MOST_CASES = 200  # opened by one check; with more, the problem is not single accounts


def watch_if_due(db: Session, *, policies: FacePolicies, ring: KeyRing, now: datetime) -> FaceWatch | None:
    """Check the model in use once a day, store the result and return it, and open cases for similar faces.

    Returns None if it is not due, or if there are too few faces.
    """
    engine = policies.current
    with read_only(db):
        last = find_last(db, engine)
        if last is not None and now - last.looked_at < EVERY:
            return None
        gallery = open_gallery(db, engine=engine, ring=ring)
        if len(gallery) < LEAST_PEOPLE:
            return None
        policy = policies.in_force(db)[engine].choose([gallery.people[0][0]])
        rejects, risen = count_rejects(db, policy.version, since=now - RECENT), doubts_risen(db, policy.version, now)
        told_apart, is_own = _told_apart(db), is_of_gallery(db, engine)
    strangers, warnings = _compare_strangers(gallery, policy, is_own)
    found = find_duplicate_pairs(gallery.people, Yardstick(gallery.networks))
    duplicates = [pair for pair in found if _ids(gallery, pair) not in told_apart]
    moved = round(largest_move(gallery.people, policy.measure), 3)
    if moved > MOST_MOVED + 1 / math.sqrt(len(gallery)):
        warnings.append({"code": "population_moved", "by": moved})
    if duplicates:
        warnings.append({"code": "faces_alike", "pairs": len(duplicates)})
    if rejects.decisions >= LEAST_DECISIONS and rejects.low > MOST_FALSE_REJECTS:
        warnings.append({"code": "false_rejects_high", "share": round(rejects.share, 4)})
    if risen >= RISEN:
        warnings.append({"code": "doubts_rising", "deviations": round(risen, 1)})
    _open_cases(db, gallery, duplicates[:MOST_CASES], policy, now)
    row = FaceWatch(
        engine=engine,
        version=policy.version,
        looked_at=now,
        people=len(gallery),
        figures={
            "strangers": strangers,
            "false_rejects": asdict(rejects),
            "faces_alike": len(duplicates),
            "population_moved": moved,
        },
        warnings=warnings,
    )
    db.add(row)
    db.flush()
    return row


def find_last(db: Session, engine: str) -> FaceWatch | None:
    """Return the last check of an engine's thresholds, or None."""
    looks = select(FaceWatch).where(FaceWatch.engine == engine)
    return db.scalars(looks.order_by(FaceWatch.id.desc()).limit(1)).first()


def _compare_strangers(
    gallery: Gallery, policy: Policy, is_own: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Compare all pairs of people by the policy in force; return the measured rates and the warnings.

    is_own: the policy is centred on these people. Then each pair is centred on a mean without these two people, because
    people who are part of a mean lie farther apart than others. If the gallery is too small for a rate, the rate is
    reported without a warning.
    """
    wanted, figures, warnings = WantedShares(), [], []
    for photos, limits in enumerate(policy.match, start=1):
        if sum(len(person) >= photos for person in gallery.people) < LEAST_PEOPLE:
            continue
        trials = _trials(gallery, policy, photos, is_own)
        bare, plain = Strangers(trials), _plain_distances(gallery, policy, photos)
        guarded = limits if policy.guard is None else policy.guard.thresholds(photos)
        for rate, distance, plain_limit in (
            (wanted.accepted, limits.accept_at, guarded.accept_at),
            (wanted.reviewed, limits.review_to, guarded.review_to),
        ):
            # A stranger counts as within `distance` only where the plain distance is within the guard's limit too.
            strangers = bare if plain is None else Strangers(_farther(trials, distance + plain - plain_limit))
            fair, seen = strangers.limit(rate), round(strangers.share_within(distance), 6)
            figures.append(
                {"photos": photos, "wanted": rate, "seen": seen, "pairs": fair.pairs, "is_claimed": fair.is_claimed}
            )
            if fair.is_claimed and distance > fair.high:
                warnings.append({"code": "false_accepts_high", "photos": photos, "wanted": rate, "seen": seen})
            elif fair.is_claimed and distance < bare.limit(rate).low:  # whatever the guard does
                warnings.append({"code": "thresholds_too_strict", "photos": photos, "wanted": rate, "seen": seen})
    return figures, warnings


def _trials(gallery: Gallery, policy: Policy, photos: int, is_own: bool) -> Trials:
    if is_own:
        return compare(gallery.people, Yardstick.of(policy.measure), photos)
    return compare_by(gallery.people, policy.measure, photos)


def _plain_distances(gallery: Gallery, policy: Policy, photos: int) -> Numbers | None:
    return None if policy.guard is None else compare_by(gallery.people, policy.guard.measure, photos).distances


def _farther(trials: Trials, at_least: Numbers) -> Trials:
    return replace(trials, distances=np.maximum(trials.distances, at_least))


def _ids(gallery: Gallery, pair: DuplicatePair) -> frozenset[uuid.UUID]:
    return frozenset((gallery.person_ids[pair.one], gallery.person_ids[pair.other]))


def _told_apart(db: Session) -> set[frozenset[uuid.UUID]]:
    """Return the pairs that an admin has decided are two people."""
    cases = select(FaceCase.person_id, FaceCase.other_person_id).where(
        FaceCase.status == FaceCaseStatus.ACCEPTED, FaceCase.other_person_id.is_not(None)
    )
    return {frozenset(ident for ident in pair if ident is not None) for pair in db.execute(cases)}


def _open_cases(
    db: Session, gallery: Gallery, duplicates: Sequence[DuplicatePair], policy: Policy, now: datetime
) -> None:
    """Open one case for an admin for each account whose face is similar to that of an earlier account."""
    about_others = FaceCase.status == FaceCaseStatus.OPEN, FaceCase.other_person_id.is_not(None)
    open_now = set(db.scalars(select(FaceCase.person_id).where(*about_others)))
    for pair in duplicates:
        later = gallery.person_ids[pair.other]
        if later in open_now:
            continue
        open_now.add(later)
        limits = policy.duplicate_limits(len(gallery.people[pair.other]), len(gallery))
        db.add(
            FaceCase(
                kind=FaceCaseKind.DUPLICATE_FOUND,
                status=FaceCaseStatus.OPEN,
                person_id=later,
                other_person_id=gallery.person_ids[pair.one],
                distance=pair.distance,
                threshold=limits.held_to,
                opened_at=now,
            )
        )
    db.flush()
