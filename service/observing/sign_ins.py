"""Tells the operator of many failed sign-ins on the whole installation."""

import logging

from service.observing import metrics

_log = logging.getLogger("cme.sign_in")


def tell_of_failing_sign_ins(failures: int) -> None:
    """Log and count an alarm. failures: those of this minute."""
    metrics.count_sign_in_alarm()
    _log.error("%d sign-ins failed within a minute", failures)
