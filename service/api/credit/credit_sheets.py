"""Credits, compliance and summary as spreadsheet rows, with the columns of the manual's figures 7, 8 and 9."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from credit.compliance.category_tree import SummaryRow
from credit.compliance.judging import CountedLine, Result
from credit.compliance.lines import CreditLine, LineStatus
from credit.compliance.totals import Totals
from credit.compliance.year import YearResult
from credit.rules.rule_sets import RuleSet
from service.api.credit.credit_shapes import Names
from sheets.writing import Line

CREDIT_TITLES = (
    "日期", "项目编号", "活动名称", "活动类型", "学分级别", "学科", "举办方式", "学时", "学分", "审核状态", "审核意见",
    "学分录入单位",
)  # fmt: skip
COMPLIANCE_TITLES = (
    "人员编号", "活动日期", "项目编号", "内容", "学分类别", "学分子类别", "学科", "举办方式", "学分录入单位", "学分",
    "学时", "计入达标学分", "不计入达标原因",
)  # fmt: skip
SUMMARY_TITLES = ("名称", "学分", "学时")
_STATUSES = {
    LineStatus.APPROVED: "审核通过",
    LineStatus.PENDING: "未审核",
    LineStatus.RETURNED: "退回",
    LineStatus.REJECTED: "审核不通过",
    LineStatus.REVERSED: "已冲销",
}
RESULTS = {Result.MET: "达标", Result.NOT_MET: "未达标", Result.NOT_REQUIRED: "未作要求"}
_REASONS = {
    "project_cap": "超过单个项目的上限",
    "year_cap": "超过该类活动的年度上限",
    "group_cap": "超过同组活动的年度上限",
    "not_approved": "尚未审核通过",
}


def credit_lines(lines: Iterable[CreditLine], totals: Totals, names: Names) -> Iterator[Line]:
    """Yield the rows of figure 7, and its footer."""
    for line in lines:
        yield (
            line.activity_on.isoformat(), line.activity_number, line.activity_name, line.activity_type, names.of(line),
            line.discipline, line.delivery_mode, line.hours, line.credits, _STATUSES[line.status],
            line.review_comment, line.recorded_by_unit,
        )  # fmt: skip
    yield ("总分", totals.credits, "总学时", totals.hours)
    yield ("I类学分", totals.class_i, "II类学分", totals.class_ii, "其他学分", totals.other or 0)  # `0` (M-X.6)


def compliance_lines(year_result: YearResult, names: Names, cme_number: str | None) -> Iterator[Line]:
    """Yield the rows of figure 8 with the counted credits of each, then the sums, then the result of the year.

    The sums of credits and hours are of all rows, those that wait too (M-X.1).
    """
    found = year_result.compliance
    for each in found.lines:
        reason = _REASONS[each.reason] if each.reason else None
        yield (*compliance_cells(year_result, each, names, cme_number), reason)
    yield ("合计", *[None] * 8, *sums_of(found.lines))
    yield ("达标结果", RESULTS[found.result], "总记录数", len(found.lines))
    for label, have, least, missing in standard_of(year_result):
        yield (label, have, "要求", least, "尚缺", missing)


def compliance_cells(
    year_result: YearResult, each: CountedLine, names: Names, cme_number: str | None
) -> tuple[str | Decimal | None, ...]:
    """Return the eleven columns of figure 8 (M-4.2.4) and the counted credits."""
    line, classes = each.line, {known.code: known.name for known in year_result.rule_set.classes}
    code = each.category.credit_class if each.category else None
    return (
        cme_number, line.activity_on.isoformat(), line.activity_number, line.activity_name,
        classes.get(code, code) if code else None, names.of(line), line.discipline, line.delivery_mode,
        line.recorded_by_unit, line.credits, line.hours, each.counted,
    )  # fmt: skip


def sums_of(lines: Iterable[CountedLine]) -> tuple[Decimal, Decimal, Decimal]:
    """Return the sums of credits, hours and counted credits."""
    lines = tuple(lines)
    credits = sum((each.line.credits for each in lines), Decimal("0.00"))
    hours = sum((each.line.hours for each in lines), Decimal("0.0"))
    return credits, hours, sum((each.counted for each in lines), Decimal("0.00"))


def standard_of(year_result: YearResult) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Return each measure of the standard: its name, what the person has, what is required, and what is missing."""
    found = year_result.compliance
    have = found.have.named()
    return [
        (_measure(year_result.rule_set, name), have[name], least, found.missing.get(name, least * 0))
        for name, least in found.required.named().items()
    ]


def _measure(rule_set: RuleSet, name: str) -> str:
    kind, _, code = name.partition("_")
    named = {f"class_{each.code}": each.name for each in rule_set.classes}
    named |= {f"rolling_{each.code}": each.name for each in rule_set.rolling}
    return {"credits": "学分", "hours": "学时"}.get(kind) or named.get(name, code)


def summary_lines(rows: Iterable[SummaryRow]) -> Iterator[Line]:
    """Yield the rows of figure 9."""
    for row in rows:
        yield (row.name, row.credits, row.hours)
