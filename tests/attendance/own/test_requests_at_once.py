"""Requests for corrections at the same moment: one is open, one decision is made, one notice is told."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.attendance import AttendanceCorrection
from models.notices import CorrectionRequest, Notice, NoticeTopic
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import at_once


def test_a_request_that_is_sent_eight_times_at_once_is_one(scene: Scene, db: Session) -> None:
    me = scene.learner("li")
    wish = {"session_id": str(scene.session.id), "direction": "in", "reason": "手机没电，已在纸质表签名"}
    replies = at_once([partial(me.post, "/me/correction-requests", wish)] * 8)
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert len(db.scalars(select(CorrectionRequest.id)).all()) == 1


def test_of_two_decisions_at_once_one_is_made_and_told(scene: Scene, db: Session) -> None:
    me = scene.learner("li")
    wish = {"session_id": str(scene.session.id), "direction": "in", "reason": "手机没电，已在纸质表签名"}
    path = f"/correction-requests/{me.post('/me/correction-requests', wish).json['id']}/decision"
    decisions = [{"decision": each, "reason": "核对了纸质表"} for each in ("accept", "reject")]
    replies = at_once([partial(scene.staff.post, path, each) for each in decisions])
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    told = select(Notice.id).where(Notice.topic == NoticeTopic.REQUEST_DECIDED)
    assert len(db.scalars(told).all()) == 1
    is_accepted = replies[0].status_code == 200
    assert len(db.scalars(select(AttendanceCorrection.id)).all()) == int(is_accepted)
