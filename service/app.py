"""The composition root: only this module chooses the components and connects them."""

from datetime import timedelta
from io import BytesIO
from random import SystemRandom
from typing import IO, Any

from apiflask import APIFlask
from flask import Request

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
from accounts.thresholds.policies import FacePolicies
from attendance.attempts.receipts import Receipts
from attendance.attempts.tickets import Tickets
from attendance.check_in.check_in import CheckInDesk
from attendance.check_in.held_scans import HeldScans
from attendance.check_in.scan_proofs import ScanProofs
from attendance.check_in.ticket_issue import TicketDesk
from attendance.check_in.wrong_codes import WrongCodes
from attendance.door.staff_desk import StaffDesk
from attendance.machines.kiosk_desk import KioskDesk
from attendance.machines.personal_codes import PersonalCodes
from attendance.questions.question_cache import QuestionCache
from attendance.sessions.venue_codes import VenueCodes
from attendance.settlement.processes import PROCESSES, RULES
from credit.certificates.badges import BadgeIssuer
from credit.certificates.desk import CertificateDesk
from credit.certificates.printing import Printer
from credit.certificates.verification import Looks
from documents.typesetting import Fonts, Typesetter
from faces.engine import FaceEngine
from faces.engines.choosing import networks_of, policies_of
from faces.pool.client import PoolEngine
from foundation.clock import Clock, SystemClock
from foundation.processes import ProcessTable
from foundation.sealing import FieldSeal
from foundation.signing import Signer
from service import __version__
from service.api.certificates import certificate_page
from service.api.check_in import receipts_key, scan_page
from service.api.credit import proof_bundle_checks
from service.api.machines import screens
from service.api.operations import client, dev, health, home
from service.api.resources import RESOURCES
from service.configuration.keys import Keys, load_keys
from service.configuration.settings import Settings
from service.edge import openapi, web_client
from service.edge.answers import problems
from service.edge.answers.event_streams import Streams
from service.edge.callers import tokens
from service.edge.callers.devices import keep_cookie
from service.edge.callers.token_cache import TokenCache
from service.edge.components import Components
from service.edge.database import db, engine_options, prepare_engine
from service.edge.requests.body_limits import ANONYMOUS, LARGEST_UPLOAD, MIB, check_nesting, read_body
from service.edge.requests.forms import PiecewiseParser
from service.observing import logs, metrics
from service.observing.alarms import tell_of_failing_sign_ins, tell_of_many_messages, tell_of_wrong_codes
from service.running.file_stores import choose_files, make_evidence_desk
from service.running.sms_sending import choose_gateway
from service.running.startup import loaded_networks


