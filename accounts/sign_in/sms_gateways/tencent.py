"""Tencent Cloud's short message service, through its SDK (the extra sms-tencent)."""

from typing import Any
from urllib.parse import urlsplit

from accounts.sign_in.sms import Reason, SmsMessage, SmsNotSent, reason_of

_TIMEOUT_SECONDS = 10
_REASONS = {
    "LimitExceeded": Reason.TOO_MANY,
    "RequestLimitExceeded": Reason.TOO_MANY,
    "FailedOperation.PhoneNumber": Reason.BAD_NUMBER,
    "InvalidParameterValue.IncorrectPhoneNumber": Reason.BAD_NUMBER,
    "AuthFailure": Reason.MISCONFIGURED,
    "UnauthorizedOperation": Reason.MISCONFIGURED,
    "FailedOperation.SignatureIncorrectOrUnapproved": Reason.MISCONFIGURED,
    "FailedOperation.TemplateIncorrectOrUnapproved": Reason.MISCONFIGURED,
    "InvalidParameterValue": Reason.MISCONFIGURED,
    "FailedOperation.InsufficientBalanceInSmsPackage": Reason.NO_BALANCE,
    "InternalError": Reason.UNREACHABLE,
    "ClientNetworkError": Reason.UNREACHABLE,
    "ServerNetworkError": Reason.UNREACHABLE,
}


class TencentGateway:
    """Sends through the SMS API 2021-01-11. template: of codes; it has one parameter: the code.

    Raises ImportError with the name of the extra if the SDK is not installed.
    """

    def __init__(
        self,
        *,
        secret_id: str,
        secret_key: str,
        app_id: str,
        sign_name: str,
        template: str,
        region: str = "ap-guangzhou",
        endpoint: str = "https://sms.tencentcloudapi.com",
    ) -> None:
        try:
            from tencentcloud.common.credential import Credential
            from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
            from tencentcloud.common.profile.client_profile import ClientProfile
            from tencentcloud.common.profile.http_profile import HttpProfile
            from tencentcloud.sms.v20210111 import models, sms_client
        except ImportError:
            raise ImportError("SMS_GATEWAY=tencent needs the extra sms-tencent (docs/operations.md)") from None
        where = urlsplit(endpoint)
        http = HttpProfile(protocol=where.scheme, endpoint=where.netloc, reqTimeout=_TIMEOUT_SECONDS)
        self._request, self._refused = models.SendSmsRequest, TencentCloudSDKException
        self._app_id, self._sign_name, self._template = app_id, sign_name, template
        self._client = sms_client.SmsClient(Credential(secret_id, secret_key), region, ClientProfile(httpProfile=http))

    def send(self, message: SmsMessage) -> None:
        """Send the message through Tencent, without a retry. Raises SmsNotSent."""
        reason = self._try(message)
        if reason is not None:
            raise SmsNotSent(reason)  # without a cause: the SDK's own errors quote the request

    def _try(self, message: SmsMessage) -> Reason | None:
        request = self._request()
        request.PhoneNumberSet = [message.phone]
        request.SmsSdkAppId = self._app_id
        request.SignName = self._sign_name
        request.TemplateId = message.template or self._template
        request.TemplateParamSet = list(message.filled_in.values())
        try:
            reply: Any = self._client.SendSms(request)
            code = str(reply.SendStatusSet[0].Code)
        except self._refused as error:
            code = str(error.get_code())
        except Exception:  # the SDK raises many kinds: broken replies, an answer without a status
            return Reason.UNREACHABLE
        return None if code == "Ok" else reason_of(code, _REASONS)
