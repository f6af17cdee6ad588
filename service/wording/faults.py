"""Errors in cells, rows and lines of imported files, and how to correct them, in Chinese and English, by code."""

from service.wording.cell_faults import CELL_FAULTS

SHEET_FAULTS: dict[str, tuple[str, str]] = {
    **CELL_FAULTS,
    "missing": (
        "此格必填。没有继教编号的人须填姓名、证件号和手机",
        "Fill in this cell. A person without a number needs name, ID number and phone",
    ),
    "too_long": ("内容过长，请核对是否填错了列", "Too long: check whether it is in the right column"),
    "repeated": ("与上面某行重复，请删除其中一行", "This repeats a row above: delete one of the two"),
    "digits_lost": (
        "号码被表格软件当成数值，末几位已丢失：请把该列设为“文本”格式后重新填写",
        "The spreadsheet read this as a number and lost the last digits: format the column as text and type it again",
    ),
    "digits_doubtful": (
        "号码末三位都是 0，可能已被表格软件改动：请与证件核对",
        "The number ends in three zeros, as one does that a spreadsheet has rounded: compare it with the document",
    ),
    "unknown_number": (
        "没有这个继教编号的人员，或姓名与编号不符，请核对；外单位人员须填写姓名",
        "No person has this number, or not with this name: check both. People of other hospitals need their name",
    ),
    "unknown_person": (
        "系统中没有这个系统编号，请清空此格并填写证件号和手机",
        "No person has this id: empty this cell, and fill in ID number and phone",
    ),
    "name_mismatch": (
        "姓名与系统中该编号或证件的姓名不一致，请核对编号是否填错行",
        "The person with this number has another name: check whether the number is in the right row",
    ),
    "number_of_another": (
        "该继教编号属于另一人：证件号或手机与系统中登记的不一致，请核对编号是否填错",
        "This number belongs to another person than the ID number or phone in this row: check it",
    ),
    "role_unknown": (
        "角色请填“学员”或“授课教师”，留空为学员",
        "Write 学员 (learner) or 授课教师 (speaker), or leave it empty for a learner",
    ),
    "phone_invalid": ("不是有效的手机号，请核对", "Not a valid mobile number: check it"),
    "phone_of_another": (
        "该手机号属于另一人，请核对手机或证件号",
        "This phone belongs to another person: check the phone and the ID number",
    ),
    "phone_changed": (
        "证件号在系统中登记的是另一个手机号；请核对，或请本人先更新手机",
        "Another phone is registered for this ID number: check it, or ask the person to update their phone first",
    ),
    "id_number_invalid": (
        "证件号有误，请核对（身份证为 18 位，末位为校验码）",
        "Not a valid ID number: check it (18 characters, the last one is a check digit)",
    ),
    "person_not_on_roster": ("名单中没有这个编号，请先加入名单", "This number is not on the roster: add it first"),
    "own_attendance": (
        "这是您本人的打卡，不能由您导入；请用本人人脸签到，或由其他工作人员提交此文件",
        "This is your own punch, which you can't import: check in by your own face, or have another of the staff"
        " commit the file",
    ),
    "direction_unknown": (
        "方向请填“签到”或“签退”，或留空由时间判断",
        "Write 签到 (check-in) or 签退 (check-out), or leave it empty to use the time",
    ),
    "session_unknown": (
        "没有这个名称的场次，请核对或留空",
        "No session has this title: check it, or leave it empty",
    ),
    "session_ambiguous": (
        "同一时间有多个场次，本行不计入；请在“场次”列写明场次名称",
        "Several sessions take place at this time, so the row is left out: write the title of one in the column 场次",
    ),
    "time_unreadable": (
        "时间无法识别，请写成 2026-11-24 08:30:00",
        "The time can't be read: write it as 2026-11-24 08:30:00",
    ),
    "time_in_future": ("时间在将来，请核对考勤机的时钟", "The time is in the future: check the clock of the machine"),
    "session_cancelled": ("该场次已停办，不计考勤", "The session at this time is cancelled: it counts for nobody"),
    "no_session_then": (
        "此时没有可签到或签退的场次，请核对日期和场次的时间窗",
        "No session was open for check-in or check-out then: check the date and the time windows of the sessions",
    ),
}
"""In a cell of a roster or of the file of an attendance machine."""

