"""The tables, one file an area; they know nothing of the rest of the product.

Importing this package registers every table on `Base.metadata`, for Alembic and for tests.
"""

from models import (
    accounts,
    applications,
    attendance,
    attendance_acts,
    consent,
    credit_records,
    edge,
    evaluations,
    exams,
    face_batches,
    face_policies,
    faces,
    imports,
    jobs,
    ledger,
    ledger_tree,
    notices,
    people,
    projects,
    rule_sets,
    scans,
    settlements,
    sign_in_proofs,
)
from models.base import Base

__all__ = [
    "Base",
    "accounts",
    "applications",
    "attendance",
    "attendance_acts",
    "consent",
    "credit_records",
    "edge",
    "evaluations",
    "exams",
    "face_batches",
    "face_policies",
    "faces",
    "imports",
    "jobs",
    "ledger",
    "ledger_tree",
    "notices",
    "people",
    "projects",
    "rule_sets",
    "scans",
    "settlements",
    "sign_in_proofs",
]
