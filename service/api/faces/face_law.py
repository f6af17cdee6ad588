"""What the law wants before faces are used, kept by the province's authority: assessments and consent texts."""

from apiflask import APIBlueprint

from accounts.enrolment import face_law
from accounts.enrolment.face_law import FaceLaw, NewAssessment
from accounts.people.people import PROVINCE_AUTHORITY, require_province
from foundation.clock import day_at_home
from models.people import Role
from service.api.faces.schemas.face_law import (
    AssessmentNew,
    AssessmentOut,
    ConsentTextNew,
    ConsentTextOut,
    FaceLawOut,
)
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("face_law", __name__, tag="Faces")

_READERS = (*PROVINCE_AUTHORITY, Role.SYSTEM_ADMIN, Role.AUDITOR)


@api.get("/face-law")
@signed_in(roles=_READERS)
@refuses()
@api.output(FaceLawOut)
def get_face_law(call: Call) -> FaceLawOut:
    """Show whether faces can be enrolled, until when, and all assessments and texts (PRIVACY L-2, L-7)."""
    found = face_law.read(call.db, today=day_at_home(call.now))
    return FaceLawOut(
        is_offered=found.is_offered,
        until=found.until,
        days_left=found.days_left,
        warning=_warning(found),
        assessments=[AssessmentOut.model_validate(each) for each in face_law.list_assessments(call.db)],
        texts=[ConsentTextOut.model_validate(each) for each in face_law.list_texts(call.db)],
    )


@api.post("/face-law/assessments")
@signed_in(roles=PROVINCE_AUTHORITY)
@refuses("assessment_invalid")
@api.input(AssessmentNew, arg_name="body")
@api.output(AssessmentOut, status_code=201)
def register_assessment(call: Call, body: AssessmentNew) -> AssessmentOut:
    """Register an impact assessment, as the province's authority. On its days faces can be enrolled."""
    require_province(call.db, call.caller, PROVINCE_AUTHORITY)
    new = NewAssessment(**body.model_dump())
    made = face_law.register_assessment(call.db, new=new, caller=call.caller, now=call.now)
    return AssessmentOut.model_validate(made)


@api.post("/face-law/texts")
@signed_in(roles=PROVINCE_AUTHORITY)
@refuses("consent_version_taken")
@api.input(ConsentTextNew, arg_name="body")
@api.output(ConsentTextOut, status_code=201)
def publish_consent_text(call: Call, body: ConsentTextNew) -> ConsentTextOut:
    """Publish a new consent text, as the province's authority. New enrolments need consent to it; old ones stay."""
    require_province(call.db, call.caller, PROVINCE_AUTHORITY)
    made = face_law.publish_text(
        call.db,
        version=body.version,
        text_zh=body.text_zh,
        text_en=body.text_en,
        caller=call.caller,
        author=None,
        now=call.now,
    )
    return ConsentTextOut.model_validate(made)


def _warning(found: FaceLaw) -> str | None:
    if found.text is None:
        return "no_text"
    if found.days_left is None:
        return "no_assessment"
    if found.warns_at is None:
        return None
    return "assessment_ends" if found.is_offered else "assessment_ended"
