"""The content of annual and multi-year summaries (学分年度汇总表, 多年度汇总表; M-11), for PDF and print page."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from accounts.people.names import name_units
from accounts.profiles.history import list_history
from credit.access import CreditHolder
from credit.compliance.category_tree import TOTAL, summarize
from credit.compliance.lines import whole_year
from credit.compliance.year import YearResult, judge_year
from foundation.clock import day_at_home
from models.people import Person
from models.profiles import PersonProfile
from service.api.credit.credit_shapes import Names
from service.api.credit.credit_sheets import COMPLIANCE_TITLES, RESULTS, compliance_cells, standard_of, sums_of
from service.wording.vocabulary.profiles import PROFILES

ANNUAL, MULTI_YEAR = "学分年度汇总表", "学分多年度汇总表"
_COLUMNS = COMPLIANCE_TITLES[:12]
_NOTE = "本表由系统自动生成，不使用电子印章，以系统查询结果为准。未审核的学分列于表中，不计入达标。"


def summary_of_years(
    db: Session, *, holder: CreditHolder, person: Person, years: Sequence[int], is_multi: bool, now: datetime
) -> dict[str, Any]:
    """Return all that a summary says, as plain JSON values. years: in their order.

    person: the holder. is_multi: whether a table of the years stands above. Amounts are texts, credits with two places
    and hours with one (M-X.6).
    """
    states = _states(db, person, years)
    results = [judge_year(db, holder=holder, year=year) for year in years]
    unit = name_units(db, {person.unit_id})[person.unit_id].name
    known = [("姓名", person.name), ("继教编号", person.cme_number), ("所在单位", person.employer or unit)]
    return {
        "title": MULTI_YEAR if is_multi else ANNUAL,
        "period": "、".join(f"{year}年" for year in years),
        "person": [[label, value] for label, value in known if value],
        "columns": list(_COLUMNS),
        "overview": [_overview(each) for each in results] if is_multi else None,
        "years": [_year(db, each, person.cme_number) | {"state": states[each.year]} for each in results],
        "note": _NOTE,
        "made_on": f"打印日期：{day_at_home(now).isoformat()}",
    }


def _states(db: Session, person: Person, years: Sequence[int]) -> dict[int, list[list[str]]]:
    """Return unit and title of each year, as its end had them (M-5.4), labelled; the oldest known for years before."""
    rows = list_history(db, person, db.get(PersonProfile, person.id))
    found = {}
    for year in years:
        row = next((each for each in rows if each.year <= year), rows[-1])
        title = PROFILES["Title"][row.title][0] if row.title is not None else None
        found[year] = [[label, value] for label, value in (("单位", row.unit_name), ("职称", title)) if value]
    return found


def _year(db: Session, result: YearResult, cme_number: str | None) -> dict[str, Any]:
    found, period = result.compliance, whole_year(result.year)
    names = Names(db, [each.line for each in found.lines])
    rows = [compliance_cells(result, each, names, cme_number) for each in found.lines]
    return {
        "year": result.year,
        "period": f"{period.first.isoformat()}----{period.last.isoformat()}",
        "count": f"总记录数：{len(rows)}条",
        "result": f"达标结果：{RESULTS[found.result]}",
        "rules": f"依据：{result.rule_set.name}（{result.rule_set.code} 第{result.rule_set.version}版）",
        "rows": [[_text(cell) for cell in row] for row in rows],
        "sums": [str(amount) for amount in sums_of(found.lines)],
        "totals": _totals(result),
        "standard": [[label, *map(str, amounts)] for label, *amounts in standard_of(result)],
    }


def _totals(result: YearResult) -> list[list[str]]:
    """Return name, credits and hours of the total and of each class: what counts, so without what waits (M-X.2)."""
    classes = {each.name for each in result.rule_set.classes}
    rows = [row for row in summarize(result.rule_set, result.compliance.lines) if row.name in {TOTAL, *classes}]
    return [[row.name, _amount(row.name, row.credits), str(row.hours)] for row in rows]


def _overview(result: YearResult) -> list[list[str]]:
    """Return the line of one year in a table of several: label and value of each column."""
    totals = [[name, credits] for name, credits, _ in _totals(result)]
    return [
        ["年度", str(result.year)],
        *totals,
        ["学时", _totals(result)[0][2]],
        ["达标结果", RESULTS[result.compliance.result]],
    ]


def _amount(name: str, credits: Decimal) -> str:
    """Return credits as a text. Other credits of zero are `0` (M-X.6)."""
    return "0" if name == "其他学分" and not credits else str(credits)


def _text(cell: str | Decimal | None) -> str:
    return "" if cell is None else str(cell)
