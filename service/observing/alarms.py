"""Tells the operator of what looks like an attack on the whole installation: in the log and in a counter."""

import logging
import uuid

from service.observing import metrics

_sign_in = logging.getLogger("cme.sign_in")
_scans = logging.getLogger("cme.scans")


def tell_of_failing_sign_ins(failures: int) -> None:
    """Log and count an alarm. failures: those of this minute."""
    metrics.count_sign_in_alarm()
    _sign_in.error("%d sign-ins failed within a minute", failures)


def tell_of_many_messages(sent: int) -> None:
    """Log and count an alarm. sent: the codes by SMS of this day; at SMS_INSTALLATION_CAP no more are sent."""
    metrics.count_sign_in_alarm()
    _sign_in.error("%d codes were sent by SMS today: see SMS_INSTALLATION_CAP", sent)


def tell_of_wrong_codes(session_id: uuid.UUID, count: int) -> None:
    """Log and count an alarm. count: the wrong codes without sign-in of this minute, in this process."""
    metrics.count_wrong_code_alarm()
    _scans.error("%d wrong venue codes of session %s were opened within a minute", count, session_id)
