"""The groups of operations, in the order in which people come to them: first learners, then organizers and admins."""

from service.edge.access import Access

TAGS: dict[str, str] = {
    "Sign-in": "登录：密码、短信、令牌、第二因素。Sign-in, tokens, passwords, phones, second factor, links to files.",
    "Me": "本人：资料、人脸与同意、报名、待办、日历。Who I am, my face, my applications, what waits for me.",
    "Profile": "个人资料与更正申请。My profile, its history, and my requests to correct it.",
    "Check-in": "扫码签到。Scan the code, get a ticket, show the face; my attendance and my choice of sessions.",
    "Evaluations": "项目评价。Evaluate a project.",
    "Exams": "考试。Sit the exam of a project.",
    "Credits": "学分、达标与汇总。My credits, the standard of the year, and its summary.",
    "Claims": "学分填报与上报。What may be claimed, evidence, my claims: enter, change, submit, withdraw.",
    "Certificates": "电子学分证书：签发、打印、查询、撤销。Certificates of credits: issue, print, verify, revoke.",
    "Projects": "项目（组织者）。Projects of organizers: make, announce, change, copy.",
    "Sessions": "场次与大屏（组织者）。Sessions: times, codes of the venue, the live board.",
    "Machines": "会场屏幕与终端。Venue screens by link, and kiosks that read personal codes.",
    "Rosters": "名单、报名、席位与导入（组织者）。Rosters, applications, places, imports of rosters and punches.",
    "Attendance": "考勤与更正（组织者）。Attendance of a project, decisions on check-ins, corrections.",
    "Evaluation forms": "评价表与结果（组织者）。Forms of evaluations, their templates and results.",
    "Exam papers": "试卷、更正与成绩（组织者）。Exams of organizers: papers, corrections, exceptions, results.",
    "Question bank": "题库（组织者）。Questions to draw from, their imports and pictures.",
    "Settlement": "确认、审核与发放学分。Confirm the attendance, review it, grant the credits, reverse and reopen.",
    "Credit records": "学分登记与导入（管理员）。Credits of people, imports, records that wait, exemptions.",
    "Claim reviews": "学分填报的审核与权限（管理员）。Review claims, open them for units and people.",
    "Rules": "学分规则。Rule sets of credits, by version.",
    "Ledger": "学分账本与证明。The ledger: signed heads, proofs, reversals.",
    "People": "人员、单位与角色（管理员）。People, units, roles, suspensions, slips.",
    "Faces": "人脸管理（管理员）。Cases, resets, batches, thresholds, and what the law wants.",
    "Operations": "系统信息、词表与后台任务。Whose installation this is, the words behind codes, and jobs.",
}
"""Each tag with its description."""

_OF_STAFF = {
    "Sign-in": "People",
    "Me": "People",
    "Check-in": "Attendance",
    "Evaluations": "Evaluation forms",
    "Exams": "Exam papers",
}
"""Where an operation that needs a role belongs, if its resource is one of learners."""
_OF_RESOURCES = {"session_places": "Rosters", "correction_requests": "Attendance"}


def tag_of(tag: str, resource: str, access: Access) -> str:
    """Return the tag of an operation. tag, resource: those of its blueprint."""
    if access.roles is None:
        return tag
    return _OF_RESOURCES.get(resource) or _OF_STAFF.get(tag, tag)


def order_of(tag: str) -> int:
    """Return the place of a tag; an unknown one comes last."""
    return list(TAGS).index(tag) if tag in TAGS else len(TAGS)
