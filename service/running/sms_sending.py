"""Passes an SMS to the gateway after the request's writes are committed."""

import logging
from concurrent.futures import ThreadPoolExecutor

from accounts.sign_in.sms import SmsGateway, SmsMessage, SmsNotSent
from accounts.sign_in.sms_gateways.outbox import OutboxGateway
from service.configuration.settings import Settings
from service.observing import metrics

log = logging.getLogger(__name__)


class CountedGateway:
    """A gateway around another one: it counts the messages and logs the ones that were not accepted. Never raises.

    If a message is lost when the process ends, the person can request another one a minute later.
    """

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway

    def send(self, message: SmsMessage) -> None:
        """Send the message through the other gateway, and count it."""
        try:
            self._gateway.send(message)
        except SmsNotSent as error:
            metrics.count_sms(error.reason)
            log.error("an SMS was not taken: %s", error.reason)
        else:
            metrics.count_sms("sent")


class BackgroundGateway:
    """A gateway that sends from its own threads, so that answers for known and unknown phones take the same time."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sms")

    def send(self, message: SmsMessage) -> None:
        """Queue the message and return at once."""
        self._threads.submit(self._gateway.send, message)


def choose_gateway(settings: Settings) -> SmsGateway:
    """Return the gateway that the settings name. Raises ImportError if its extra is not installed."""
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
    return BackgroundGateway(CountedGateway(gateway))
