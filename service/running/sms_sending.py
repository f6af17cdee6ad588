"""Passes an SMS to the gateway after the writes of its cause are committed."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from accounts.sign_in.sms import SmsGateway, SmsMessage, SmsNotSent
from accounts.sign_in.sms_gateways.outbox import OutboxGateway
from service.configuration.settings import Settings
from service.observing import metrics

log = logging.getLogger(__name__)


class CountedGateway:
    """A gateway around another one: it counts the messages and logs the ones that were not accepted."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway

    def send(self, message: SmsMessage) -> None:
        """Send the message through the other gateway, and count it. Raises SmsNotSent."""
        try:
            self._gateway.send(message)
        except SmsNotSent as error:
            metrics.count_sms(error.reason)
            log.error("an SMS was not taken: %s", error.reason)
            raise
        metrics.count_sms("sent")


class ForgivingGateway:
    """A gateway around another one that never raises: the request that caused the message is answered already.

    If a message is lost, the person can request another one a minute later.
    """

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway

    def send(self, message: SmsMessage) -> None:
        """Send the message through the other gateway, or give it up."""
        with suppress(SmsNotSent):
            self._gateway.send(message)


class BackgroundGateway:
    """A gateway that sends from its own threads, so that answers for known and unknown phones take the same time."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sms")

    def send(self, message: SmsMessage) -> None:
        """Queue the message and return at once."""
        self._threads.submit(self._gateway.send, message)


def choose_gateway(settings: Settings) -> SmsGateway:
    """Return the gateway of the settings for requests, which never raises and doesn't wait for a far end.

    Raises ImportError if its extra is not installed.
    """
    gateway = ForgivingGateway(make_gateway(settings))
    return gateway if settings.sms_gateway == "outbox" else BackgroundGateway(gateway)


def make_gateway(settings: Settings) -> SmsGateway:
    """Return the gateway of the settings, which sends at once and raises SmsNotSent.

    Raises ImportError if its extra is not installed.
    """
    if settings.sms_gateway == "outbox":
        return CountedGateway(OutboxGateway(settings.var / "outbox"))
    secret = settings.sms_access_key_secret.get_secret_value()
    gateway: SmsGateway
    if settings.sms_gateway == "aliyun":
        from accounts.sign_in.sms_gateways.aliyun import AliyunGateway

        gateway = AliyunGateway(
            access_key_id=settings.sms_access_key_id,
            access_key_secret=secret,
            sign_name=settings.sms_sign_name,
            template=settings.sms_template,
        )
    else:
        from accounts.sign_in.sms_gateways.tencent import TencentGateway

        gateway = TencentGateway(
            secret_id=settings.sms_access_key_id,
            secret_key=secret,
            app_id=settings.sms_app_id,
            sign_name=settings.sms_sign_name,
            template=settings.sms_template,
        )
    return CountedGateway(gateway)