CREDIT_FAULTS: dict[str, tuple[str, str]] = {
    **CELL_FAULTS,
    "missing": ("必填，请填写", "required: fill it in"),
    "invalid": (
        "格式或取值有误，请核对；金额和日期须为文本",
        "wrong format or value: check it; amounts and days must be texts",
    ),
    "too_long": ("内容过长，请缩短", "too long: shorten it"),
    "unknown_field": ("没有这个字段，请删除", "unknown field: remove it"),
    "in_future": ("日期在今天之后，请核对", "the day is in the future: check it"),
    "unknown_person": ("本辖区没有这个继教编号，请核对", "no person in your units has this number: check it"),
    "name_mismatch": (
        "姓名与系统中该编号的姓名不一致，请核对编号是否填错行",
        "the person with this number has another name: check whether the number is in the right row",
    ),
    "own_credits": (
        "不能导入本人的学分，请由另一位管理员导入",
        "you can't import your own credits: ask another admin to import them",
    ),
    "unknown_category": (
        "当日生效的规则中没有这个学分级别，请使用 known 中的级别",
        "not a category of the rules of that day: use one under known",
    ),
    "unknown_rule": (
        "该学分级别没有这条规则，请使用 known 中的规则代码，或留空",
        "the category has no such rule: use one under known, or leave it empty",
    ),
    "not_of_rule": (
        "该规则的学分是固定的，与所填学分不符，请核对",
        "the rule gives a fixed number of credits, and these are others: check both",
    ),
    "daily_once": (
        "同一天的单位业务学习只能登记一次，当天已有一次，请删除此行",
        "activities of one's own unit are recorded once a day, and this day has one: remove this row",
    ),
    "other_edition": (
        "编号相同而期次不同的活动在同期已有登记，可能是同一活动：确属不同活动的，提交时说明理由，否则不登记此行",
        "an activity of the same number in another edition is recorded for these days, and may be the same: if it is"
        " another one, say why when you commit; else this row is left out",
    ),
    "other_days": (
        "编号相同的活动在前后 7 天内已有登记，可能是同一活动：确属不同活动的，提交时说明理由，否则不登记此行",
        "an activity of the same number is recorded within 7 days of this day, and may be the same: if it is another"
        " one, say why when you commit; else this row is left out",
    ),
    "other_category": (
        "同名活动当日已按另一学分级别登记，可能是同一活动：确属不同活动的，提交时说明理由，否则不登记此行",
        "an activity of this name is recorded for this day in another category, and may be the same: if it is another"
        " one, say why when you commit; else this row is left out",
    ),
    "duplicate": ("与上面的一行重复，请删除其中一行", "the same as a row above: delete one of them"),
    "already_recorded": (
        "该活动的学分已经登记（见 entry），更正须先撤销",
        "these credits are recorded already, see entry: to correct them, undo the earlier record first",
    ),
}
"""In a field of a row of credits."""

FACE_BATCH_FAULTS: dict[str, tuple[str, str]] = {
    "name_unreadable": (
        "文件名中没有继教编号，请改成 3310000101_1.jpg 的形式",
        "the name of the photo holds no CME number: name it like 3310000101_1.jpg",
    ),
    "unknown_number": (
        "本辖区没有这个继教编号，请核对",
        "no person in your units has this number: check it",
    ),
    "too_many_photos": ("每人最多五张照片，请减少", "five photos a person at most: remove some"),
    "photos_lost": (
        "照片无法读取，请重新提交此人的照片",
        "the photos could not be read any more: send this person's photos again",
    ),
    "not_processed": (
        "批次未能处理完，照片已删除，请重新提交此人的照片",
        "the batch could not be finished and the photos are deleted: send this person's photos again",
    ),
    "batch_cancelled": (
        "批次已取消，照片已删除；如仍需建档，请重新提交",
        "the batch was cancelled and the photos are deleted: send them again if they are still wanted",
    ),
    "photos_too_large": (
        "此人的照片合计超过 60 MB，请减少或压缩",
        "this person's photos are larger than 60 MB together: send fewer or smaller ones",
    ),
    "face_already_enrolled": (
        "此人已建档；如需更换，请申请重置",
        "this person has a face already: ask for a reset if it must be replaced",
    ),
    "face_belongs_to_another_account": (
        "该人脸已在另一账号建档，已转核实",
        "the face is on another account: decide the case",
    ),
    "not_one_person": (
        "此人的照片不像同一个人，请核对文件名和照片",
        "the photos of this row show different people: check the names of the files",
    ),
    "too_few_photos": ("此人的不同照片太少，请补充", "too few different photos of this person: add some"),
    "face_covered": (
        "照片中面部有遮挡，请更换未遮挡的照片",
        "the face is covered: send a photo without mask, scarf or hand",
    ),
    "low_quality": ("照片质量不足，请按提示更换", "the photo is not good enough: the advice says why"),
    "enrolment_held": (
        "此人的建档已暂停，请先处理相应案例",
        "the enrolment of this person is held: decide the case first",
    ),
}
"""In a row of a batch of photos, for the admin. Other rows have a code of the catalogue of problems."""
