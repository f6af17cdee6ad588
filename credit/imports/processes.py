"""The processes of credit imports."""

from foundation.processes import Process, Shared

CHECK = "credit_import.check"
COMMIT = "credit_import.commit"
UNDO = "credit_import.undo"
_SHARES = frozenset({Shared.PERSON, Shared.CREDIT_IMPORT})

PROCESSES = (Process(CHECK, frozenset({Shared.CREDIT_IMPORT})), Process(COMMIT, _SHARES), Process(UNDO, _SHARES))
