"""The processes of credit imports."""

from credit.imports.importer import CREDIT_IMPORTS
from foundation.imports import steps
from foundation.processes import Process, Shared

CHECK = steps.job_kind(CREDIT_IMPORTS, steps.CHECK)
COMMIT = steps.job_kind(CREDIT_IMPORTS, steps.COMMIT)
UNDO = steps.job_kind(CREDIT_IMPORTS, steps.UNDO)
_SHARES = frozenset({Shared.PERSON, Shared.CREDIT_IMPORT})

PROCESSES = (Process(CHECK, frozenset({Shared.CREDIT_IMPORT})), Process(COMMIT, _SHARES), Process(UNDO, _SHARES))
