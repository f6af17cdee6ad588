"""The components of a running service, chosen once in `create_app`."""

from dataclasses import dataclass
from random import Random
from typing import cast

from flask import current_app

from accounts.enrolment.enrolment_desk import EnrolmentDesk
from accounts.enrolment.gallery import FaceGalleries
from accounts.notices import Notices
from accounts.people.phone_changes import PhoneChanges
from accounts.profiles.corrections import Corrections
from accounts.profiles.photos import ProfilePhotos
from accounts.profiles.profiles import Profiles
from accounts.second_factor.second_steps import SecondSteps
from accounts.sign_in.by_password import PasswordDesk
from accounts.sign_in.password_queue import PasswordQueue
from accounts.sign_in.sms import SmsGateway
from accounts.sign_in.sms_requests import SmsRequests
from attendance.attempts.receipts import Receipts
from attendance.check_in.check_in import CheckInDesk
from attendance.check_in.held_scans import HeldScans
from attendance.check_in.ticket_issue import TicketDesk
from attendance.door.staff_desk import StaffDesk
from attendance.machines.kiosk_desk import KioskDesk
from attendance.machines.personal_codes import PersonalCodes
from attendance.questions.question_cache import QuestionCache
from attendance.sessions.venue_codes import VenueCodes
from credit.certificates.desk import CertificateDesk
from credit.evidence.evidence import EvidenceDesk
from documents.typesetting import Typesetter
from faces.engine import FaceEngine
from foundation.clock import Clock
from foundation.processes import ProcessTable
from foundation.sealing import FieldSeal
from foundation.stored_files.store import SealedFiles
from service.configuration.keys import Keys
from service.configuration.settings import Settings


@dataclass(frozen=True)
class Components:
    """The outside services, the objects made from keys, and the caches of a process."""

    settings: Settings
    keys: Keys
    clock: Clock
    engine: FaceEngine
    networks: tuple[str, ...]
    """The names of the recognition models that the settings want for each face."""
    faces: FaceGalleries
    seal: FieldSeal
    files: SealedFiles
    """Evidence, photos of profiles, and what else lies apart from the database."""
    evidence_desk: EvidenceDesk
    password_queue: PasswordQueue
    password_desk: PasswordDesk
    receipts: Receipts
    sms: SmsGateway
    sms_requests: SmsRequests
    notices: Notices
    phone_changes: PhoneChanges
    profiles: Profiles
    corrections: Corrections
    profile_photos: ProfilePhotos
    second_steps: SecondSteps
    venue_codes: VenueCodes
    held_scans: HeldScans
    ticket_desk: TicketDesk
    check_in_desk: CheckInDesk
    staff_desk: StaffDesk
    personal_codes: PersonalCodes
    kiosk_desk: KioskDesk
    enrolment_desk: EnrolmentDesk
    processes: ProcessTable
    """What comes of two long processes that meet on one project, person or import."""
    questions: QuestionCache
    typesetter: Typesetter
    certificates: CertificateDesk
    dice: Random


def components() -> Components:
    """Return the components of the app that serves this request."""
    return cast(Components, current_app.extensions["components"])
