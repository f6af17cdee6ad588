"""Why a project, its roster or its settlement stays as it is."""

from service.wording.problems.kinds import ProblemKind

PROJECTS: dict[str, ProblemKind] = {
    "transition_not_allowed": ProblemKind(
        409,
        "当前状态不能进行此操作",
        "The project can't take this step now",
        "请刷新后查看项目当前状态和可进行的操作。",
        "Reload to see the project's status and the steps open to you.",
    ),
    "reason_needed": ProblemKind(
        422, "请填写原因", "A reason is needed", "请在 reason 中说明原因。", "Say why, in reason."
    ),
    "project_incomplete": ProblemKind(
        409,
        "项目资料不完整",
        "The project is not complete",
        "请先填写学分和学时，再申报。",
        "Give its credits and hours before filing it.",
    ),
    "project_not_announced": ProblemKind(
        409,
        "项目尚未公布，不能签到",
        "The project is not announced yet",
        "请联系主办方：项目获批并公布（announced）后才能签到。",
        "Ask the organizer: people come once the project is approved and announced.",
    ),
    "project_closed": ProblemKind(
        409,
        "项目已结束、已取消或正在审核",
        "The project is over, cancelled or under review",
        "请查看项目状态；如需更正，请联系审核单位退回。",
        "See its status; for a correction, ask the reviewing unit to return it.",
    ),
    "project_not_editable": ProblemKind(
        409,
        "已批准的内容不能直接修改",
        "What was approved can't be edited",
        "请先将项目转为变更状态，修改后由审核单位重新批准。",
        "Put the project into change first; the reviewing unit approves it again.",
    ),
    "project_number_taken": ProblemKind(
        409,
        "该项目编号和期次已存在",
        "This number and edition exist already",
        "请核对项目编号，或填写下一期次。",
        "Check the number, or give the next edition.",
    ),
    "reviewing_unit_invalid": ProblemKind(
        422,
        "审核单位不正确",
        "Not a reviewing unit of this project",
        "请选择举办单位的上级卫生健康行政部门。",
        "Choose an authority above the organizing unit.",
    ),
    "too_many_hours": ProblemKind(
        422,
        "授课学时超过项目学时",
        "More hours taught than the project has",
        "请核对讲者的授课学时。",
        "Check how many hours the speaker taught.",
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
        "The import is still being worked on",
        "请稍候，查看进度后重试。",
        "Look at its progress, and try again once it is through.",
    ),
    "no_place": ProblemKind(
        409,
        "您没有本场次的名额",
        "You have no place at this session",
        "本场次名额有限：请参加您已选的场次，或请现场主办方人工签到。",
        "It has not room for all: go to the session you chose, or ask the organizer at the door.",
    ),
    "place_not_needed": ProblemKind(
        409,
        "本场次不限名额",
        "This session needs no place",
        "名单上的学员均可直接参加。",
        "Everybody on the roster may come.",
    ),
    "choice_over": ProblemKind(
        409,
        "选场已截止",
        "The choice is over",
        "场次已开始或已关闭；请联系现场主办方。",
        "The session has begun or was closed; ask the organizer at the door.",
    ),
    "has_attended": ProblemKind(
        409,
        "该学员已有签到记录",
        "This person has checked in",
        "请更正其考勤，而不是移出名单。",
        "Correct their attendance instead of taking them off the roster.",
    ),
    "rule_set_not_next": ProblemKind(
        409,
        "不是下一个版本",
        "Not the next version",
        "新版本号须为该规则现有最大版本号加一，代码须与地址一致。",
        "Its version must be one more than the newest of its code, and its code that of the address.",
    ),
    "rule_set_changes_past": ProblemKind(
        409,
        "不能改变往年的规则",
        "Rules of past years stay",
        "生效日期须不早于本年1月1日。",
        "Choose a day of this year or later.",
    ),
}
