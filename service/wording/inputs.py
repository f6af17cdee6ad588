"""What is wrong with a value of a body or a query, by the code of pydantic: Chinese and English.

The names between braces are the facts that pydantic gives with the code.
"""

from collections.abc import Mapping
from typing import Any

INPUTS: dict[str, tuple[str, str]] = {
    "missing": ("必填", "this is needed"),
    "many_pages": ("一份 PDF 最多 {most} 张证书", "one PDF has at most {most} certificates"),
    "levels": (
        "审核级别按科室、单位、主管部门的顺序选，必须包括单位",
        "levels are some of department, unit, authority, in order, with unit",
    ),
    "extra_forbidden": ("没有这个字段", "there is no such field"),
    "string_type": ("应为文本", "must be text"),
    "string_too_short": ("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字符", "{max_length} characters at most"),
    "string_pattern_mismatch": ("格式不正确", "has the wrong form"),
    "string_unicode": ("含有无法识别的字符", "holds characters that can't be read"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "int_parsing_size": ("数字过大", "the number is too large"),
    "float_type": ("应为数字", "must be a number"),
    "float_parsing": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "greater_than": ("应大于 {gt}", "must be more than {gt}"),
    "greater_than_equal": ("应不小于 {ge}", "must be at least {ge}"),
    "less_than": ("应小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("应不大于 {le}", "must be at most {le}"),
    "multiple_of": ("应为 {multiple_of} 的倍数", "must be a multiple of {multiple_of}"),
    "enum": ("应为 {expected} 之一", "must be one of {expected}"),
    "literal_error": ("应为 {expected} 之一", "must be one of {expected}"),
    "uuid_type": ("应为编号（UUID）", "must be an id (UUID)"),
    "uuid_parsing": ("应为编号（UUID）", "must be an id (UUID)"),
    "list_type": ("应为列表", "must be a list"),
    "dict_type": ("应为对象", "must be an object"),
    "model_type": ("应为对象", "must be an object"),
    "model_attributes_type": ("应为对象", "must be an object"),
    "json_invalid": ("不是有效的 JSON", "is no valid JSON"),
    "too_short": ("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": ("最多 {max_length} 项", "{max_length} items at most"),
    "date_type": ("应为日期（年-月-日）", "must be a date (YYYY-MM-DD)"),
    "date_parsing": ("应为日期（年-月-日）", "must be a date (YYYY-MM-DD)"),
    "date_from_datetime_parsing": ("应为日期（年-月-日）", "must be a date (YYYY-MM-DD)"),
    "date_from_datetime_inexact": ("应为日期，不含时间", "must be a date without a time"),
    "datetime_type": ("应为带时区的时间（RFC 3339）", "must be an instant with its zone (RFC 3339)"),
    "datetime_parsing": ("应为带时区的时间（RFC 3339）", "must be an instant with its zone (RFC 3339)"),
    "datetime_from_date_parsing": ("应为带时区的时间（RFC 3339）", "must be an instant with its zone (RFC 3339)"),
    "timezone_aware": ("时间须带时区", "the instant needs its zone"),
    "decimal_type": ("应为十进制数", "must be a decimal number"),
    "decimal_parsing": ("应为十进制数", "must be a decimal number"),
    "union_tag_invalid": ("类型不正确", "is of no known kind"),
    "union_tag_not_found": ("缺少类型", "the kind is missing"),
    "none_required": ("应为空", "must be null"),
    "null": ("{name} 不能为空", "{name} can't be null"),
    "text": ("含有无法保存的字符", "holds a character that can't be stored"),
    "too_many": ("最多五张照片", "five photos at most"),
    "file": ("应为文件", "must be a file"),
    "one_of": ("须且只能填写其中一项：{names}", "give exactly one of {names}"),
    "some_of": ("请至少填写其中一项：{names}", "give at least one of {names}"),
    "somebody": ("请填写 cme_numbers 或 person_ids", "give cme_numbers or person_ids"),
    "reason": ("请填写，说明原因", "say why here"),
    "period": ("结束日期早于开始日期", "`to` comes before `from`"),
    "repeated": ("有重复的行", "a row is there twice"),
    "one_way": (
        "请填写继教编号和密码，或手机号和验证码（非本省人员再填身份证号 id_number）",
        "give cme_number and password, or phone and code (and id_number from another province)",
    ),
    "id_number_to_sign_in": ("填写 id_number 时 purpose 只能是 sign_in", "with id_number, purpose is sign_in"),
    "years_chosen": ("请至少选择一个年度，如 years=2017,2018", "choose one year or more, such as years=2017,2018"),
    "years_too_many": ("最多选择 {most} 个年度", "choose {most} years at most"),
    "one_proof": ("请填写 code，或 id_last_four 和 name", "give code, or id_last_four and name"),
    "instant": ("时间应在 2000 至 2100 年之间", "must lie between the years 2000 and 2100"),
    "amount_too_large": ("应不大于 {most}", "must be {most} at most"),
    "person_repeated": ("有重复的人员", "a person is there twice"),
    "no_hours": ("没有授课的人员请不要列出", "leave out who taught nothing"),
    "weekdays": ("星期只用于按周重复", "weekdays are for a rhythm of weeks"),
    "amount": ("应为非负的十进制数文本，例如 5.00", "must be a string such as 5.00, not negative"),
}
"""Of our own bodies and of what clients send. The rest stands in `_RARE`."""

_TYPE = ("类型不正确", "is of the wrong kind")
_UNREADABLE = ("无法读取", "can't be read")
_DATE_TIME = ("应为带时区的时间（RFC 3339）", "must be an instant with its zone (RFC 3339)")
_ADDRESS = ("应为网址", "must be an address such as https://example.org")

_RARE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            "needs_python_object", "frozen_field", "frozen_instance", "invalid_key", "dataclass_type",
            "dataclass_exact_type", "named_tuple_type", "iterable_type", "frozen_dict_type", "ordered_dict_type",
            "counter_type", "mapping_type", "bytes_type", "missing_sentinel_error", "ellipsis_error", "is_instance_of",
            "is_subclass_of", "callable_type", "arguments_type", "json_type", "set_item_not_hashable",
        ),
        _TYPE,
    ),
    **dict.fromkeys(
        (
            "no_such_attribute", "get_attribute_error", "iteration_error", "default_factory_not_called",
            "bytes_invalid_encoding", "value_error", "assertion_error",
        ),
        _UNREADABLE,
    ),
    **dict.fromkeys(("deque_type", "tuple_type", "set_type", "frozen_set_type"), ("应为列表", "must be a list")),
    **dict.fromkeys(("datetime_object_invalid", "timezone_offset"), _DATE_TIME),
    **dict.fromkeys(("url_type", "url_parsing", "url_syntax_violation"), _ADDRESS),
    **dict.fromkeys(
        ("missing_argument", "missing_keyword_only_argument", "missing_positional_only_argument"),
        ("必填", "this is needed"),
    ),
    **dict.fromkeys(
        ("unexpected_keyword_argument", "unexpected_positional_argument", "multiple_argument_values"),
        ("没有这个字段", "there is no such field"),
    ),
    **dict.fromkeys(
        ("fraction_type", "fraction_parsing", "complex_type", "complex_str_parsing"), ("应为数字", "must be a number")
    ),
    **dict.fromkeys(("recursion_loop", "recursion_depth_exceeded"), ("嵌套过深", "is nested too deeply")),
    **dict.fromkeys(("time_type", "time_parsing"), ("应为时刻（时:分）", "must be a time of day (HH:MM)")),
    **dict.fromkeys(("time_delta_type", "time_delta_parsing"), ("应为时长", "must be a length of time")),
    **dict.fromkeys(("date_past", "datetime_past"), ("应为过去的时间", "must lie in the past")),
    **dict.fromkeys(("date_future", "datetime_future"), ("应为将来的时间", "must lie in the future")),
    "timezone_naive": ("时间不带时区", "the time has no zone"),
    "string_not_ascii": ("只能含英文字母、数字和符号", "may hold ASCII characters alone"),
    "bytes_too_short": ("至少 {min_length} 个字节", "at least {min_length} bytes"),
    "bytes_too_long": ("最多 {max_length} 个字节", "{max_length} bytes at most"),
    "url_too_long": ("最多 {max_length} 个字符", "{max_length} characters at most"),
    "url_scheme": ("网址应以 {expected_schemes} 开头", "the address must begin with {expected_schemes}"),
    "uuid_version": ("应为版本 {expected_version} 的 UUID", "must be a UUID of version {expected_version}"),
    "decimal_max_digits": ("最多 {max_digits} 位数字", "{max_digits} digits at most"),
    "decimal_max_places": ("最多 {decimal_places} 位小数", "{decimal_places} decimal places at most"),
    "decimal_whole_digits": ("小数点前最多 {whole_digits} 位", "{whole_digits} digits at most before the point"),
}  # fmt: skip
ALL = {**_RARE, **INPUTS}
_OTHERS = ("内容不符合要求", "is not valid")
"""Of a code that a later version of the library may have."""


def words_of_fault(code: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong with a value, in Chinese and English, and without the value. facts: those of the library."""
    chinese, english = ALL.get(code, _OTHERS)
    if "expected" in facts:  # a list of values in English: 'a', 'b' or 'c'
        facts = {**facts, "expected": str(facts["expected"]).replace(" or ", ", ")}
    return chinese.format(**facts), english.format(**facts)
