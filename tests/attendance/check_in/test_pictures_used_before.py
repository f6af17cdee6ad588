"""The very picture that was enrolled or brought a check-in brings no other one."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.enrolment import unused_faces
from faces.engine import Purpose
from models.attendance import CheckIn, CheckInAttempt, ReviewReason
from models.faces import FaceKey, FaceTemplate, UsedPicture
from models.people import Role
from service.api.check_in.schemas.check_ins import ReviewWords
from tests.api import Api, new_key
from tests.attendance.check_in.checking_in import code_of, results, rows
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import statements
from tests.fakes import FakeEngine, face, picture

USED = (422, "photo_used_before")
IN_OTHER_LIGHT = 0b1  # one band of four differs
IN_VERY_OTHER_LIGHT = 1 | 1 << 16 | 1 << 32  # three bands differ


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def enrolled(scene: Scene, *photos: bytes) -> Api:
    """Somebody who enrolled these photos, and is expected at the scene's session."""
    me = scene.learner("li", is_enrolled=False)
    assert me.enrol(*photos).status_code == 201
    return me


def elsewhere(scene: Scene, who: Api, name: str = "again") -> str:
    """A ticket for another session of the day."""
    return scene.ticket(who, scene.make.session(scene.project, short_code=name))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_enrolled_picture_is_refused_and_costs_no_try(scene: Scene, number: int, mirrored: bool) -> None:
    me = enrolled(scene, *(picture("li", each) for each in (1, 2, 3)))
    ticket = scene.ticket(me)
    for _ in range(6):  # more than the tries of a ticket
        reply = scene.check_in(me, picture("li", 4), picture("li", number, mirrored=mirrored), ticket=ticket)
        assert code_of(reply) == USED
        assert list(reply.json["errors"]) == ["photos.1"]
        assert reply.json["advice"] == ["new_photo"]
    assert (rows(scene), results(scene)) == ([], ["photo_used_before"] * 6)
    assert scene.check_in(me, picture("li", 4), ticket=ticket).status_code == 201


