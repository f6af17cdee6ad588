"""What is wrong in a cell of a roster or of a machine's file, and what to do about it, in both languages."""

FAULTS: dict[str, tuple[str, str]] = {
    "missing": (
        "此格必填。没有继教编号的人须填姓名、证件号和手机",
        "This cell is needed; without a number: name, ID, phone",
    ),
    "too_long": ("内容过长，请核对是否填错了列", "Too long: is it in the right column?"),
    "repeated": ("与上面某行重复，请删除其中一行", "The same as a row above: delete one of them"),
    "digits_lost": (
        "号码被表格软件当成数值，末几位已丢失：请把该列设为“文本”格式后重新填写",
        "The spreadsheet took it for an amount and lost its last digits: make the column text and type it again",
    ),
    "unknown_number": ("系统中没有这个继教编号，请核对", "Nobody has this number: check it"),
    "name_mismatch": (
        "姓名与系统中该编号或证件的姓名不一致，请核对编号是否填错行",
        "Somebody of another name has this number: is it in the right row?",
    ),
    "role_unknown": ("角色请填“学员”或“授课教师”，留空为学员", "Give 学员 or 授课教师; empty means learner"),
    "phone_invalid": ("不是有效的手机号", "Not a mobile number"),
    "phone_of_another": (
        "该手机号属于另一人，请核对手机或证件号",
        "This phone is somebody else's: check phone and ID number",
    ),
    "phone_changed": (
        "证件号在系统中登记的是另一个手机号；请核对，或请本人先更新手机",
        "This ID number has another phone on file: check it, or have the person change it first",
    ),
    "id_number_invalid": (
        "证件号有误（身份证为 18 位，末位为校验码）",
        "Not a right ID number (18 digits, the last one a check)",
    ),
    "person_not_on_roster": ("名单中没有这个编号，请先加入名单", "This number is not on the roster: add it first"),
    "direction_unknown": ("方向请填“签到”或“签退”，或留空由时间判断", "Give 签到 or 签退, or leave it to the time"),
    "session_unknown": (
        "没有这个名称的场次，请核对或留空",
        "There is no session of this title: check it, or leave it empty",
    ),
    "session_ambiguous": (
        "同一时间有多个场次，请在“场次”列写明场次名称",
        "Several sessions at this time: name one in 场次",
    ),
    "time_unreadable": ("时间无法识别，请写成 2026-11-24 08:30:00", "Not a time: write it as 2026-11-24 08:30:00"),
    "time_in_future": ("时间在将来，请核对考勤机的时钟", "It lies ahead: check the machine's clock"),
    "no_session_then": (
        "此时没有可签到或签退的场次，请核对日期和场次的时间窗",
        "No session was open then: check the date and the session's windows",
    ),
}
"""By code: Chinese, English."""
