"""The processes of a project's exam."""

from foundation.processes import Process, Shared

SITTING = "exam.sitting"
SWEEP = "exam.sweep"
CORRECTION = "exam.correction"
_SHARES = frozenset({Shared.PROJECT, Shared.PERSON})

PROCESSES = (
    Process(SITTING, _SHARES),  # a confirmation finds sittings by what people still owe, in attendance/settlement
    Process(SWEEP, _SHARES),
    Process(CORRECTION, _SHARES),
)
