"""The progress of a job, for the person who started it."""

import uuid

from apiflask import APIBlueprint

from foundation import jobs
from service.api.operations.schemas.job_progress import JobOut
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("job_progress", __name__, tag="Operations")


@api.get("/jobs/<uuid:job_id>")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found")
@api.output(JobOut)
def get_job(call: Call, job_id: uuid.UUID) -> JobOut:
    """Show the progress of one of my jobs: the done and total steps, and the result or error."""
    found = jobs.get_job(call.db, job_id=job_id, person_id=call.caller.person_id)
    return JobOut.model_validate(found)
