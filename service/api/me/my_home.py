"""The first screen in one answer."""

import hashlib
import json
from datetime import date
from typing import cast

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from accounts.enrolment import enrolment
from attendance.own import own_notices
from attendance.own.home import count_waiting_work, sessions_of_today
from attendance.own.own_projects import read_own
from attendance.record.history import list_current
from attendance.roster.staff_assignments import list_own
from credit.access import holder_of_own
from credit.compliance.year import judge_year
from foundation.clock import day_at_home
from models.faces import TemplateStatus
from service.api.me.schemas.home import FaceState, HomeCredits, HomeDuty, HomeOut, HomeSession, WaitingWorkOut
from service.api.projects.schemas.staff import MyStaffOut
from service.edge.access import signed_in
from service.edge.answers.briefs import fill_names, with_names
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call

api = APIBlueprint("my_home", __name__, tag="Me")
_STAFF = 20


@api.get("/me/home")
@signed_in()
@refuses()
@tells("ETag")
@api.output(HomeOut)
@api.doc(responses={304: "As it was: the same ETag came in If-None-Match"})
@with_names
def show_home(call: Call) -> Response:
    """Show the first screen in one answer: today's sessions and what I can do now, what I owe, credits, notices.

    Answers 304 if `If-None-Match` has its ETag, in which `now` is left out.
    """
    person_id = call.caller.person_id
    own = read_own(call.db, list_current(call.db, person_id=person_id, now=call.now), person_id=person_id, now=call.now)
    home = HomeOut(
        now=call.now,
        today=[HomeSession.of(each) for each in sessions_of_today(own, now=call.now)],
        duties=[HomeDuty.of(each.project, owed) for each in own for owed in each.owed],
        credits=_credits(call, day_at_home(call.now)),
        unread_notices=own_notices.count_unread(call.db, person_id),
        face=_face(call),
        waiting=WaitingWorkOut.model_validate(count_waiting_work(call.db, call.caller)),
        staff=[
            MyStaffOut.of_own(each)
            for each in list_own(call.db, person_id=person_id, after=None, limit=_STAFF, now=call.now)
        ],
    )
    fill_names(call.db, home)  # before the ETag is made of it
    content = home.model_dump(mode="json")
    told = {name: value for name, value in content.items() if name != "now"}
    response = jsonify(content)
    response.set_etag(hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32])
    return cast(Response, response.make_conditional(request))


def _credits(call: Call, today: date) -> HomeCredits:
    result = judge_year(call.db, holder=holder_of_own(call.caller), year=today.year).compliance
    missing = {name: str(amount) for name, amount in result.missing.items()}
    return HomeCredits(year=today.year, is_compliant=not missing, missing=missing)


def _face(call: Call) -> FaceState:
    row = enrolment.find_template(call.db, call.caller.person_id)
    if row is None:
        return FaceState.NONE
    return FaceState.ENROLLED if row.status is TemplateStatus.ACTIVE else FaceState.HELD
