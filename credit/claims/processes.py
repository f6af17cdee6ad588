"""The process of claims: the last approval, which posts a grant."""

from foundation.processes import Process, Shared

APPROVAL = "claim.approval"

PROCESSES = (Process(APPROVAL, frozenset({Shared.PERSON})),)
