"""The gateways against the real SDKs; only the far end is a server of our own on the loopback."""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.sign_in.sms import SmsGateway, SmsMessage, SmsNotSent
from accounts.sign_in.sms_gateways.aliyun import AliyunGateway
from accounts.sign_in.sms_gateways.outbox import OutboxGateway
from accounts.sign_in.sms_gateways.tencent import TencentGateway

PHONE, CODE = "+8613800138000", "493817"
MESSAGE = SmsMessage(phone=PHONE, purpose="login", code=CODE, text=f"验证码 {CODE}，五分钟内有效。")


@dataclass
class FarEnd:
    """What the gateway's server answers, and what it was asked."""

    url: str = ""
    status: int = 200
    body: dict[str, Any] | str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, status: int, body: dict[str, Any] | str) -> None:
        self.status, self.body = status, body


@pytest.fixture
def far_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[FarEnd]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    end = FarEnd()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            end.asked.append({"query": parse_qs(urlsplit(self.path).query), "body": sent, "headers": self.headers})
            reply = (end.body if isinstance(end.body, str) else json.dumps(end.body)).encode()
            self.send_response(end.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        end.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield end
        server.shutdown()
        thread.join()


def aliyun(url: str) -> AliyunGateway:
    return AliyunGateway(
        access_key_id="id", access_key_secret="secret", sign_name="医教", template="SMS_1", endpoint=url
    )


def tencent(url: str) -> TencentGateway:
    return TencentGateway(
        secret_id="id", secret_key="secret", app_id="1400000000", sign_name="医教", template="77", endpoint=url
    )


def tencent_status(code: str) -> dict[str, Any]:
    return {"Response": {"SendStatusSet": [{"Code": code, "Message": PHONE, "PhoneNumber": PHONE}], "RequestId": "r"}}


def tencent_error(code: str) -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": f"{PHONE} {CODE}"}, "RequestId": "r"}}


def test_aliyun_is_asked_for_a_template_message_to_a_bare_mainland_number(far_end: FarEnd) -> None:
    far_end.answer(200, {"Code": "OK", "Message": "OK", "RequestId": "r", "BizId": "b"})
    aliyun(far_end.url).send(MESSAGE)
    (asked,) = far_end.asked
    assert asked["headers"]["x-acs-action"] == "SendSms"
    assert asked["query"]["PhoneNumbers"] == ["13800138000"]
    assert asked["query"]["SignName"] == ["医教"]
    assert asked["query"]["TemplateCode"] == ["SMS_1"]
    assert json.loads(asked["query"]["TemplateParam"][0]) == {"code": CODE}


def test_aliyun_gets_a_foreign_number_with_its_country_code(far_end: FarEnd) -> None:
    far_end.answer(200, {"Code": "OK"})
    aliyun(far_end.url).send(SmsMessage(phone="+85261234567", purpose="login", code=CODE, text=""))
    assert far_end.asked[0]["query"]["PhoneNumbers"] == ["85261234567"]


def notice(kind: str = "face_enrolled") -> SmsMessage:
    return SmsMessage(phone=PHONE, purpose=kind, text="…", template="880", parameters={"time": "2026-05-04 09:02"})


def test_aliyun_sends_a_notice_by_its_own_template(far_end: FarEnd) -> None:
    far_end.answer(200, {"Code": "OK"})
    aliyun(far_end.url).send(notice())
    (asked,) = far_end.asked
    assert asked["query"]["TemplateCode"] == ["880"]
    assert json.loads(asked["query"]["TemplateParam"][0]) == {"time": "2026-05-04 09:02"}


def test_tencent_sends_a_notice_by_its_own_template(far_end: FarEnd) -> None:
    far_end.answer(200, tencent_status("Ok"))
    tencent(far_end.url).send(notice())
    body = json.loads(far_end.asked[0]["body"])
    assert (body["TemplateId"], body["TemplateParamSet"]) == ("880", ["2026-05-04 09:02"])


def test_a_notice_in_the_outbox_leaves_the_last_code_where_it_is(tmp_path: Path) -> None:
    outbox = OutboxGateway(tmp_path)
    outbox.send(MESSAGE)
    outbox.send(notice())
    code, told = outbox.last(PHONE), outbox.last_notice(PHONE)
    assert code is not None
    assert code.message == MESSAGE
    assert told is not None
    assert told.message == notice()


def test_tencent_is_asked_for_a_template_message(far_end: FarEnd) -> None:
    far_end.answer(200, tencent_status("Ok"))
    tencent(far_end.url).send(MESSAGE)
    (asked,) = far_end.asked
    assert asked["headers"]["X-TC-Action"] == "SendSms"
    assert json.loads(asked["body"]) == {
        "PhoneNumberSet": [PHONE],
        "SmsSdkAppId": "1400000000",
        "TemplateId": "77",
        "SignName": "医教",
        "TemplateParamSet": [CODE],
    }


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": PHONE}, "too_many"),
        (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": PHONE}, "bad_number"),
        (200, {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": ""}, "no_balance"),
        (200, {"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": ""}, "misconfigured"),
        (200, {"Code": "isv.SOMETHING_NEW", "Message": CODE}, "refused"),
        (404, {"Code": "InvalidAccessKeyId.NotFound", "Message": CODE, "RequestId": "r"}, "misconfigured"),
        (400, {"Code": "Throttling.User", "Message": CODE, "RequestId": "r"}, "too_many"),
        (503, {"Code": "Whatever", "Message": CODE, "RequestId": "r"}, "unreachable"),
        (200, "no json", "unreachable"),
    ],
)
def test_aliyun_refusals_have_stable_reasons_and_tell_nothing(
    far_end: FarEnd, caplog: pytest.LogCaptureFixture, status: int, body: dict[str, Any] | str, reason: str
) -> None:
    far_end.answer(status, body)
    _assert_refused(aliyun(far_end.url), reason, caplog)
    assert len(far_end.asked) == 1  # a message is never sent twice


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, tencent_status("LimitExceeded.PhoneNumberOneHourLimit"), "too_many"),
        (200, tencent_status("FailedOperation.PhoneNumberInBlacklist"), "bad_number"),
        (200, tencent_status("InvalidParameterValue.IncorrectPhoneNumber"), "bad_number"),
        (200, tencent_status("FailedOperation.InsufficientBalanceInSmsPackage"), "no_balance"),
        (200, tencent_status("FailedOperation.TemplateIncorrectOrUnapproved"), "misconfigured"),
        (200, tencent_status("FailedOperation.ContainSensitiveWord"), "refused"),
        (200, tencent_error("AuthFailure.SignatureFailure"), "misconfigured"),
        (200, tencent_error("RequestLimitExceeded"), "too_many"),
        (502, "bad gateway", "unreachable"),
        (200, {"Response": {"SendStatusSet": [], "RequestId": "r"}}, "unreachable"),
    ],
)
def test_tencent_refusals_have_stable_reasons_and_tell_nothing(
    far_end: FarEnd, caplog: pytest.LogCaptureFixture, status: int, body: dict[str, Any] | str, reason: str
) -> None:
    far_end.answer(status, body)
    _assert_refused(tencent(far_end.url), reason, caplog)
    assert len(far_end.asked) == 1


