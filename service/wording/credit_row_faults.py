"""What may be wrong with a field of an import of credits, in words that say what to do."""

FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("必填", "fill it in"),
    "invalid": ("格式或取值有误", "not in its form, or none of its values; amounts and days are texts"),
    "too_long": ("内容过长", "shorten it"),
    "unknown_field": ("没有这个字段", "there is no such field"),
    "in_future": ("日期在今天之后", "the day is still to come"),
    "unknown_person": ("本辖区没有这个继教编号", "nobody in your units has this number"),
    "own_credits": (
        "不能导入本人的学分，请由另一位管理员导入",
        "nobody imports their own: have another admin do it",
    ),
    "unknown_category": ("当日生效的规则中没有这个学分级别", "the rules of that day have no such category; see known"),
    "duplicate": ("与上面的一行重复", "a row above says the same"),
    "already_recorded": ("该活动的学分已经登记，更正须先撤销", "recorded before; to correct it, undo that first"),
}
"""By code: Chinese, English."""
