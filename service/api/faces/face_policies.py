"""The thresholds of face recognition, for the people who are responsible for them."""

from collections.abc import Sequence

from apiflask import APIBlueprint
from sqlalchemy import select

from accounts.people.people import PROVINCE_AUTHORITY, require_province
from accounts.thresholds import calibrations, monitoring, policies
from accounts.whom_to_ask import FACE_ADMINS
from faces.matching.policy import Policy, Thresholds
from models.face_policies import FaceCalibration
from models.people import Role
from service.api.faces.schemas.face_policies import (
    CalibrationList,
    CalibrationOut,
    LimitOut,
    PolicyChoice,
    PolicyInForce,
    PolicyOut,
    ThresholdsOut,
    WatchOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.refusals import refuses
from service.edge.calls import Call, PublicCall

api = APIBlueprint("face_policies", __name__, tag="Faces")

_MOST = 100


@api.get("/face-policy")
@signed_in(roles=(*FACE_ADMINS, Role.SYSTEM_ADMIN))
@refuses()
@api.output(PolicyInForce)
@with_names
def get_policy(call: Call) -> PolicyInForce:
    """Show the thresholds in force, since when, who set them, and whether they still fit the gallery."""
    return _in_force(call)


@api.put("/face-policy")
@signed_in(roles=PROVINCE_AUTHORITY, asks_otp=True)
@refuses("not_found")
@api.input(PolicyChoice, arg_name="body")
@api.output(PolicyInForce)
@with_names
def set_policy(call: Call, body: PolicyChoice) -> PolicyInForce:
    """Set a calibration in force from now on, as the province's authority: it holds for everybody.

    Templates and earlier decisions stay as they are.
    """
    require_province(call.db, call.caller, PROVINCE_AUTHORITY)
    policies.set_in_force(
        call.db,
        engine=call.components.faces.current,
        calibration_id=body.calibration,
        reason=body.reason,
        now=call.now,
        actor_id=call.caller.person_id,
    )
    return _in_force(call)


@api.get("/face-calibrations")
@signed_in(roles=(*FACE_ADMINS, Role.SYSTEM_ADMIN))
@refuses()
@api.output(CalibrationList)
def list_calibrations(call: Call) -> CalibrationList:
    """Show the calibrations of the current model, newest first.

    There are few, because the gallery must grow before the next one.
    """
    made = select(FaceCalibration).where(FaceCalibration.engine == call.components.faces.current)
    newest = call.db.scalars(made.order_by(FaceCalibration.id.desc()).limit(_MOST))
    return CalibrationList(items=[_calibration(row) for row in newest])


@api.post("/face-calibrations")
@signed_in(roles=PROVINCE_AUTHORITY, asks_otp=True)
@refuses("too_few_faces")
@api.output(CalibrationOut, status_code=201)
def calibrate(call: Call) -> CalibrationOut:
    """Calibrate on the faces enrolled here, as the province's authority. It is not in force until it is set."""
    require_province(call.db, call.caller, PROVINCE_AUTHORITY)
    row = calibrations.calibrate_gallery(
        call.db, policies=call.components.faces.policies, ring=call.components.keys.face_ring, now=call.now
    )
    return _calibration(row)


def _in_force(call: Call) -> PolicyInForce:
    engine = call.components.faces.current
    setting = policies.find_setting(call.db, engine)
    watch = monitoring.find_last(call.db, engine)
    in_force = call.components.faces.policies.in_force(call.db)[engine].policies
    looking, missing = networks(call)
    return PolicyInForce(
        engine=engine,
        policies=[_policy(each) for each in in_force],
        calibration=setting.calibration_id if setting else None,
        set_at=setting.set_at if setting else None,
        set_by=setting.set_by if setting else None,
        author=setting.author if setting else None,
        reason=setting.reason if setting else None,
        networks=looking,
        missing_networks=missing,
        watch=WatchOut.model_validate(watch) if watch else None,
    )


def networks(call: PublicCall) -> tuple[list[str], list[str]]:
    """Return the loaded networks, and the networks of the settings that could not be loaded."""
    looking = call.components.engine.networks
    return list(looking), [model for model in call.components.networks if model not in looking]


def policy_for_new_photos(call: PublicCall) -> Policy:
    """Return the policy in force that the loaded networks can use."""
    in_force = call.components.faces.policies.in_force(call.db)[call.components.faces.current]
    return in_force.of_networks(call.components.engine.networks)


def _policy(policy: Policy) -> PolicyOut:
    return PolicyOut(
        version=policy.version,
        networks=policy.networks,
        source=policy.source,
        thresholds=_thresholds(policy.match),
        guard=_thresholds(policy.guard.match if policy.guard is not None else ()),
    )


def _thresholds(limits: Sequence[Thresholds]) -> list[ThresholdsOut]:
    return [
        ThresholdsOut(photos=photos, accept_at=each.accept_at, review_to=each.review_to)
        for photos, each in enumerate(limits, start=1)
    ]


def _calibration(row: FaceCalibration) -> CalibrationOut:
    return CalibrationOut(
        id=row.id,
        version=row.version,
        engine=row.engine,
        source=row.source,
        people=row.people,
        is_claimed=row.is_claimed,
        computed_at=row.computed_at,
        limits=[LimitOut(**line) for line in row.limits[0]],
    )
