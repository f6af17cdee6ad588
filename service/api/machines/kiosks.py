"""Kiosks: made and revoked by the organizer, paired by the device, and the personal codes that they read."""

import uuid

from apiflask import APIBlueprint

from attendance.machines import kiosks
from attendance.machines.errors import KiosksOff
from attendance.machines.lifecycle import list_machines, revoke_machine
from attendance.projects.access import DOOR, ORGANIZERS, get_session, reach_session
from models.venue_machines import Kiosk
from service.api.machines.schemas.kiosks import (
    KioskCheckInOut,
    KioskList,
    KioskNew,
    KioskOut,
    KioskScanIn,
    NewKioskOut,
    PairedKioskOut,
    PairingIn,
    PersonalCodeOut,
    PersonalCodesOut,
)
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.access import machine_bearer, public, signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.callers.bearers import machine_token
from service.edge.calls import Call, MachineCall, PublicCall
from service.observing import metrics

api = APIBlueprint("kiosks", __name__, tag="Machines")
mine = APIBlueprint("my_codes", __name__, tag="Check-in")


@mine.get("/me/qr")
@signed_in()
@refuses("kiosks_off")
@mine.output(PersonalCodesOut)
def show_my_codes(call: Call) -> PersonalCodesOut:
    """Show my present code (我的二维码) and the next one, for the organizer's kiosk. Each is good for half a minute."""
    _check_on(call)
    codes = call.components.personal_codes.show(call.caller.person_id, call.now)
    return PersonalCodesOut(codes=[PersonalCodeOut.of(each) for each in codes], now=call.now)


@api.post("/sessions/<uuid:session_id>/kiosks")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "session_cancelled", "machine_ended", "kiosks_off")
@api.input(KioskNew, arg_name="body")
@api.output(NewKioskOut, status_code=201)
def add_kiosk(call: Call, session_id: uuid.UUID, body: KioskNew) -> NewKioskOut:
    """Make a kiosk of this session: a code to type on its device within ten minutes."""
    _check_on(call)
    session, staff_id = reach_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    made = kiosks.add_kiosk(
        call.db,
        session=session,
        is_attended=body.is_attended,
        staff_id=staff_id,
        caller=call.caller,
        now=call.now,
    )
    return NewKioskOut.of(made)


@api.get("/sessions/<uuid:session_id>/kiosks")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(KioskList)
@with_names
def list_kiosks(call: Call, session_id: uuid.UUID, query: Page) -> KioskList:
    """Show the kiosks of a session, oldest first."""
    session = get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    page = paged(
        query, BY_ID, lambda after, limit: list_machines(call.db, Kiosk, session=session, after=after, limit=limit)
    )
    return KioskList.of(page, lambda each: without_names(KioskOut, each))


@api.delete("/kiosks/<uuid:kiosk_id>")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.output(Empty, status_code=204)
def revoke_kiosk(call: Call, kiosk_id: uuid.UUID) -> Empty:
    """Revoke a kiosk: from now on it checks nobody in."""
    revoke_machine(call.db, Kiosk, machine_id=kiosk_id, caller=call.caller, now=call.now)
    return Empty()


@api.post("/kiosks")
@public
@refuses("pairing_code_invalid", "kiosks_off")
@api.input(PairingIn, arg_name="body")
@api.output(PairedKioskOut, status_code=201)
@with_names
def pair_kiosk(call: PublicCall, body: PairingIn) -> PairedKioskOut:
    """Pair this device with the code that staff typed: it gets a credential for one session, once."""
    _check_on(call)
    paired = kiosks.pair(call.db, pairing_code=body.pairing_code, name=body.name, now=call.now)
    session = without_names(SessionBrief, paired.session)
    return PairedKioskOut(id=paired.kiosk.id, token=paired.token, session=session)


def _find_kiosk(call: PublicCall) -> uuid.UUID:
    """Return the id of the kiosk whose credential the request has."""
    _check_on(call)
    return call.components.kiosk_desk.known.find(call.db, token=machine_token(), now=call.now)


@api.post("/kiosk/check-ins")
@machine_bearer(_find_kiosk)
@refuses(
    "machine_unknown", "machine_ended", "kiosks_off", "qr_invalid", "qr_expired", "not_on_roster", "project_full",
    "project_not_announced", "session_cancelled", "no_place", "session_not_open", "own_attendance", "too_many_attempts",
)  # fmt: skip
@api.input(KioskScanIn, arg_name="body")
@api.output(KioskCheckInOut, status_code=201)
@api.doc(responses=another_answer(200, "The first check-in, made before", KioskCheckInOut))
def check_in_at_kiosk(call: MachineCall[uuid.UUID], body: KioskScanIn) -> tuple[KioskCheckInOut, int]:
    """Check in the person whose code this kiosk read. The bearer token is the kiosk's credential."""
    done = call.components.kiosk_desk.check_in(call.db, kiosk_id=call.machine, scanned=body.scanned(), now=call.now)
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    return KioskCheckInOut.of(done), 201 if done.is_new else 200


def _check_on(call: PublicCall) -> None:
    """Raise KiosksOff where the installation uses none."""
    if not call.components.settings.kiosks:
        raise KiosksOff