def test_an_enrolled_picture_beside_a_strangers_costs_no_try_either(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    assert code_of(scene.check_in(me, picture("wang", 1), picture("li", 1))) == USED


@pytest.mark.parametrize("again", [picture("li", 2), picture("li", 2, tags=1)])
def test_the_picture_of_a_check_in_brings_no_other_one(scene: Scene, again: bytes) -> None:
    me = enrolled(scene, picture("li", 1))
    assert scene.check_in(me, picture("li", 2)).status_code == 201
    ticket = elsewhere(scene, me)
    reply = scene.check_in(me, picture("li", 3), again, ticket=ticket)
    assert code_of(reply) == USED
    assert list(reply.json["errors"]) == ["photos.1"]
    assert scene.check_in(me, picture("li", 3), ticket=ticket).json["status"] == "present"
    assert len(rows(scene)) == 2


def test_the_picture_of_coming_in_does_not_check_out(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    assert scene.check_in(me, picture("li", 2)).status_code == 201
    scene.clock.set(scene.session.ends_at)
    me, scene.staff = scene.api.as_(scene.people["li"]), scene.api.as_(scene.organizer)
    assert code_of(scene.check_in(me, picture("li", 2))) == USED
    assert scene.check_in(me, picture("li", 3)).json["direction"] == "out"


def test_repeats_and_those_who_are_checked_in_are_answered_before_the_picture_is_judged(scene: Scene) -> None:
    me, key = enrolled(scene, picture("li", 1)), new_key()
    ticket = scene.ticket(me)
    first = scene.check_in(me, picture("li", 2), ticket=ticket, key=key)
    repeated = scene.check_in(me, picture("li", 2), ticket=ticket, key=key)
    assert (repeated.status_code, repeated.json) == (201, first.json)
    for shown in (picture("li", 2), picture("li", 1)):
        again = scene.check_in(me, shown)
        assert (again.status_code, again.json) == (200, first.json)


def test_a_refused_try_marks_nothing(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    ticket = scene.ticket(me)
    mine = picture("li", 2)
    assert code_of(scene.check_in(me, mine, picture("wang", 1), ticket=ticket)) == (403, "face_mismatch")
    assert code_of(scene.check_in(me, mine, picture("li", 1), ticket=ticket)) == USED
    assert count(scene.db, UsedPicture) == 0
    assert scene.check_in(me, mine, ticket=ticket).status_code == 201
    assert scene.check_in(me, picture("li", 3), ticket=ticket).status_code == 200  # checked in already: marks nothing
    assert count(scene.db, UsedPicture) == 1


def test_only_the_persons_own_pictures_count(scene: Scene) -> None:
    li, wang = enrolled(scene, picture("li", 1)), scene.learner("wang")
    assert scene.check_in(li, picture("li", 2)).status_code == 201
    for shown in (picture("li", 1), picture("li", 2)):
        assert code_of(scene.check_in(wang, shown)) == (403, "face_mismatch")


def test_the_same_doubtful_picture_gives_its_own_check_in_again_and_no_other_one(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    doubtful = picture("li", 2, off=0.38)  # two pictures differ too: 0.57 together, between the guard's 0.52 and 0.60
    first = scene.check_in(me, doubtful)
    assert first.json["status"] == "needs_review"
    again = scene.check_in(me, doubtful)
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    assert code_of(scene.check_in(me, doubtful, ticket=elsewhere(scene, me))) == USED
    clear = scene.check_in(me, picture("li", 3))
    assert (clear.status_code, clear.json["status"]) == (201, "present")
    assert count(scene.db, UsedPicture) == 2


def test_a_picture_like_a_used_one_waits_for_staff_and_a_new_one_does_not(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    assert scene.check_in(me, picture("li", 2)).json["status"] == "present"
    session = scene.make.session(scene.project, short_code="again")
    alike = scene.check_in(me, picture("li", 2, light=IN_OTHER_LIGHT), ticket=scene.ticket(me, session))
    assert (alike.status_code, alike.json["status"]) == (201, "needs_review")
    (listed,) = scene.staff.get(f"/sessions/{session.id}/attendance").json["items"]
    assert (listed["review_reason"], listed["face"]["band"]) == ("like_a_used_picture", "pass")
    clear = scene.check_in(me, picture("li", 3), ticket=scene.ticket(me, session))
    assert (clear.status_code, clear.json["status"], clear.json["id"]) == (201, "present", alike.json["id"])
    (listed,) = scene.staff.get(f"/sessions/{session.id}/attendance").json["items"]
    assert listed["review_reason"] is None


def test_a_picture_in_very_other_light_is_another_one(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    assert scene.check_in(me, picture("li", 2)).status_code == 201
    reply = scene.check_in(me, picture("li", 2, light=IN_VERY_OTHER_LIGHT), ticket=elsewhere(scene, me))
    assert reply.json["status"] == "present"


def test_what_staff_rejected_is_not_reviewed_again_for_a_like_picture(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    assert scene.check_in(me, picture("li", 2)).status_code == 201
    session = scene.make.session(scene.project, short_code="rejected")
    like = scene.check_in(me, picture("li", 2, light=IN_OTHER_LIGHT), ticket=scene.ticket(me, session))
    decided = {"decision": "reject", "reason": "旧照片"}
    assert scene.staff.post(f"/check-ins/{like.json['id']}/decision", decided).status_code == 200
    reply = scene.check_in(me, picture("li", 2, light=IN_OTHER_LIGHT << 1), ticket=scene.ticket(me, session))
    assert code_of(reply) == USED
    assert scene.check_in(me, picture("li", 3), ticket=scene.ticket(me, session)).json["status"] == "present"


def test_nothing_of_the_pictures_can_be_read_without_the_key(scene: Scene, engine: FakeEngine) -> None:
    me = enrolled(scene, picture("li", 1))
    scene.check_in(me, picture("li", 2))
    mark = engine.look(picture("li", 2), Purpose.CHECK_IN).fingerprint
    row = scene.db.scalars(select(UsedPicture)).one()
    assert mark is not None
    assert {row.file, row.pixels}.isdisjoint({mark.file, mark.file[:16], mark.pixels, mark.pixels[:16]})
    assert {row.band_0, row.band_1, row.band_2, row.band_3}.isdisjoint(mark.bands)


@pytest.mark.parametrize("way", ["withdrawal", "reset", "unused"])
def test_the_marks_go_with_the_face(scene: Scene, way: str) -> None:
    me = enrolled(scene, picture("li", 1))
    scene.check_in(me, picture("li", 2))
    assert count(scene.db, UsedPicture) == 1
    if way == "withdrawal":
        assert me.delete("/me/face-consent").status_code == 204
    elif way == "reset":
        first, second = (scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit)) for _ in range(2))
        asked = first.post(f"/people/{scene.people['li'].id}/face-resets", {"reason": "照片拍错"}).json["id"]
        assert second.post(f"/face-resets/{asked}/approval").status_code == 200
    else:
        later, person_id = scene.clock.now() + timedelta(days=800), scene.people["li"].id
        assert unused_faces.delete_if_unused(scene.db, person_id=person_id, now=later)
    assert [count(scene.db, table) for table in (UsedPicture, FaceTemplate, FaceKey)] == [0, 0, 0]


def test_a_check_in_takes_a_fixed_number_of_statements_however_many_pictures(scene: Scene) -> None:
    me = enrolled(scene, picture("li", 1))
    ticket = scene.ticket(me)
    with statements(scene.api) as seen:
        assert scene.check_in(me, picture("li", 2), picture("li", 3), ticket=ticket).status_code == 201
    touching = [each for each in seen if "used_picture" in each]
    assert len(touching) == 2  # looked up together with the session's lock, and stored
    assert "FROM session" in touching[0]
    assert len(seen) == STATEMENTS, seen
    attempts, check_ins = count(scene.db, CheckInAttempt), count(scene.db, CheckIn)
    assert (attempts, check_ins, count(scene.db, UsedPicture)) == (1, 1, 2)


STATEMENTS = 9
"""Of a check-in without an Idempotency-Key: sign-in, facts, policies, face; session, attempt, check-in, pictures; the
name of the project."""


def test_looks_without_a_fingerprint_still_check_in(
    scene: Scene, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes._fingerprint", lambda photo, told: None)
    me = scene.learner("li")
    assert scene.check_in(me, face("li")).status_code == 201
    assert count(scene.db, UsedPicture) == 0


def test_every_reason_to_review_has_words(app: APIFlask) -> None:
    with app.test_request_context():
        told = [ReviewWords.of(reason) for reason in ReviewReason]
    assert all(each.words and each.hint for each in told)
