"""What the tests of rule sets share with others."""

from typing import Any

from credit.rules.rule_book import packaged
from tests.credit.conftest import CreditScene

Content = dict[str, Any]


def next_version(**standard: str) -> Content:
    """The second version of ZJ-LEGACY, with another standard."""
    content = packaged()["ZJ-LEGACY", 1].model_dump(mode="json", by_alias=True)
    content["standard"] |= standard
    return content | {"version": 2}


def publish(scene: CreditScene, content: Content) -> None:
    reply = scene.authority.post(f"/rule-sets/{content['code']}/versions", {"content": content, "reason": "年度调整"})
    assert reply.status_code == 201, reply.json


def choose(scene: CreditScene, code: str, version: int, day: str) -> Any:
    new = {"effective_on": day, "code": code, "version": version, "reason": "年度调整"}
    return scene.authority.post("/rule-set-choices", new)
