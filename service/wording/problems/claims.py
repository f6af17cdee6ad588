"""Why a claim can't be entered, submitted or reviewed."""

from service.wording.problems.kinds import ProblemKind

CLAIMS: dict[str, ProblemKind] = {
    "claims_not_opened": ProblemKind(
        403,
        "学分录入权限未开通",
        "Claims are not opened for you",
        "请联系所在单位管理员开通。",
        "Ask the admin of your unit to open them.",
    ),
    "claim_invalid": ProblemKind(
        422,
        "填报内容不符合规定",
        "The claim breaks a rule",
        "请按提示修改后再保存。",
        "Correct the field and save it again.",
    ),
    "claim_submitted": ProblemKind(
        409,
        "该记录已上报，不能修改或删除",
        "The claim is submitted, and can't be changed",
        "尚未审核的可先撤回；退回的可以修改。",
        "Withdraw it first if nobody has reviewed it yet. One that is returned can be changed.",
    ),
    "claim_not_waiting": ProblemKind(
        409,
        "该记录不在待审核状态",
        "The claim doesn't wait for a review",
        "请刷新列表查看最新状态。",
        "Load it again to see its status.",
    ),
    "not_your_turn": ProblemKind(
        409,
        "尚未轮到您审核",
        "It is not your turn to review the claim",
        "请等待前一级审核；您已审核过的，如需再以另一级身份审核，请选择该级。",
        "Wait for the level that has it. If you reviewed it at a lower level, choose the level that you mean now.",
    ),
    "own_claim": ProblemKind(
        403,
        "不能审核自己的填报",
        "Nobody reviews their own claims",
        "请由其他管理员审核。",
        "Another admin reviews it.",
    ),
    "comment_needed": ProblemKind(
        422,
        "请填写审核意见",
        "Say why",
        "退回或审核不通过须填写审核意见。",
        "Give a comment if you return or reject it.",
    ),
    "same_day_study": ProblemKind(
        409,
        "同一天业务学习只能填报1次",
        "An in-house study counts once a day",
        "该日已有业务学习记录；如需更正请修改原记录。",
        "There is one on that day already. To correct it, change that one.",
    ),
    "already_recorded": ProblemKind(
        409,
        "该活动的学分已有记录",
        "The activity is recorded already",
        "同一活动只计一次学分，该活动已有记录。",
        "An activity gives credits once, and this one is on record.",
    ),
    "likely_recorded": ProblemKind(
        409,
        "该活动可能已有记录",
        "The activity is probably recorded already",
        "请核对已有的相似记录；如确为另一活动，请说明理由，审核人员会看到。",
        "Look at the record that it resembles. If yours is another activity, say why; the reviewers will see it.",
    ),
    "too_many_credits": ProblemKind(
        422,
        "学分超过该项规定的上限",
        "The rule gives no so many credits",
        "请按学分证如实填写，不超过上限。",
        "Enter the credits of the certificate, and no more than the limit.",
    ),
}
