"""The kinds of jobs, and the handler of each."""

from collections.abc import Mapping

from accounts import notices
from accounts.enrolment.enrolment_desk import EnrolmentDesk
from accounts.enrolment.gallery import FaceGalleries
from accounts.face_batches import batches
from accounts.face_batches.enrolling import BatchEnroller
from accounts.thresholds.policies import FacePolicies
from attendance.check_in.receipts import Receipts
from attendance.imports.importer import make_importer
from attendance.settlement import settlements
from attendance.settlement.grants import post_grants
from credit.imports.importer import CREDIT_IMPORTS
from faces.engines.choosing import networks_of, policies_of
from faces.pool.client import PoolEngine
from foundation.imports.steps import handlers
from foundation.jobs import Handler
from service.configuration.keys import Keys
from service.configuration.settings import Settings
from service.running.startup import loaded_networks


def make_handlers(receipts: Receipts, notice_sender: Handler, enroller: BatchEnroller) -> Mapping[str, Handler]:
    """Return the job handlers by kind.

    receipts: signs the check-ins that jobs make; notice_sender: sends notices; enroller: enrols faces.
    """
    return {
        **handlers(make_importer(receipts)),
        **handlers(CREDIT_IMPORTS),
        settlements.JOB: post_grants,
        notices.JOB: notice_sender,
        batches.JOB: enroller.run,
    }


def make_enroller(settings: Settings, keys: Keys) -> BatchEnroller:
    """Return what enrols faces in a job worker, by the same networks as the web workers.

    A look waits a shorter time for the face pool, so that the lease of a step outlasts five looks.
    """
    patience = min(settings.face_patience_seconds, settings.job_lease_seconds / 8)
    networks = loaded_networks(networks_of(settings.face_engine))
    policies = FacePolicies(policies_of([settings.face_engine, *settings.face_engines_also]))
    faces = FaceGalleries(ring=keys.face_ring, index_key=keys.face_index, policies=policies)
    pool = PoolEngine(settings.face_socket_path, patience, networks)
    desk = EnrolmentDesk(
        engine=pool,
        galleries=faces,
        notices=notices.Notices(settings.sms_templates),
        photos_needed=settings.photos_needed,
    )
    return BatchEnroller(desk, keys.face_ring)
