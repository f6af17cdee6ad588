"""Sending files of questions, as several tests do."""

import io
from typing import Any

from tests.api import Api, Reply

GIFT = """// 急诊题库
::Q1::心电图 P 波代表 {
=心房除极
~心室除极
~心室复极
####P 波是心房除极波
}

房颤可有心悸。{T}

肌钙蛋白升高见于{=心梗 =心肌梗死}。
"""


def send(who: Api, content: bytes | str, form: str, **more: str) -> Reply:
    """Upload a file for a preview."""
    file = (io.BytesIO(content if isinstance(content, bytes) else content.encode()), "questions")
    fields: dict[str, Any] = {"file": file, "form": form, "discipline": "急诊", **more}
    return who.call("POST", "/question-imports", data=fields, content_type="multipart/form-data")


def take(who: Api, content: bytes | str, form: str, **more: str) -> Reply:
    """Upload a file and commit it."""
    read = send(who, content, form, **more)
    assert read.status_code in (201, 202), read.json
    return who.post(f"/question-imports/{read.json['id']}/commit")