@pytest.mark.parametrize("make", [aliyun, tencent])
def test_a_gateway_that_nobody_answers_at_is_unreachable(
    far_end: FarEnd, caplog: pytest.LogCaptureFixture, make: Any
) -> None:
    _assert_refused(make("http://127.0.0.1:1"), "unreachable", caplog)


@pytest.mark.parametrize(
    ("make", "module", "extra"),
    [
        (aliyun, "alibabacloud_dysmsapi20170525", "sms-aliyun"),
        (tencent, "tencentcloud.common.credential", "sms-tencent"),
    ],
)
def test_a_missing_sdk_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, make: Any, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=extra):
        make("http://127.0.0.1:1")


def test_the_outbox_keeps_the_last_message_of_each_phone(tmp_path: Path) -> None:
    outbox = OutboxGateway(tmp_path / "outbox")
    assert outbox.last(PHONE) is None
    outbox.send(MESSAGE)
    newer = SmsMessage(phone=PHONE, purpose="recovery", code="112233", text="…")
    outbox.send(newer)
    outbox.send(SmsMessage(phone="+8613900139000", purpose="login", code="445566", text="…"))
    found = OutboxGateway(tmp_path / "outbox").last(PHONE)
    assert found is not None
    assert found.message == newer
    assert found.sent_at.tzinfo is not None


def test_the_outbox_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    outbox = OutboxGateway(tmp_path / "outbox")
    outbox.send(MESSAGE)
    (kept,) = (tmp_path / "outbox").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700
    assert PHONE[-11:] not in kept.name


def test_a_phone_that_is_no_phone_finds_nothing_in_the_outbox(tmp_path: Path) -> None:
    OutboxGateway(tmp_path / "outbox").send(MESSAGE)
    assert OutboxGateway(tmp_path / "outbox").last("../../etc/passwd") is None


def _assert_refused(gateway: SmsGateway, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "urllib3")  # as service/observing/logs.py has it: at DEBUG it writes URLs
    with pytest.raises(SmsNotSent) as refused:
        gateway.send(MESSAGE)
    assert refused.value.reason == reason
    told = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert CODE not in told
    assert PHONE[-11:] not in told
