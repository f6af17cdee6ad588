"""What the tests of compliance share with others."""

from datetime import date, timedelta
from decimal import Decimal

from credit.compliance.lines import CreditLine, LineStatus
from credit.rules.rule_book import packaged
from models.base import new_id
from models.ledger import SourceRole

LEGACY = packaged()["ZJ-LEGACY", 1]


YEAR = 2026


def line(
    category: str = "NAT",
    credits: str | Decimal = "5.00",
    hours: str | Decimal = "15.0",
    rule: str | None = None,
    status: LineStatus = LineStatus.APPROVED,
    day: int = 0,
    mode: str = "培训班",
) -> CreditLine:
    """A line of credits."""
    amount = Decimal(credits)
    return CreditLine(
        id=new_id(),
        status=status,
        position=day,
        activity_on=date(YEAR, 1, 1) + timedelta(days=day),
        activity_name="示例课程",
        activity_number=None,
        activity_type="集体活动",
        category=category,
        credit_class=None,
        source_role=SourceRole.LEARNER,
        discipline=None,
        delivery_mode=mode,
        hours=Decimal(hours),
        credits=amount,
        counted=amount,
        recorded_by_unit="示例机构",
        rule_code=rule or f"{category}-L",
        rule_set="ZJ-LEGACY",
        rule_set_version=1,
        review_comment=None,
    )
