"""The process of certificates: the issue for a grant, which reads whether the grant stands."""

from foundation.processes import Process, Shared

ISSUE = "certificate.issue"

PROCESSES = (Process(ISSUE, frozenset({Shared.PERSON})),)
