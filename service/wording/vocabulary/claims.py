"""Words about claims and their review: by the enum's name and its value, Chinese and English."""

from service.wording.vocabulary.kinds import Vocabulary

CLAIMS: dict[str, Vocabulary] = {
    "ClaimMode": {"free": ("非向导录入", "entered freely"), "wizard": ("向导录入", "entered step by step")},
    "ClaimStatus": {
        "draft": ("未上报", "not submitted"),
        "submitted": ("已上报，待审核", "submitted, under review"),
        "returned": ("退回", "returned"),
        "approved": ("审核通过", "approved"),
        "rejected": ("审核不通过", "rejected"),
        "reversed": ("已冲销", "taken back"),
    },
    "ClaimStage": {
        "not_submitted": ("未上报", "not submitted"),
        "at_department": ("已上报->科室管理员未审核", "submitted -> waits for the department"),
        "at_unit": ("已上报->单位管理员未审核", "submitted -> waits for the unit"),
        "at_authority": ("已上报->上级主管部门未审核", "submitted -> waits for the authority"),
        "department_passed": ("科室审核通过->单位管理员未审核", "passed by the department -> waits for the unit"),
        "department_passed_to_authority": (
            "科室审核通过->上级主管部门未审核",
            "passed by the department -> waits for the authority",
        ),
        "unit_passed": ("单位审核通过->上级主管部门未审核", "passed by the unit -> waits for the authority"),
        "approved": ("审核通过", "approved"),
        "returned": ("退回", "returned"),
        "rejected": ("审核不通过", "rejected"),
        "reversed": ("已冲销", "taken back"),
    },
    "ReviewLevel": {
        "department": ("科室", "department"),
        "unit": ("单位", "unit"),
        "authority": ("上级主管部门", "authority"),
    },
    "ClaimAct": {
        "submit": ("上报", "submitted"),
        "withdraw": ("撤回", "withdrawn"),
        "approve": ("审核通过", "approved"),
        "return": ("退回", "returned"),
        "reject": ("审核不通过", "rejected"),
        "passed_on": ("转交", "passed on, for nobody could decide there"),
    },
    "ClaimVerdict": {
        "approve": ("通过", "approve"),
        "return": ("退回", "return"),
        "reject": ("不通过", "reject"),
    },
    "OwnAction": {
        "edit": ("修改", "edit"),
        "delete": ("删除", "delete"),
        "submit": ("上报", "submit"),
        "withdraw": ("撤回", "withdraw"),
    },
    "ClaimWarningCode": {
        "hours_zero": ("学时为 0，请确认是否漏填", "the hours are 0: was that forgotten?"),
    },
}
