"""The kinds of jobs, and the handler of each."""

from collections.abc import Callable, Mapping

from accounts import notices, sms_news
from accounts.enrolment.enrolment_desk import EnrolmentDesk
from accounts.enrolment.gallery import FaceGalleries
from accounts.face_batches import batches
from accounts.face_batches.enrolling import BatchEnroller
from accounts.people.edits import NAME_JOB
from accounts.sign_in.sms import NoticeKind, SmsGateway
from accounts.thresholds.policies import FacePolicies
from attendance.attempts.receipts import Receipts
from attendance.imports.importer import make_importer
from attendance.questions.question_imports.importer import QUESTION_IMPORTS
from attendance.reminders import due
from attendance.settlement import settlements
from attendance.settlement.grants import post_grants
from credit.certificates import corrected_names, files
from credit.certificates.printing import Printer
from credit.imports.importer import CREDIT_IMPORTS
from documents.typesetting import Fonts, Typesetter
from faces.engines.choosing import networks_of, policies_of
from faces.pool.client import PoolEngine
from foundation.imports.steps import handlers
from foundation.jobs import Handler
from foundation.sealing import FieldSeal
from models.notices import NoticeTopic
from service.configuration.keys import Keys
from service.configuration.settings import Settings
from service.running import notice_upkeep
from service.running.startup import loaded_networks
from service.wording.notices import NOTICES


def make_handlers(
    receipts: Receipts, sms: Callable[[], SmsGateway], enroller: BatchEnroller, *, settings: Settings, seal: FieldSeal
) -> Mapping[str, Handler]:
    """Return the job handlers by kind.

    receipts: signs the check-ins that jobs make; sms: opens the gateway that sends notices; enroller: enrols faces.
    """
    templates = settings.sms_templates
    printer = Printer(Typesetter(Fonts(settings.font_dir)), settings.base_url)
    titles = {kind: NOTICES[NoticeTopic(kind.value)][0][0] for kind in NoticeKind}
    return {
        **handlers(make_importer(receipts)),
        **handlers(CREDIT_IMPORTS),
        **handlers(QUESTION_IMPORTS),
        settlements.JOB: post_grants,
        **dict.fromkeys(due.KINDS, due.remind),
        notices.JOB: notices.make_sender(templates, seal, sms),
        notice_upkeep.DELETION_JOB: notice_upkeep.make_deletion(settings),
        sms_news.JOB: sms_news.make_news_sender(templates, seal, sms, titles),
        batches.JOB: enroller.run,
        files.JOB: files.make_printer_of_files(printer),
        NAME_JOB: corrected_names.make_reissuer(settings.number_format, printer),
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
