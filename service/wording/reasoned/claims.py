"""Hints about claims: by code and the fact `why`, or "" for any."""

CLAIMS: dict[tuple[str, str], tuple[str, str]] = {
    ("claim_invalid", "in_future"): (
        "活动日期和起止日期不能晚于今天。",
        "The day of an activity, and those of a leave, are not after today.",
    ),
    ("claim_invalid", "year_closed"): (
        "只能填报 {earliest} 及之后的活动，更早的请联系单位管理员。",
        "Activities can be claimed from {earliest} on. Ask your unit's admin about earlier ones.",
    ),
    ("claim_invalid", "name_too_short"): (
        "请写明学习内容，至少 {least} 个字。",
        "Say what the activity was about, in at least {least} characters.",
    ),
    ("claim_invalid", "kind_of_learning"): (
        "名称不能只写“大查房”“病例讨论会”等学习形式，请写明内容，例如“大查房：肺栓塞病例分析”。",
        "A kind of learning alone, such as 大查房, is no name. Add what it was about, as in 大查房：肺栓塞病例分析.",
    ),
    ("claim_invalid", "unknown_rule"): (
        "请从填报目录中选择活动日期当日有效、可自行填报的规定。",
        "Choose a rule of the catalogue that people can claim by on that day.",
    ),
    ("claim_invalid", "unknown_rank"): (
        "请选择该项规定名次表中的一行。",
        "Choose a row of the rule's rank table.",
    ),
    ("claim_invalid", "free_only"): (
        "外出进修、援外、赴外省项目请用非向导录入。",
        "Training elsewhere, aid and projects of other provinces are entered freely (非向导录入).",
    ),
    ("claim_invalid", "field_missing"): ("请填写{fields}。", "Fill in {fields}."),
    ("claim_invalid", "once_a_day"): (
        "同一天业务学习，“实际完成”只能填 1。",
        "An in-house study counts once a day: enter 1.",
    ),
    ("claim_invalid", "how_many"): (
        "请上传 1 至 {most} 个佐证材料，且不重复。",
        "Give 1 to {most} pieces of evidence, each once.",
    ),
    ("claim_invalid", "days_reversed"): (
        "结束日期不能早于开始日期，且须有开始日期。",
        "The last day is not before the first one, and both are given.",
    ),
    ("claim_invalid", "no_credits"): (
        "按该项规定计算学分为 0，请检查{fields}。",
        "No credits come of this by the rule: check {fields}.",
    ),
    ("claim_invalid", "quantity_out_of_range"): (
        "数量须大于 0，最多 {largest}（单位：{quantity_unit}）。",
        "The quantity is more than 0 and at most {largest} {quantity_unit}.",
    ),
    ("claim_invalid", "not_whole"): (
        "数量须为整数（单位：{quantity_unit}）。",
        "The quantity is a whole number of {quantity_unit}.",
    ),
    ("claim_invalid", "not_for_rule"): (
        "该项规定不需要{fields}，请留空。",
        "This rule takes no {fields}: leave it empty.",
    ),
    ("claim_invalid", "set_by_rule"): (
        "学分由规定确定，为 {by_rule}，不能自行填写。",
        "The rule gives {by_rule} credits: leave their number empty.",
    ),
    ("claim_invalid", "no_correction"): (
        "只有审核通过时可以更正学分，且须大于 0。",
        "Credits are corrected by an approval alone, and are more than 0.",
    ),
    ("not_your_turn", ""): (
        "该记录在{waits_for}待审核。如您已审核过，需再以该级身份审核，请选择该级。",
        "It waits for the {waits_for}. If you reviewed it at a lower level, choose that you mean this one.",
    ),
    ("too_many_credits", ""): (
        "该项规定最多 {most_credits} 学分。",
        "The rule gives {most_credits} credits at most.",
    ),
}
