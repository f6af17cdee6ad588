"""Aliyun's short message service, through its SDK (the extra sms-aliyun)."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from accounts.sign_in.sms import Reason, SmsMessage, SmsNotSent, reason_of

_CONNECT_MS, _READ_MS = 5_000, 10_000
_REASONS = {
    "isv.BUSINESS_LIMIT": Reason.TOO_MANY,
    "isv.DAY_LIMIT": Reason.TOO_MANY,
    "isv.MONTH_LIMIT": Reason.TOO_MANY,
    "Throttling": Reason.TOO_MANY,
    "isv.MOBILE_NUMBER": Reason.BAD_NUMBER,
    "isv.DENY_IP": Reason.MISCONFIGURED,
    "isv.SMS_SIGN": Reason.MISCONFIGURED,
    "isv.SMS_TEMPLATE": Reason.MISCONFIGURED,
    "isv.TEMPLATE": Reason.MISCONFIGURED,
    "isv.PRODUCT_UN": Reason.MISCONFIGURED,
    "isv.ACCOUNT": Reason.MISCONFIGURED,
    "isp.RAM_PERMISSION": Reason.MISCONFIGURED,
    "InvalidAccessKeyId": Reason.MISCONFIGURED,
    "SignatureDoesNotMatch": Reason.MISCONFIGURED,
    "Forbidden": Reason.MISCONFIGURED,
    "isv.AMOUNT_NOT_ENOUGH": Reason.NO_BALANCE,
    "isv.OUT_OF_SERVICE": Reason.NO_BALANCE,
    "isp.SYSTEM_ERROR": Reason.UNREACHABLE,
    "isp.GATEWAY_ERROR": Reason.UNREACHABLE,
    "ServiceUnavailable": Reason.UNREACHABLE,
    "InternalError": Reason.UNREACHABLE,
}


class AliyunGateway:
    """Sends through Dysmsapi 2017-05-25. template: of codes; it has one parameter, `code`.

    Raises ImportError with the name of the extra if the SDK is not installed.
    """

    def __init__(
        self,
        *,
        access_key_id: str,
        access_key_secret: str,
        sign_name: str,
        template: str,
        endpoint: str = "https://dysmsapi.aliyuncs.com",
    ) -> None:
        try:
            from alibabacloud_dysmsapi20170525 import client, models
            from alibabacloud_tea_openapi.models import Config
            from darabonba.exceptions import DaraException  # type: ignore[import-untyped]
            from darabonba.runtime import RuntimeOptions  # type: ignore[import-untyped]
        except ImportError:
            raise ImportError("SMS_GATEWAY=aliyun needs the extra sms-aliyun (docs/operations.md)") from None
        logging.getLogger("darabonba-core").setLevel(logging.WARNING)  # it sets itself to DEBUG and logs URLs
        where = urlsplit(endpoint)
        self._request, self._refused = models.SendSmsRequest, DaraException
        self._sign_name, self._template = sign_name, template
        self._runtime = RuntimeOptions(connect_timeout=_CONNECT_MS, read_timeout=_READ_MS)
        self._client = client.Client(
            Config(
                access_key_id=access_key_id,
                access_key_secret=access_key_secret,
                endpoint=where.netloc,
                protocol=where.scheme,
            )
        )

    def send(self, message: SmsMessage) -> None:
        """Send the message through Aliyun, without a retry. Raises SmsNotSent."""
        reason = self._try(message)
        if reason is not None:
            raise SmsNotSent(reason)  # without a cause: the SDK's own errors quote the request

    def _try(self, message: SmsMessage) -> Reason | None:
        request = self._request(
            phone_numbers=_as_dialled(message.phone),
            sign_name=self._sign_name,
            template_code=message.template or self._template,
            template_param=json.dumps(dict(message.filled_in)),
        )
        try:
            reply: Any = self._client.send_sms_with_options(request, self._runtime)
            code = str(reply.body.code)
        except self._refused as error:
            code = str(error.code)
            if getattr(error, "status_code", None) in (500, 502, 503, 504):
                return Reason.UNREACHABLE
        except Exception:  # the SDK raises many kinds: time-outs, broken replies, its own retries
            return Reason.UNREACHABLE
        return None if code == "OK" else reason_of(code, _REASONS)


def _as_dialled(phone: str) -> str:
    """Return a phone in Aliyun's form: mainland numbers without country code, others with it but without the plus."""
    return phone.removeprefix("+86") if phone.startswith("+86") else phone.removeprefix("+")
