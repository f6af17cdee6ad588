"""The parts of what a person takes away as their data: which table, whose rows, which columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from accounts.profiles.corrections import REQUESTED
from accounts.profiles.fields import SEALED
from models.accounts import Account, SignIn, SmsCode
from models.applications import ProjectApplication, RosterRemoval
from models.attendance import (
    AttemptOverride,
    AttendanceCorrection,
    CheckIn,
    CheckInAttempt,
    CheckInReview,
    MachineObservation,
    VoidedCheckIn,
)
from models.base import Base
from models.certificates import Certificate, CertificateNameTask
from models.claims import Claim, ClaimPermission, ClaimStep
from models.consent import Consent
from models.credit_records import CreditExemption, CreditRecord
from models.edge import AuditEntry
from models.evaluations import EvaluationRespondent
from models.evidence import Evidence
from models.exams import ExamAttempt, ExamException, ExamExtraTime, ExamRegrade
from models.face_batches import FaceBatchRow
from models.face_erasures import FaceErasure
from models.faces import FaceCase, FaceHold, FacePhoto, FaceReset, FaceTemplate
from models.ledger import LedgerEntry
from models.notices import CorrectionRequest, Notice
from models.people import RoleGrant
from models.profiles import PersonProfile, ProfileChange, ProfilePhoto, ProfileRequest
from models.project_staff import ProjectStaff
from models.projects import RosterEntry, SessionPlace, WaitingEntry
from models.scans import LocationConsent, PendingScan
from models.settlements import SettlementLine, TaughtHours
from models.sign_in_proofs import FailedSignIn, KnownDevice, PasswordSlip, RecoveryCode, SecondFactor
from models.venue_machines import KioskScan


@dataclass(frozen=True)
class Part:
    """A part. columns: those that are given; newest: the column that orders the rows.

    owner: the column with the person's id; with `through`, the one with the id of a row of that table, which has it.
    only: conditions beside it. opened: sealed columns that are given in clear, and as what they were sealed.
    """

    name: str
    table: type[Base]
    columns: tuple[str, ...]
    newest: str = "id"
    owner: str = "person_id"
    through: type[Base] | None = None
    only: tuple[ColumnElement[bool], ...] = ()
    opened: Mapping[str, str] = field(default_factory=dict)


def _part(name: str, table: type[Base], columns: str, newest: str = "id") -> Part:
    return Part(name, table, tuple(columns.split()), newest)


def _account_part(name: str, table: type[Base], columns: str, newest: str) -> Part:
    return Part(name, table, tuple(columns.split()), newest, "account_id", Account)


_CREDIT = (
    "category credit_class credits hours activity_on activity_name activity_number activity_type delivery_mode "
    "discipline recorded_by_unit"
)

PARTS: tuple[Part, ...] = (
    _part("roles", RoleGrant, "role unit_id granted_at"),
    Part(
        "profile",
        PersonProfile,
        ("sex", "education", "degree", "post", "title", "person_status", "transfer_status", "changed_at"),
        newest="changed_at",
        opened={f"{field}_sealed": field.value for field in SEALED},
    ),
    _part("profile_photo", ProfilePhoto, "put_at", "put_at"),
    _part("profile_changes", ProfileChange, "unit_name title person_status year changed_at"),
    Part(
        "profile_requests",
        ProfileRequest,
        ("field", "reason", "evidence", "status", "asked_at", "decided_at", "decision_reason"),
        opened={"wanted_sealed": REQUESTED, "before_sealed": REQUESTED},
    ),
    _part("face", FaceTemplate, "status engine photos enrolled_at last_shown_on device question_at channel"),
    _part("kept_photos", FacePhoto, "place kept_at"),
    _part("face_hold", FaceHold, "faces_withdrawn is_after_withdrawal enrolled_at withdrawn_at", "person_id"),
    _part("face_consents", Consent, "purpose version channel given_at withdrawn_at"),
    _part("location_consents", LocationConsent, "version given_at withdrawn_at"),
    _part("face_cases", FaceCase, "kind status opened_at decided_at reason"),
    _part("face_resets", FaceReset, "reason requested_at approved_at refused_at refusal_reason"),
    _part("face_batch_rows", FaceBatchRow, "photos result code advice decided_at", "batch_id"),
    _part("face_deletions", FaceErasure, "cause parts photos erased_at"),
    _part("evidence", Evidence, "id kind size pages made_at"),
    _part("applications", ProjectApplication, "project_id note status applied_at decided_at reason"),
    _part("roster", RosterEntry, "project_id role origin added_at"),
    _part("roster_removals", RosterRemoval, "project_id reason removed_at lifted_at"),
    _part("waiting_lists", WaitingEntry, "project_id origin added_at"),
    _part("staff", ProjectStaff, "project_id session_id is_door is_content is_results until named_at ended_at"),
    _part("taught_hours", TaughtHours, "project_id hours said_at", "said_at"),
    _part("session_choices", SessionPlace, "session_id is_waiting asked_at"),
    _part("scans", PendingScan, "session_id scanned_at until"),
    _part(
        "attempts",
        CheckInAttempt,
        "id session_id direction attempted_at result review_reason place device_check engine",
    ),
    _part(
        "check_ins",
        CheckIn,
        "id session_id direction status method scanned_at checked_in_at captured_at machine_at machine_status receipt",
    ),
    Part(
        "reviews",
        CheckInReview,
        ("check_in_id", "decision", "reason", "decided_at"),
        owner="check_in_id",
        through=CheckIn,
    ),
    Part("overrides", AttemptOverride, ("attempt_id", "reason", "made_at"), "made_at", "attempt_id", CheckInAttempt),
    Part("kiosk_scans", KioskScan, ("check_in_id", "scanned_at", "sent_at"), "id", "check_in_id", CheckIn),
    _part("machine_observations", MachineObservation, "session_id at said direction"),
    _part("voided_check_ins", VoidedCheckIn, "session_id direction status method checked_in_at reason voided_at"),
    _part("attendance_corrections", AttendanceCorrection, "session_id mark reason made_at"),
    _part(
        "correction_requests",
        CorrectionRequest,
        "project_id session_id direction at reason evidence status asked_at decided_at decision_reason",
    ),
    _part("evaluations", EvaluationRespondent, "project_id", "project_id"),
    _part(
        "exams", ExamAttempt, "id project_id number started_at deadline_at pass_mark submitted_at hand_in score passed"
    ),
    Part(
        "exam_regrades",
        ExamRegrade,
        ("attempt_id", "score_before", "score_after", "passed_before", "passed_after"),
        "correction_id",
        "attempt_id",
        ExamAttempt,
    ),
    _part("exam_exceptions", ExamException, "project_id kind attempts until reason given_at", "given_at"),
    _part("exam_extra_time", ExamExtraTime, "project_id minutes reason given_at", "given_at"),
    _part("settlements", SettlementLine, "role rule_code credits counted hours reasons attended required", "entry_id"),
    _part("credits", LedgerEntry, f"kind {_CREDIT} counted reason granted_at", "position"),
    _part("credit_records", CreditRecord, f"status {_CREDIT} created_at decided_at review_comment"),
    _part(
        "claims",
        Claim,
        "status mode rule_code rank quantity starts_on ends_on activity_on activity_name activity_number delivery_mode "
        "credit_level discipline_l2 discipline_l3 issuer actual_count hours remark likeness_reason claimed_credits "
        "credits comment made_at submitted_at department_reviewed_at unit_reviewed_at decided_at",
    ),
    Part(
        "claim_steps",
        ClaimStep,
        ("claim_id", "act", "level", "at", "comment", "credits_before", "credits_after"),
        owner="claim_id",
        through=Claim,
    ),
    _part("claim_permission", ClaimPermission, "is_open reason set_at", "person_id"),
    _part("certificates", Certificate, "number kind facts issued_at replaced_at revoked_at revocation_reason"),
    _part("certificate_name_tasks", CertificateNameTask, "letters opened_at solved_at"),
    _part("credit_exemptions", CreditExemption, "year kind months reason recorded_at revoked_at"),
    _part("notices", Notice, "topic at project_id session_id read_at"),
    _account_part("sign_ins", SignIn, "method device created_at last_used_at expires_at ended_at end_reason", "id"),
    _account_part("failed_sign_ins", FailedSignIn, "at device reason", "id"),
    _account_part("known_devices", KnownDevice, "seen_at", "seen_at"),
    _account_part("sms_codes", SmsCode, "purpose sent_at used_at", "sent_at"),
    _account_part("password_slips", PasswordSlip, "created_at expires_at ended_at", "created_at"),
    _account_part("recovery_codes", RecoveryCode, "used_at", "id"),
    _account_part("second_factor", SecondFactor, "created_at confirmed_at", "created_at"),
    Part(
        "acts_about_me",
        AuditEntry,
        ("at", "action", "reason"),
        owner="subject_id",
        only=(AuditEntry.subject_kind == "person",),
    ),
)
"""All parts. The guard in `tests/attendance/own/test_own_data.py` wants each table about a person here or below."""

LEFT_OUT: Mapping[str, str] = {
    "account": "it is the account of the answer",
    "calendar_feed": "a secret address",
    "face_key": "a key",
    "audit_person": "`GET /me/audit` tells what was done, by whom and why",
    "attendance_import_row": "a row of a file of the staff; what came of it is among the roster and check-ins",
    "attendance_act_person": "how an act can be undone; what came of it is among the check-ins and corrections",
    "exam_answer": "answers are read with their paper in the app, where the rule of its release holds",
    "idempotent_reply": "an answer of the last day, kept for a request that is repeated",
    "credit_import_row": "a row of a file of the authority; what came of it is among the credit records",
}
"""Tables with the id of a person, an account or an attempt that are no part, and why."""
