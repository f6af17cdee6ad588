"""Thresholds from a folder of people: measured, recommended or plainly not, and set with an author."""

import functools
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from faces.calibration.calibrating import TooFewPeople
from faces.calibration.evaluating import evaluate
from faces.errors import NoFace
from models.edge import AuditEntry
from models.face_policies import FaceCalibration, FacePolicySetting
from models.people import Role
from service.commands import calibrate_faces, covered_photos
from service.commands.calibrate_faces import calibrate, measure, recommendation, report
from service.commands.covered_photos import count_covers
from service.configuration.settings import Settings
from tests.api import Api
from tests.faces.galleries import FIRST, SECOND, gallery
from tests.factories import Factories
from tests.fakes import FakeEngine, face, refused

pytestmark = [pytest.mark.slow, pytest.mark.either_database]

NETWORKS = (FIRST, SECOND)


@pytest.fixture(autouse=True)
def _few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty drawings of photos in place of two hundred: what is asked here doesn't hang on the last digit."""
    monkeypatch.setattr(calibrate_faces, "evaluate", functools.partial(evaluate, splits=20))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty people with four photos and ten with one, for the fake engine; one photo shows nobody."""
    made = tmp_path / "people"
    for number in range(30):
        (made / f"p{number:02d}").mkdir(parents=True)
        for place in range(4):
            (made / f"p{number:02d}" / f"{place}.jpg").write_bytes(face(f"p{number}", off=0.1 * place))
    (made / "_one_photo").mkdir()
    for number in range(10):
        (made / "_one_photo" / f"s{number}.jpg").write_bytes(face(f"s{number}"))
    (made / "p00" / "nobody.jpg").write_bytes(b'{"refuse": "%s"}' % NoFace.code.encode())
    (made / "_other").mkdir()
    (made / "_other" / "x.jpg").write_bytes(face("not meant"))
    monkeypatch.setattr(calibrate_faces, "make_engine", lambda name, folder: FakeEngine())
    return made


def test_a_folder_is_measured_and_nothing_is_kept_unless_somebody_sets_it(
    folder: Path, settings: Settings, db: Session
) -> None:
    text = calibrate(settings, folder, author=None, reason=None, plot_to=None)
    assert text.startswith("40 people, 130 photos used, 1 refused; networks dlib-resnet-v1+human-faceres-3.3.6")
    assert "NOT recommended as a claim: 1560 pairs of people can't carry 0.1%" in text
    assert db.scalars(select(FaceCalibration)).all() == []


def test_covered_photos_of_an_operator_tell_whether_eyes_may_be_refused(
    folder: Path, settings: Settings, db: Session
) -> None:
    text = calibrate(settings, folder, author=None, reason=None, plot_to=None)
    assert "overed" not in text
    for number in range(30):
        for place in range(2):
            for part, missed in (("mouth", 0), ("eyes", 3)):
                cover = {f"{part}_cover": 0.2 if number < missed else 0.9}
                photo = folder / f"p{number:02d}" / f"covered_{part}" / f"{place}.jpg"
                photo.parent.mkdir(exist_ok=True)
                photo.write_bytes(face(f"p{number}", off=0.3, **cover))
    (folder / "p00" / "covered_eyes" / "nobody.jpg").write_bytes(refused("no_face"))
    with_covers = calibrate(settings, folder, author=None, reason=None, plot_to=None)
    assert with_covers.startswith(text)  # no threshold rests on covered photos
    assert "mouth covered, called so: 60 of 60, 100.0% (94.0% to 100.0%); no face in 0 more" in with_covers
    assert "eyes covered, called so: 54 of 60, 90.0% (79.9% to 95.3%); no face in 1 more" in with_covers
    assert "plain photos called covered at the eyes: 0 of 130, 0.0% (0.0% to 2.9%)" in with_covers
    assert "Leave FACE_REFUSE_COVERED_EYES off" in with_covers  # 130 plain photos can't carry it
    for number in range(100):
        (folder / "_one_photo" / f"t{number}.jpg").write_bytes(face(f"t{number}"))
    counts = count_covers(folder, FakeEngine())
    assert counts.may_refuse_eyes
    assert "may be switched on" in covered_photos.report(counts)
    for number in range(3):
        (folder / "_one_photo" / f"t{number}.jpg").write_bytes(face(f"t{number}", eyes_cover=0.6))
    assert not count_covers(folder, FakeEngine()).may_refuse_eyes


def test_an_author_sets_it_as_a_bootstrap_and_the_service_goes_by_it(
    folder: Path, settings: Settings, db: Session, api: Api, make: Factories
) -> None:
    text = calibrate(settings, folder, author="某省卫健委 信息中心", reason="上线前", plot_to=None)
    assert "Set in force as folder-1, by 某省卫健委 信息中心" in text
    (setting,) = db.scalars(select(FacePolicySetting))
    assert (setting.author, setting.reason, setting.set_by) == ("某省卫健委 信息中心", "上线前", None)
    told = api.as_(make.staff(Role.AUTHORITY, make.province)).get("/face-policy").json
    assert (told["policies"][0]["version"], told["author"]) == ("folder-1", "某省卫健委 信息中心")
    (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "face_policy.set"))
    assert entry.after is not None
    assert entry.after["author"] == "某省卫健委 信息中心"


def test_the_curve_is_a_picture(folder: Path, settings: Settings, tmp_path: Path) -> None:
    calibrate(settings, folder, author=None, reason=None, plot_to=tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_people_enough_are_recommended_and_the_table_names_every_rate() -> None:
    measured = measure(gallery(80, 4), 0, NETWORKS, "folder-1", "made up", None)
    assert recommendation(measured.calibrations[0]).startswith("Recommended")
    rows = [line.split()[:2] for line in report(measured).splitlines()[3:9]]
    assert rows == [[str(photos), rate] for photos in (1, 2, 3) for rate in ("0.1%", "1.0%")]


def test_too_few_people_are_refused(folder: Path, settings: Settings, db: Session) -> None:
    for path in sorted(folder.glob("p*"))[12:]:
        for photo in path.iterdir():
            photo.unlink()
    for path in (folder / "_one_photo").iterdir():
        path.unlink()
    with pytest.raises(TooFewPeople):
        calibrate(settings, folder, author="x", reason=None, plot_to=None)
    assert db.scalars(select(FaceCalibration)).all() == []
