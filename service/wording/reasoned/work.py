"""Hints with facts about projects, exams, credits, accounts and files: by code and the fact `why`, or "" for any."""

WORK: dict[tuple[str, str], tuple[str, str]] = {
    ("profile_field_read_only", "phone"): (
        "手机号用于登录：请在“更多”的“更换手机”中更换，须验证新号码。",
        "You sign in with your phone: change it at “Change the phone” under “More”, which proves the new number.",
    ),
    ("profile_field_read_only", "phone_of_person"): (
        "手机号用于登录：请由管理员为其更换手机号，本人须到场并读出验证码。",
        "People sign in with their phone: an admin changes it with them present, by the code that they read out.",
    ),
    ("profile_field_read_only", "photo"): (
        "照片请单独上传。",
        "Send the photo by itself.",
    ),
    ("internal_error", ""): (
        "请稍后重试；如仍失败，请把编号 {request_id} 告诉管理员。",
        "Try again later. If it fails again, give the number {request_id} to an admin.",
    ),
    ("proof_required", ""): (
        "请任选一种方式证明是本人：{proofs}。",
        "Choose one proof that it is you: {proofs}.",
    ),
    ("phone_proof_required", ""): (
        "请任选一种方式证明账号属于本人：{proofs}；都不能提供时，请携带证件到单位管理员处办理。",
        "Choose one proof that the account is yours: {proofs}. If you have none, go to your unit's admin in person.",
    ),
    ("otp_required", ""): ("请任选一种：{factors}。", "Choose one: {factors}."),
    ("series_too_long", ""): (
        "一次最多创建 {most} 个场次：请提前结束日期或减少次数，其余场次另行创建。",
        "One step makes {most} sessions: choose an earlier end or fewer times, and make the others by another step.",
    ),
    ("already_recorded", ""): (
        "同一活动只计一次学分，已有记录：{entry[date]}《{entry[name]}》，{entry[credits]} 学分。",
        "An activity gives credits once. On record is {entry[name]} of {entry[date]}, {entry[credits]} credits.",
    ),
    ("several_tables", ""): (
        "这些工作表都有这样的列：{sheets}。一次只导入一个：请把名单并入同一工作表，或隐藏、删除不导入的工作表后重新上传。",
        "These sheets have such columns: {sheets}. One is imported at a time: put the lists into one sheet, or hide or "
        "delete those that are not to be imported, and upload the file again.",
    ),
    ("column_repeated", ""): (
        "第 {row} 行有两列都叫“{column}”：请保留一列（左右并排的名单请改为上下排列）后重新上传。",
        "Row {row} has the title “{column}” twice: keep one of the columns, put lists that stand side by side below "
        "each other, and upload the file again.",
    ),
    ("head_not_signed", "entry"): (
        "该记录已入账，尚未签名，暂无证明。",
        "The entry is in the ledger, but no head with it is signed yet, so there is no proof.",
    ),
    ("head_not_signed", "empty"): (
        "学分账中还没有记录；有学分入账后十分钟内签名。",
        "The ledger has no entry yet. It is signed within ten minutes after the first one.",
    ),
    ("reason_needed", ""): ("请填写“{fields}”一栏。", "Say why, under “{fields}”."),
    ("import_has_errors", "no_question"): (
        "没有可导入的题目：请按列出的行修改后重新导入。",
        "None of its questions can be imported: correct the lines that are listed, and import the file again.",
    ),
    ("questions_in_use", ""): (
        "{questions} 道题已出现在 {papers} 份试卷中（{projects}）。"
        "可在题库中逐题停用或更正；考试中的题目请在该考试中更正。",
        "{questions} of its questions are on {papers} papers ({projects}). Retire or correct single questions in the "
        "bank, and those of an exam in the exam.",
    ),
    ("project_incomplete", ""): ("请先填写：{missing}。", "First fill in: {missing}."),
    ("project_closed", "return_list"): (
        "《{project}》的学分名单正在审核，不能更改。如需更正，请审核单位先退回名单。",
        "The list of {project} is in review, so nothing changes. To correct it, the reviewing unit returns it first.",
    ),
    ("project_closed", "reopen"): (
        "《{project}》{project_status}，不能更改。如需更正，请审核单位重新打开项目；更正后再次确认。",
        "{project} is {project_status}, so nothing changes. To correct it, the reviewing unit reopens it; then confirm "
        "it again.",
    ),
    ("project_closed", "correct"): (
        "《{project}》已结束，安排和日期不再变动；考勤仍可更正，之后请确认学分名单。",
        "{project} has ended: its plan and its dates stay. Attendance can still be corrected; then confirm the list.",
    ),
    ("project_closed", "copy"): (
        "《{project}》已取消，不能恢复。如需再次举办，请复制为新项目。",
        "{project} is cancelled, and that is final. To hold it after all, copy it into a new project.",
    ),
    ("project_closed", "edit"): (
        "《{project}》当前状态为“{project_status}”，此操作在获批后才可用；请直接修改项目资料。",
        "{project} is “{project_status}”: this is for approved projects. Edit its facts directly.",
    ),
    ("still_open", ""): (
        "还有 {still_open[people]} 人可以完成评价或考试，最晚到 {still_open[until]}。可以等待他们（先结算已达"
        "标者，其余人达标后补充结算）；不再等待的，请说明原因（未交的试卷将被收卷）。",
        "{still_open[people]} people can still evaluate or sit the exam, until {still_open[until]}. Either "
        "wait for them: the others are settled now. Or close it for them, with a reason.",
    ),
    ("check_ins_to_review", ""): (
        "还有 {check_ins} 条签到待复核，请先通过或驳回；不再等待的，请说明原因，这些签到将不计入。",
        "{check_ins} check-ins wait: accept or reject them first. To leave them out, say why.",
    ),
    ("settlement_under_way", ""): (
        "《{under_way}》的名单已按现有学分确认。请先审核通过或退回，再冲销或撤销导入。",
        "The list of {under_way} was confirmed with these credits. Approve or return it first, then reverse or undo.",
    ),
    ("last_day_invalid", ""): (
        "请填写 {earliest} 至 {latest} 之间的日期。",
        "Enter a day from {earliest} to {latest}.",
    ),
    ("sessions_to_come", ""): (
        "尚未开始的场次：{sessions}。请取消停办的场次、改期，或等场次办完再结束项目。",
        "To end the project, cancel or move these, or wait until they are over: {sessions}.",
    ),
    ("project_not_over", ""): (
        "请在 {ends_on} 当天或之后确认；提前办完的，先把结束日期提前并说明原因。",
        "Confirm it on {ends_on} or later. If it is over earlier, bring its last day forward with a reason.",
    ),
    ("transition_not_allowed", ""): (
        "项目当前状态为“{project_status}”，之后只能是：{next}。",
        "The project is “{project_status}”. From there it can only become: {next}.",
    ),
    ("project_not_announced", ""): (
        "项目当前状态为“{project_status}”：获批并公布后才能签到或导入考勤。请联系主办方。",
        "The project is “{project_status}”: attendance begins once it is approved and announced. Ask the organizer.",
    ),
    ("project_not_editable", "approved"): (
        "项目当前状态为“{project_status}”。请先转为“变更”并说明原因，修改后由审核单位重新批准。",
        "The project is “{project_status}”. Set it to “changed” with a reason; after your edits it is approved again.",
    ),
    ("project_not_editable", "fixed"): (
        "变更中不能修改{fields}。需要改动的，请取消本项目并复制为新项目。",
        "A change can't touch: {fields}. If it must, cancel this project and copy it into a new one.",
    ),
    ("session_too_long", ""): (
        "本场次长 {hours} 小时：{needs}，或拆分为几个场次。",
        "The session lasts {hours} hours: {needs}, or split it into several.",
    ),
    ("session_has_check_ins", ""): (
        "已有 {check_ins} 条签到、{corrections} 条更正。要改到另一天，请选择如何处理：保留或作废。",
        "It has {check_ins} check-ins and {corrections} corrections. Choose what becomes of them: keep them, "
        "or declare them void.",
    ),
    ("period_invalid", ""): ("最晚可到 {latest}。", "The latest is {latest}."),
    ("too_many_hours", ""): (
        "项目共 {hours} 学时，授课学时不能超过。",
        "The project has {hours} hours: nobody taught more.",
    ),
    ("request_open", ""): (
        "您已有 {most} 条待处理申请。请等主办方处理后再提交，或直接联系主办方。",
        "You have {most} open requests. Wait until the organizer has decided, or ask them directly.",
    ),
    ("choice_over", ""): (
        "场次“{session_title}”已于 {starts_at} 开始或已关闭；请联系现场主办方。",
        "“{session_title}” began at {starts_at}, or was closed. Ask the organizer on site.",
    ),
    ("unit_needed", ""): (
        "您是多个单位的主办方：{units}。请选择其中一个。",
        "You organize for {units}: choose one.",
    ),
    ("already_granted", ""): (
        "已有记录：{entry[date]}《{entry[name]}》，{entry[credits]} 学分。如需更正，请先冲销原记录。",
        "It is on record: {entry[name]} of {entry[date]}, {entry[credits]} credits. To correct it, reverse that first.",
    ),
    ("nothing_to_accept", ""): (
        "第 {rows} 行没有提示，无需确认：请去掉后再提交。",
        "Rows {rows} have no warning: leave them out of those that you accept, and commit again.",
    ),
    ("rule_set_not_next", ""): (
        "下一个版本号为 {next_version}；代码须与地址一致。",
        "The next version is {next_version}; the code is the one of the address.",
    ),
    ("exam_not_open", "too_early"): ("考试于 {opens_at} 开放。", "The exam opens at {opens_at}."),
    ("exam_not_open", "too_late"): (
        "考试已于 {closed_at} 截止。有特殊情况的，请联系主办方。",
        "The exam closed at {closed_at}. If you had a reason, ask the organizer.",
    ),
    ("exam_not_open", "not_running"): (
        "项目当前状态为“{project_status}”：项目开始后至学分名单确认前可以考试。",
        "The project is “{project_status}”: the exam is open from its start until its list is confirmed.",
    ),
    ("attempts_used_up", ""): (
        "{tries} 次考试机会已用完。请查看成绩，或联系主办方。",
        "Your {tries} attempts are used up. See your results, or ask the organizer.",
    ),
    ("attendance_not_met", ""): (
        "您目前的出席率为 {share}，本项目要求 {needed_share}（未开始的场次也计入总数）。需要签退的场次请先签退。",
        "Your share is {share} so far, and the project asks for {needed_share} of all sessions, those to come "
        "included. Check out where that is asked.",
    ),
    ("evaluation_not_open", "not_running"): (
        "项目当前状态为“{project_status}”：项目开始后至学分名单确认前可以评价。",
        "The project is “{project_status}”: you can evaluate from its start until its list is confirmed.",
    ),
    ("evaluation_not_open", "too_late"): ("评价已于 {closed_at} 截止。", "The evaluation closed at {closed_at}."),
    ("role_too_high", ""): ("请由有权授予“{role}”的管理员办理。", "Ask an admin who may give the role “{role}”."),
    ("roles_exclusive", ""): (
        "请先收回此人的角色“{role}”，或改授他人。",
        "Take the role “{role}” away from this person first, or give this one to somebody else.",
    ),
    ("too_few_photos", ""): (
        "需要 {needed} 张不同的照片，目前只有 {distinct} 张（同一张照片只算一张），如正面、稍向左、稍向右。",
        "{needed} different photos are needed, and there are {distinct}. Look straight, a little left, a little right.",
    ),
    ("too_many_phones", ""): (
        "本设备今天已为 {phones} 个手机号请求过验证码。请使用自己的设备。",
        "This device has asked for codes to {phones} phones today. Use a device of your own.",
    ),
    ("password_too_weak", "length"): ("请使用 8 至 128 个字符。", "Use 8 to 128 characters."),
    ("password_too_weak", "kinds"): (
        "请至少使用字母、数字、符号中的两类。",
        "Use two of: letters, digits, other signs.",
    ),
    ("password_too_weak", "common"): ("这是常见密码，请换一个。", "This is a common password: choose another one."),
    ("password_too_weak", "own_number"): (
        "密码中不能含有您的继教编号或手机号。",
        "It must not hold your number or phone.",
    ),
    ("password_too_weak", "same"): ("新密码不能与现用密码相同。", "It must differ from the present one."),
    ("archive_too_large", ""): (
        "一个压缩包最多 {limit_files} 个文件，解压后不超过 {limit_bytes}。请分批上传。",
        "An archive holds {limit_files} files at most, and {limit_bytes} when unpacked. Upload it in parts.",
    ),
    ("request_too_large", ""): (
        "一次最多 {limit_bytes}。请减少照片数量、降低照片尺寸，或把文件拆分后分批上传。",
        "{limit_bytes} at most at a time. Send fewer or smaller photos, or split the file.",
    ),
    ("photos_too_large", ""): (
        "一次最多 {limit_bytes}：最多五张，每张不超过 12 MB。动态照片（实况）带有视频：请关闭该功能后重拍，"
        "或另存为静态照片。",
        "One upload has {limit_bytes} at most: five photos of 12 MB. A motion photo (Live Photo) holds a video: switch "
        "motion off and take the photo again, or save it as a still photo.",
    ),
    ("json_too_large", ""): (
        "一次最多 {limit_bytes}，登录后可以更多。请分批提交。",
        "{limit_bytes} at most at a time, more after sign-in. Send it in parts.",
    ),
    ("form_too_large", ""): (
        "表单最多 {limit_fields} 项，文字共不超过 {limit_bytes}。",
        "A form has {limit_fields} fields at most, and {limit_bytes} of text.",
    ),
    ("json_too_deep", ""): (
        "最多 {limit_levels} 层。请按接口文档组织内容。",
        "{limit_levels} levels of lists and objects at most. Follow the documentation.",
    ),
    ("sheet_broken", ""): (
        "读到第 {row} 行时出错。请用 Excel 或 WPS 打开并另存后重新上传。",
        "It can't be read from row {row} on. Open it in Excel or WPS, save it as a new file and upload it again.",
    ),
    ("sheet_too_long", ""): (
        "第 {row} 行已超过一次上传的行数上限，请分批上传。",
        "Row {row} is beyond what one upload may have. Upload it in parts.",
    ),
    ("column_missing", ""): (
        "缺少“{column}”一列。请使用模板：前十行中须有一行列名。",
        "The column “{column}” is missing. Use the template: one of the first ten rows has the column titles.",
    ),
    ("cell_too_long", ""): ("请缩短第 {row} 行“{column}”的内容。", "Shorten the cell in row {row}, column “{column}”."),
}
