"""Copies of one picture are told from other pictures of the same face."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from faces.calibration.calibrating import same_photo
from faces.calibration.pairs import Yardstick
from faces.engine import Fingerprint, Look, Purpose
from faces.engines.choosing import networks_of
from faces.engines.photo_engine import PhotoEngine
from faces.matching.copies import distinct_photos, find_enrolled_copy
from faces.matching.measure import Measure, Metric, NetworkShare
from faces.matching.policy import Policy, PolicySet, load_policy
from faces.matching.template import Template, make_template
from faces.pool.messages import pack_look, unpack_reply
from tests.faces.conftest import LookAt, seen_alone
from tests.faces.samples import look
from tests.photos import east_asian_people, people


@pytest.fixture(scope="module")
def centred(seen: LookAt) -> PolicySet:
    """A policy of dlib's network alone, centred on a dozen people."""
    everybody = east_asian_people() or people()
    looks = [each[0] for photos in list(everybody.values())[:12] if (each := seen_alone(seen, photos[:1]))]
    centre = np.asarray(np.mean([each.embedding for each in looks], axis=0), np.float32)
    plain = load_policy()
    measure = Measure((NetworkShare(plain.engine, Metric.COSINE, centre),))
    limit = same_photo(Yardstick(networks_of("dlib-onnx")))
    return PolicySet((replace(plain, measure=measure, same_photo=limit, one_person=(2.0,)),))


def saved(path: Path, quality: int, *, share: float = 1.0, is_mirrored: bool = False) -> bytes:
    """The photo saved again, smaller or mirrored."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    if is_mirrored:
        image = ImageOps.mirror(image)
    buffer = io.BytesIO()
    image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS).save(
        buffer, "JPEG", quality=quality
    )
    return buffer.getvalue()


def test_copies_of_real_photos_are_told_and_the_next_photo_is_none(
    engine: PhotoEngine, seen: LookAt, centred: PolicySet
) -> None:
    for photos in list(people().values())[:4]:
        template = make_template([seen(photo) for photo in photos[1:3]], centred.best)
        copies = [
            photos[1].read_bytes(),
            saved(photos[1], 80),
            saved(photos[1], 90, share=0.8),
            saved(photos[1], 90, is_mirrored=True),
        ]
        for copy in copies:
            assert find_enrolled_copy([engine.look(copy, Purpose.CHECK_IN)], template, centred) == 0
        assert find_enrolled_copy([seen(photos[0], Purpose.CHECK_IN)], template, centred) is None


def test_the_place_of_the_copy_is_told(policy: Policy) -> None:
    template = make_template([look(policy, 1)], policy)
    shown = [look(policy, 1, off=0.2), look(policy, 1)]
    assert find_enrolled_copy(shown, template, PolicySet((policy,))) == 1


@pytest.mark.parametrize("same", ["file", "pixels"])
def test_one_file_or_the_same_pixels_count_once_whatever_the_distance(policy: Policy, same: str) -> None:
    first = Fingerprint(b"f" * 32, b"p" * 32, 1)
    second = replace(Fingerprint(b"g" * 32, b"q" * 32, 2), **{same: getattr(first, same)})
    looks = [
        replace(look(policy, 1), fingerprint=first),
        replace(look(policy, 1, off=0.3, way=2), fingerprint=second),
        replace(look(policy, 1, off=0.3, way=3), fingerprint=Fingerprint(b"h" * 32, b"r" * 32, 3)),
    ]
    assert distinct_photos(looks, PolicySet((policy,))) == [0, 2]
    assert distinct_photos([], PolicySet((policy,))) == []


def test_a_template_without_single_photos_tells_a_copy_only_of_one_photo(policy: Policy) -> None:
    """Templates of earlier versions have no single photos."""
    usual, policies = look(policy, 1), PolicySet((policy,))
    assert find_enrolled_copy([usual], Template(usual.embedding, 1, policy.engine), policies) == 0
    assert find_enrolled_copy([usual], Template(usual.embedding, 3, policy.engine), policies) is None


def test_templates_keep_mirrored_faces_and_those_of_before_are_still_read(policy: Policy) -> None:
    turned = {policy.engine: np.full(128, 0.25, np.float32)}
    made = make_template([replace(look(policy, 1), mirrored=turned)], policy)
    back = Template.from_bytes(made.to_bytes())
    assert len(back.pictures) == 2
    assert np.array_equal(back.mirrored[0][policy.engine], turned[policy.engine])
    plain = replace(made, mirrored=()).to_bytes()
    second = b"FT\x02" + plain[3:].replace(b'"mirrored":0,', b"")
    length = int.from_bytes(second[3:5], "little") - len(b'"mirrored":0,')
    old = Template.from_bytes(second[:3] + length.to_bytes(2, "little") + second[5:])
    assert (len(old.singles), old.mirrored) == (1, ())
    assert np.array_equal(old.embedding, made.embedding)


def test_a_real_look_at_enrolment_passes_the_pool_whole(seen: LookAt) -> None:
    photo = next(iter(people().values()))[0]
    sent: Look = seen(photo)
    got = unpack_reply(pack_look(sent))
    assert got.fingerprint == sent.fingerprint is not None
    assert list(got.mirrored) == list(sent.descriptors)
    assert all(np.array_equal(got.mirrored[name], row) for name, row in sent.mirrored.items())
    assert not seen(photo, Purpose.CHECK_IN).mirrored


def test_another_tag_in_the_file_changes_no_pixel(engine: PhotoEngine) -> None:
    photo = next(iter(people().values()))[0].read_bytes()
    tagged = photo[:2] + b"\xff\xfe\x00\x06copy" + photo[2:]
    one, other = (engine.look(each, Purpose.CHECK_IN).fingerprint for each in (photo, tagged))
    assert one is not None
    assert other is not None
    assert one.file != other.file
    assert (one.pixels, one.bits) == (other.pixels, other.bits)
    assert all(0 <= band < 2**16 for band in one.bands)
