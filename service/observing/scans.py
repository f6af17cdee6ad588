"""Tells the operator of many wrong venue codes at one session."""

import logging
import uuid

from service.observing import metrics

_log = logging.getLogger("cme.scans")


def tell_of_wrong_codes(session_id: uuid.UUID, count: int) -> None:
    """Log and count an alarm. count: the wrong codes without sign-in of this minute, in this process."""
    metrics.count_wrong_code_alarm()
    _log.error("%d wrong venue codes of session %s were opened within a minute", count, session_id)
