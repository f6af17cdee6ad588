"""Tells the operator of many failed sign-ins, or many messages, on the whole installation."""

import logging

from service.observing import metrics

_log = logging.getLogger("cme.sign_in")


def tell_of_failing_sign_ins(failures: int) -> None:
    """Log and count an alarm. failures: those of this minute."""
    metrics.count_sign_in_alarm()
    _log.error("%d sign-ins failed within a minute", failures)


def tell_of_many_messages(sent: int) -> None:
    """Log and count an alarm. sent: the codes by SMS of this day; at SMS_INSTALLATION_CAP no more are sent."""
    metrics.count_sign_in_alarm()
    _log.error("%d codes were sent by SMS today: see SMS_INSTALLATION_CAP", sent)