class InMemoryRequest(Request):
    """A request that keeps uploads in memory, so that no photo of a face is written to a temporary file."""

    form_data_parser_class = PiecewiseParser
    max_form_parts = 60
    max_form_memory_size = 100_000

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Read the body as JSON, once it was seen to be nested no deeper than ours are; no body is an empty object."""
        if not read_body():
            return {}
        check_nesting(read_body())
        return super().get_json(*args, **kwargs)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    engine: FaceEngine | None = None,
    sms: SmsGateway | None = None,
) -> APIFlask:
    """Build the service and return the Flask app. clock, engine, sms: replace those of the machine and the settings.

    Raises pydantic.ValidationError or keys.BadKey if the settings are not valid.
    """
    settings = settings or Settings()
    components = make_components(settings, clock=clock, engine=engine, sms=sms)
    app = APIFlask(
        "service",
        title="CME attendance and credit",
        version=__version__,
        template_folder="api/templates",
        static_folder=None,  # type: ignore[arg-type] # no folder is served
        **openapi.OPTIONS,
    )
    app.request_class = InMemoryRequest
    _configure(app, settings)
    logs.install(app)
    problems.install(app)
    tokens.install(app, components.keys)
    equip(app, components)
    openapi.install(app)
    for resource in RESOURCES:
        app.register_blueprint(resource, url_prefix="/api/v1")
    if settings.web_folder is not None and web_client.is_built(settings.web_folder):
        logo = client.logo_address(settings)
        web_client.install(app, settings.web_folder, settings, logo, is_demo=settings.demo)
    for area in (home, receipts_key, scan_page, certificate_page, proof_bundle_checks, screens, health):
        app.register_blueprint(area.pages)
    if settings.demo:
        app.register_blueprint(dev.pages)
    metrics.install(app)
    app.after_request(_harden)
    app.after_request(keep_cookie)
    return app


def make_components(
    settings: Settings,
    *,
    clock: Clock | None = None,
    engine: FaceEngine | None = None,
    sms: SmsGateway | None = None,
) -> Components:
    """Return the components of a service. Arguments and errors as in `create_app`."""
    keys = load_keys(settings)
    wanted = networks_of(settings.face_engine)
    policies = FacePolicies(policies_of([settings.face_engine, *settings.face_engines_also]))
    if engine is None:
        engine = PoolEngine(settings.face_socket_path, settings.face_patience_seconds, loaded_networks(wanted))
    faces = FaceGalleries(ring=keys.face_ring, index_key=keys.face_index, policies=policies)
    codes, personal_codes = VenueCodes(keys.venue, settings.base_url), PersonalCodes(keys.venue)
    held = HeldScans(ScanProofs(keys.venue))
    tickets = Tickets(keys.venue, late_limit=timedelta(minutes=settings.late_photo_minutes))
    seal, queue = FieldSeal(keys.lookup), PasswordQueue(settings.password_queue)
    receipts, notices = Receipts(keys.receipt, settings.base_url), Notices(settings.sms_templates)
    files, typesetter = choose_files(settings, keys), Typesetter(Fonts(settings.font_dir))
    return Components(
        settings=settings,
        keys=keys,
        clock=clock or SystemClock(),
        engine=engine,
        networks=wanted,
        faces=faces,
        seal=seal,
        files=files,
        evidence_desk=make_evidence_desk(settings, files, seal),
        password_queue=queue,
        password_desk=_password_desk(settings, seal, queue),
        receipts=receipts,
        sms=sms or choose_gateway(settings),
        sms_requests=_sms_requests(settings, seal),
        notices=notices,
        phone_changes=PhoneChanges(seal, notices, queue),
        profiles=Profiles(seal, notices),
        corrections=Corrections(seal, Profiles(seal, notices)),
        profile_photos=ProfilePhotos(files),
        second_steps=SecondSteps(seal, is_on=settings.needs_second_factor),
        venue_codes=codes,
        held_scans=held,
        ticket_desk=TicketDesk(codes=codes, held=held, tickets=tickets, wrong_codes=WrongCodes(tell_of_wrong_codes)),
        check_in_desk=CheckInDesk(
            engine=engine, policies=policies, ring=keys.face_ring, tickets=tickets, receipts=receipts
        ),
        staff_desk=StaffDesk(receipts=receipts),
        personal_codes=personal_codes,
        kiosk_desk=KioskDesk(codes=personal_codes, receipts=receipts),
        enrolment_desk=EnrolmentDesk(
            engine=engine, galleries=faces, notices=notices, photos_needed=settings.photos_needed
        ),
        processes=ProcessTable(PROCESSES, RULES),
        questions=QuestionCache(),
        typesetter=typesetter,
        certificates=_certificates(settings, keys, typesetter),
        dice=SystemRandom(),
    )


def _password_desk(settings: Settings, seal: FieldSeal, queue: PasswordQueue) -> PasswordDesk:
    return PasswordDesk(seal, queue=queue, asks_proof=settings.asks_initial_proof, alarm=tell_of_failing_sign_ins)


def _sms_requests(settings: Settings, seal: FieldSeal) -> SmsRequests:
    return SmsRequests(
        seal,
        daily_cap=settings.sms_daily_cap,
        installation_cap=settings.sms_installation_cap,
        alarm=tell_of_many_messages,
    )


def _certificates(settings: Settings, keys: Keys, typesetter: Typesetter) -> CertificateDesk:
    return CertificateDesk(
        numbers=settings.number_format,
        printer=Printer(typesetter, settings.base_url),
        badges=BadgeIssuer(Signer(keys.receipt), settings.base_url),
        looks=Looks(most=60, most_unknown=600),
        bundle_checks=Looks(most=0, most_unknown=120),
    )


def equip(app: APIFlask, components: Components) -> None:
    """Attach the components to the app, with empty caches."""
    settings = components.settings
    app.extensions["components"] = components
    app.extensions["token_cache"] = TokenCache()
    app.extensions["streams"] = Streams(settings.board_streams, every=1.0, lasts=settings.board_stream_seconds)


def _configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=ANONYMOUS.most_json,  # until the route sets its own limit
        **{LARGEST_UPLOAD: settings.max_request_mb * MIB},
    )
    app.url_map.merge_slashes = False  # a redirect to the single slash would lead to whatever Host the request names
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _harden(response: Any) -> Any:
    """Return the response with security headers for browsers. A header that the view has set stays."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
