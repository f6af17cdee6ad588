"""Why a project, its roster or its settlement stays as it is."""

from service.wording.problems.kinds import ProblemKind

PROJECTS: dict[str, ProblemKind] = {
    "transition_not_allowed": ProblemKind(
        409,
        "当前状态不能进行此操作",
        "This action is not possible in the project's current status",
        "请刷新后查看项目当前状态和可进行的操作。",
        "Reload to see the project's current status and the possible actions.",
    ),
    "not_asked_for": ProblemKind(
        409,
        "本项目不要求此项",
        "The project does not ask for this",
        "签退、评价和考试由项目条件决定；要求评价或考试的项目，请先设置评价表或试卷。",
        "The conditions of the project say whether check-out, evaluation and exam are needed. Set the form or the exam "
        "first, if they are.",
    ),
    "not_confirmed": ProblemKind(
        409,
        "学分名单尚未确认",
        "The list is not confirmed yet",
        "请先在项目结束后确认学分名单，再下载报送材料。",
        "Confirm the list after the end of the project, then get the report.",
    ),
    "own_assignment": ProblemKind(
        403,
        "不能委派自己",
        "Nobody can assign themselves",
        "请由另一位主办方人员委派。",
        "Ask another organizer of the project.",
    ),
    "task_of_project": ProblemKind(
        422,
        "该工作只能委派到整个项目",
        "This task is one of the whole project",
        "试卷和评价表属于整个项目；请不填场次，或改选其他工作。",
        "Exam and evaluation form belong to the whole project. Leave the session out, or choose other tasks.",
    ),
    "applications_closed": ProblemKind(
        409,
        "现在不能报名",
        "Applications are closed",
        "请联系主办方，或在“可报名的项目”中选择其他项目。",
        "Ask the organizer, or choose another project that takes applications.",
    ),
    "project_not_for_you": ProblemKind(
        403,
        "该项目仅限主办单位人员",
        "The project is for people of its own unit",
        "请选择其他项目；确需参加的，请联系主办方加入名单。",
        "Choose another project. If you should take part, ask the organizer to put you on the roster.",
    ),
    "already_on_roster": ProblemKind(
        409,
        "您已在名单中，无需报名",
        "You are on the roster and need no application",
        "请在首页查看日程，按时签到。",
        "See its sessions among your projects, and check in in time.",
    ),
    "reason_needed": ProblemKind(
        422,
        "请填写原因",
        "A reason is needed",
        "请在上面列出的字段中说明原因。",
        "Say why in the field that is named.",
    ),
    "still_open": ProblemKind(
        409,
        "还有人可以完成评价或考试",
        "Some people can still evaluate or sit the exam",
        (
            "还有人可以完成评价或考试。可以等待他们（先结算已达标者，其余人达标后补充结算）；不再等待的，请说明原"
            "因（未交的试卷将被收卷）。"
        ),
        (
            "Some can still evaluate or sit the exam. Either wait for them: the others are settled now, and they "
            "in a supplementary round. Or close it for them, with a reason."
        ),
    ),
    "check_ins_to_review": ProblemKind(
        409,
        "还有签到待人工复核",
        "Check-ins still wait for review",
        "请先通过或驳回待复核的签到；不再等待的，请说明原因，这些签到将不计入。",
        "Accept or reject the check-ins that wait for review first. To leave them out, say why.",
    ),
    "import_under_way": ProblemKind(
        409,
        "有文件正在导入或撤销",
        "A file is being imported or undone",
        "请等待进行中的导入完成；中途失败的，请重新提交或撤销，然后重试。",
        "Wait for the imports that are under way. Commit or undo those that failed once more, then try again.",
    ),
    "settlement_under_way": ProblemKind(
        409,
        "结算正在审核或入账",
        "The settlement is in review or being posted",
        "已有名单按现有学分确认。请先审核通过或退回该名单，再冲销或撤销导入。",
        "A list was confirmed with these credits. Approve or return it first, then reverse or undo.",
    ),
    "last_day_invalid": ProblemKind(
        422,
        "结束日期只能提前，且不能早于已安排的场次",
        "The last day can only be brought forward, and not before a session",
        "该日期不在允许的范围内，请另选日期。",
        "Choose a day within what is allowed.",
    ),
    "project_incomplete": ProblemKind(
        409,
        "项目资料不完整",
        "The project is not complete",
        "请先填写缺少的各项，再申报。",
        "Fill in what is missing, then submit it.",
    ),
    "project_not_announced": ProblemKind(
        409,
        "项目尚未公布，不能签到",
        "The project is not announced yet, so check-in is not possible",
        "请联系主办方：项目获批并公布后才能签到。",
        "Ask the organizer. Check-in is possible after the project is approved and announced.",
    ),
    "project_closed": ProblemKind(
        409,
        "项目已结束、已取消或正在审核",
        "The project is over, cancelled or under review",
        "请查看项目状态；如需更正，请联系审核单位退回。",
        "Check the status of the project. For a correction, ask the reviewing unit to return it.",
    ),
    "sessions_to_come": ProblemKind(
        409,
        "还有场次没有开始，不能结束项目",
        "Sessions have not begun yet, so the project can't be ended",
        "还有场次尚未开始：请取消停办的场次、改期，或等场次办完再结束项目。",
        "Some sessions have not begun: cancel or move them, or wait until they are over.",
    ),
    "project_not_over": ProblemKind(
        409,
        "项目的最后一天还没有到，不能确认名单",
        "The last day of the project has not come, so the list can't be confirmed",
        "请在项目结束当天或之后确认；提前办完的，先把结束日期提前并说明原因。",
        ("Confirm it on its last day or later. If it is over earlier, bring its last day forward with a reason."),
    ),
    "project_not_editable": ProblemKind(
        409,
        "已批准的内容不能直接修改",
        "Approved content can't be edited directly",
        "请先将项目转为变更状态，修改后由审核单位重新批准。",
        "Set the project to the status of change first. After your edits the reviewing unit approves it again.",
    ),
    "session_too_long": ProblemKind(
        422,
        "场次时间过长",
        "The session is too long",
        "请拆分场次。超过6小时的场次须签退；跨日或超过12小时的须设为不计考勤。",
        (
            "Split it into several. A session over six hours needs check-out; one that ends on another day or "
            "lasts over twelve hours must not count for attendance."
        ),
    ),
    "series_too_long": ProblemKind(
        422,
        "重复的场次过多",
        "The series has too many sessions",
        "请提前结束日期或减少次数，其余场次另行创建。",
        "Choose an earlier end or fewer times, and make the others by another step.",
    ),
    "series_conflicts": ProblemKind(
        409,
        "部分日期无法安排场次，未创建任何场次",
        "Some days can't have a session, so none was created",
        "请去掉有冲突的日期，修改时间或项目日期，或允许时间重叠。",
        (
            "Leave out the days with a conflict, change the times or the dates of the project, or allow sessions "
            "at the same time."
        ),
    ),
    "session_has_check_ins": ProblemKind(
        409,
        "该场次已有签到记录",
        "The session has check-ins",
        "要改到另一天，请选择已有签到如何处理：保留或作废。",
        "To move it to another day, choose what becomes of them: keep them, or declare them void.",
    ),
    "project_number_taken": ProblemKind(
        409,
        "该项目编号和期次已存在",
        "This project number and edition already exist",
        "请核对项目编号，或填写下一期次。",
        "Check the project number, or enter the next edition.",
    ),
    "reviewing_unit_invalid": ProblemKind(
        422,
        "审核单位不正确",
        "The reviewing unit is not valid",
        "请选择举办单位的上级卫生健康行政部门。",
        "Choose a health authority above the organizing unit.",
    ),
    "too_many_hours": ProblemKind(
        422,
        "授课学时超过项目学时",
        "The hours taught exceed the hours of the project",
        "请核对讲者的授课学时。",
        "Check the hours that the speaker taught.",
    ),
    "too_many_streams": ProblemKind(
        503,
        "实时看板连接已满",
        "Too many live boards are open",
        "请改用定时刷新（携带 ETag），或稍后重试。",
        "Poll the board with its ETag instead, or try again later.",
    ),
    "import_not_ready": ProblemKind(
        409,
        "导入尚在处理中",
        "The import is still in progress",
        "请稍候，查看进度后重试。",
        "Wait, check its progress, and try again when it has ended.",
    ),
    "no_place": ProblemKind(
        409,
        "您没有本场次的名额",
        "You have no place at this session",
        "本场次名额有限：请参加您已选的场次，或请现场主办方人工签到。",
        "Places are limited. Go to the session that you chose, or ask the organizer on site to check you in.",
    ),
    "place_not_needed": ProblemKind(
        409,
        "本场次不限名额",
        "This session has no limit of places",
        "名单上的学员均可直接参加。",
        "You can simply attend: all learners on the roster may come.",
    ),
    "choice_over": ProblemKind(
        409,
        "选场已截止",
        "The time to choose a session is over",
        "场次已开始或已关闭；请联系现场主办方。",
        "The session has begun or was closed. Ask the organizer on site.",
    ),
    "has_attended": ProblemKind(
        409,
        "该人员已参加本项目",
        "This person has taken part already",
        "已有签到、考勤更正、评价、考试或授课学时；请更正其考勤，而不是移出名单。",
        "There is a check-in, a correction, an evaluation, an exam or hours taught. Correct the attendance instead.",
    ),
    "rule_set_not_next": ProblemKind(
        409,
        "不是下一个版本",
        "Not the next version",
        "新版本号须为该规则现有最大版本号加一，代码须与地址一致。",
        "Use the newest version number of this rule set plus one, and the same code as in the address.",
    ),
    "rule_set_changes_past": ProblemKind(
        409,
        "不能改变往年的规则",
        "Rules of past years can't change",
        "生效日期须不早于本年1月1日。",
        "Choose a start date on or after 1 January of this year.",
    ),
}
