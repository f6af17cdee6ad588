"""The composition root: what things outside the process are, is chosen here and nowhere else."""

from io import BytesIO
from typing import IO, Any

from apiflask import APIBlueprint, APIFlask
from flask import Request
from werkzeug.exceptions import BadRequest

from accounts.clock import Clock, SystemClock
from accounts.face_book import FaceBooks
from accounts.face_policies import FacePolicies
from accounts.sealing import FieldSeal
from accounts.sms import SmsGateway
from attendance.receipts import Receipts
from faces.engine import FaceEngine
from faces.engines import networks_of, policies_of
from faces.pool_engine import PoolEngine
from service import logs, metrics, openapi, problems, tokens
from service.api import (
    attendance_grid,
    attendance_imports,
    auth,
    board,
    calendars,
    check_in_tickets,
    check_ins,
    credit_exemptions,
    credit_imports,
    credit_records,
    dev,
    evaluations,
    exam_attempts,
    exam_results,
    exams,
    face_cases,
    face_policies,
    health,
    job_progress,
    ledger,
    me,
    my_attendance,
    my_credit_sheets,
    my_credits,
    my_openings,
    my_waiting,
    people,
    people_credits,
    projects,
    question_bank,
    receipts_key,
    rehearsals,
    rosters,
    rule_sets,
    scan_page,
    schedules,
    session_places,
    sessions,
    settlement_records,
    settlements,
)
from service.database import db, engine_options, prepare_engine
from service.keys import load_keys
from service.parts import Parts
from service.settings import Settings
from service.sms_sending import choose_gateway
from service.startup import loaded_networks
from service.streams import Streams
from service.uploads import PiecewiseParser

RESOURCES: tuple[APIBlueprint, ...] = (
    auth.api,
    me.api,
    my_attendance.api,
    my_waiting.api,
    check_in_tickets.api,
    check_ins.api,
    sessions.api,
    projects.api,
    settlements.api,
    settlement_records.api,
    attendance_grid.api,
    evaluations.api,
    exams.api,
    exam_attempts.api,
    exam_results.api,
    question_bank.api,
    schedules.api,
    session_places.api,
    rehearsals.api,
    calendars.api,
    rosters.api,
    attendance_imports.api,
    board.api,
    people.api,
    face_cases.api,
    face_policies.api,
    job_progress.api,
    my_credits.api,
    people_credits.api,
    credit_imports.api,
    credit_records.api,
    credit_exemptions.api,
    ledger.api,
    rule_sets.api,
    my_credit_sheets.api,
    my_openings.api,
)


class InMemoryRequest(Request):
    """Keeps uploads in memory: a photo of a face never lies in a temporary file."""

    form_data_parser_class = PiecewiseParser
    max_form_parts = 60
    max_form_memory_size = 100_000

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Read the body as JSON; nested beyond all reason, it is as unreadable as broken JSON."""
        try:
            return super().get_json(*args, **kwargs)
        except RecursionError:
            raise BadRequest from None

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
    """Build the service.

    clock, engine, sms: instead of the machine's clock, the face pool and the gateway of the settings. Raises
    pydantic.ValidationError or keys.BadKey where the settings can't be used.
    """
    settings = settings or Settings()
    keys = load_keys(settings)
    wanted = networks_of(settings.face_engine)
    policies = FacePolicies(policies_of([settings.face_engine, *settings.face_engines_also]))
    app = APIFlask(
        "service",
        title="继续医学教育 CME attendance and credit",
        version="0.1.0",
        static_folder=None,  # type: ignore[arg-type] # no folder is served
        **openapi.OPTIONS,
    )
    app.request_class = InMemoryRequest
    app.extensions["parts"] = Parts(
        settings=settings,
        keys=keys,
        clock=clock or SystemClock(),
        engine=engine or PoolEngine(settings.face_socket_path, settings.face_patience_seconds, loaded_networks(wanted)),
        networks=wanted,
        faces=FaceBooks(ring=keys.face_ring, index_key=keys.face_index, policies=policies),
        seal=FieldSeal(keys.lookup),
        receipts=Receipts(keys.receipt, settings.base_url),
        sms=sms or choose_gateway(settings),
    )
    app.extensions["streams"] = Streams(settings.board_streams, every=1.0, lasts=settings.board_stream_seconds)
    _configure(app, settings)
    logs.install(app)
    problems.install(app)
    tokens.install(app, keys)
    openapi.install(app)
    for resource in RESOURCES:
        app.register_blueprint(resource, url_prefix="/api/v1")
    for pages in (receipts_key.pages, scan_page.pages, health.pages):
        app.register_blueprint(pages)
    if settings.demo:
        app.register_blueprint(dev.pages)
    token = settings.metrics_token
    metrics.install(app, token=token.get_secret_value() if token else None)
    app.after_request(_harden)
    return app


def _configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=settings.max_request_mb * 1024 * 1024,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _harden(response: Any) -> Any:
    """What every answer tells a browser; pages set a policy of their own before this."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
