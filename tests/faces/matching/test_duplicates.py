"""Is this newcomer enrolled already: certain, held for an admin, or not."""

from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest

from faces.matching.duplicates import DuplicateBand, search
from faces.matching.index import FaceIndex
from faces.matching.policy import Policy, PolicySet
from faces.matching.template import OtherEngineError, Template, make_template
from tests.faces.conftest import LookAt, seen_alone
from tests.faces.samples import direction, template
from tests.photos import east_asian_people, east_asian_strangers, people


def index_of(*templates: Template) -> tuple[FaceIndex, list[UUID]]:
    index, ids = FaceIndex(b"key"), [uuid4() for _ in templates]
    if templates:
        index.add(ids, np.stack([each.embedding for each in templates]))
    return index, ids


def shifted(one: Template, by: float) -> Template:
    return replace(one, embedding=(one.embedding + by * direction(77)).astype(np.float32))


def test_nobody_is_found_among_nobody(policy: Policy) -> None:
    finding = search(template(policy, 1), index_of()[0], PolicySet((policy,)))
    assert (finding.band, finding.match, finding.distance, finding.gallery) == (DuplicateBand.NONE, None, None, 0)


def test_the_same_template_is_certain(policy: Policy) -> None:
    index, ids = index_of(template(policy, 1), template(policy, 2))
    finding = search(template(policy, 2), index, PolicySet((policy,)))
    assert (finding.band, finding.match, finding.gallery) == (DuplicateBand.CERTAIN, ids[1], 2)


def test_between_the_limits_an_admin_looks_first(policy: Policy) -> None:
    index, ids = index_of(template(policy, 1))
    limits = policy.duplicate_limits(3, 1)
    for distance, band in [
        (limits.certain_at - 0.001, DuplicateBand.CERTAIN),
        (limits.certain_at + 0.001, DuplicateBand.HELD),
        (limits.held_to - 0.001, DuplicateBand.HELD),
        (limits.held_to + 0.001, DuplicateBand.NONE),
    ]:
        finding = search(shifted(template(policy, 1), distance), index, PolicySet((policy,)))
        assert (finding.band, finding.match) == (band, ids[0])
        assert finding.distance == pytest.approx(distance, abs=1e-5)
        assert (finding.certain_at, finding.held_to) == (limits.certain_at, limits.held_to)


def test_a_larger_gallery_asks_for_more(policy: Policy) -> None:
    near = shifted(template(policy, 1), policy.duplicate_limits(3, 1).certain_at - 0.01)
    small, _ = index_of(template(policy, 1))
    large, _ = index_of(template(policy, 1), *(template(policy, person) for person in range(2, 200)))
    assert search(near, small, PolicySet((policy,))).band is DuplicateBand.CERTAIN
    assert search(near, large, PolicySet((policy,))).band is not DuplicateBand.CERTAIN


def test_a_template_of_another_engine_is_not_searched_for(policy: Policy) -> None:
    with pytest.raises(OtherEngineError):
        search(replace(template(policy, 1), engine="another"), index_of()[0], PolicySet((policy,)))


@pytest.mark.slow
@pytest.mark.parametrize("photos", [1, 3])
def test_real_people_enrol_one_after_the_other_and_only_their_second_account_is_found(
    seen: LookAt, policy: Policy, photos: int
) -> None:
    groups = [*people().values(), *(group for group in east_asian_people().values() if len(group) >= 4)][:27]
    groups += [[stranger] for stranger in east_asian_strangers()[:10]] if photos == 1 else []
    looks = [seen_alone(seen, group[:photos]) for group in groups]
    made = [make_template(each, policy) for each in looks if each]
    index, ids = index_of()
    for one in made:
        assert search(one, index, PolicySet((policy,))).band is DuplicateBand.NONE
        ids.append(uuid4())
        index.add([ids[-1]], one.embedding[None])
    for one, own in zip(made, ids, strict=True):
        finding = search(one, index, PolicySet((policy,)))
        assert (finding.band, finding.match) == (DuplicateBand.CERTAIN, own)
