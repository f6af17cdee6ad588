"""My claims as a workbook (导出Excel), with the columns of figure 6."""

from collections.abc import Iterator

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from accounts.people.names import name_units
from credit.claims import claims
from models.claims import Claim
from service.api.claims.claim_shapes import Shapes
from service.api.claims.schemas.my_claims import ClaimSought
from service.edge.access import signed_in
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.wording.vocabulary.claims import CLAIMS
from sheets.writing import XLSX, Line, xlsx_bytes

api = APIBlueprint("my_claim_sheets", __name__, tag="Claims")

CLAIM_TITLES = (
    "活动日期", "内容", "学分证明照片", "学分类别", "学分子类别", "学科", "举办方式", "学分", "学时", "上报日期",
    "科室审核日期", "单位审核日期", "审核部门", "当前状态", "审核",
)  # fmt: skip
"""The columns of figure 6 but 选择 and 操作, which are for a screen."""


@api.get("/me/claims.xlsx")
@signed_in()
@refuses()
@api.input(ClaimSought, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_claims_sheet(call: Call, query: ClaimSought) -> Response:
    """Show all my claims of a period as a workbook, newest day first (M-3.3.2)."""
    found = claims.list_own(call.db, caller=call.caller, sought=query.sought(), after=None, limit=None)
    data = xlsx_bytes(CLAIM_TITLES, _lines(call, list(found)), name="录入学分查询管理")
    return attachment(data, XLSX, "claims.xlsx")


def _lines(call: Call, found: list[Claim]) -> Iterator[Line]:
    shapes = Shapes(call.db, found)
    units = name_units(call.db, {each.review_unit_id for each in found if each.review_unit_id})
    for claim in found:
        facts = shapes.facts(claim)
        days = (facts[name] for name in ("submitted_on", "department_reviewed_on", "unit_reviewed_on"))
        unit = units[claim.review_unit_id].name if claim.review_unit_id else None
        yield (
            claim.activity_on.isoformat(), facts["content"], len(facts["evidence"]), facts["credit_class"],
            facts["credit_subclass"], facts["discipline"], claim.delivery_mode, claim.credits, claim.hours,
            *(day.isoformat() if day else None for day in days), unit, CLAIMS["ClaimStage"][facts["stage"]][0],
            claim.comment,
        )  # fmt: skip
