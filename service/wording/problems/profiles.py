"""What is wrong with a change of a profile."""

from service.wording.problems.kinds import ProblemKind

PROFILES: dict[str, ProblemKind] = {
    "profile_field_read_only": ProblemKind(
        422,
        "该项资料不能自行修改",
        "This field of the profile is read-only",
        "请在“个人资料”中提交更正申请，由所在单位管理员审核。",
        "Ask for a correction on the page of your profile: the admin of your unit decides.",
    ),
    "profile_value_invalid": ProblemKind(
        422,
        "该项资料不能是这个值",
        "The field can't have this value",
        "请从给出的选项中选择；日期写作 2000-01-31，证件号请核对校验位。",
        "Choose one of those that are offered; a date is written 2000-01-31; check the digits of an ID number.",
    ),
    "profile_unchanged": ProblemKind(
        409,
        "与现有资料相同",
        "This is the value on file",
        "无需申请更正；刷新个人资料即可看到。",
        "Nothing needs to be corrected: reload your profile.",
    ),
    "profile_requests_full": ProblemKind(
        409,
        "一年内的更正申请过多",
        "You asked for too many corrections this year",
        "请直接联系所在单位管理员更正。",
        "Ask the admin of your unit directly.",
    ),
}
