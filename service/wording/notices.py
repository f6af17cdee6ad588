"""The words of notices to people: a title and a text, in Chinese and English.

The names between braces are facts of the notice: project, session, reason and so on; `because` is a whole clause.
"""

from models.notices import NoticeTopic as Topic
from service.wording.certificate_notices import CERTIFICATE_NOTICES
from service.wording.notices_about_people import ABOUT_PEOPLE

NOTICES: dict[Topic, tuple[tuple[str, str], tuple[str, str]]] = {
    **CERTIFICATE_NOTICES,
    Topic.SESSION_CANCELLED: (
        ("场次停办", "A session is cancelled"),
        (
            "《{project}》的“{session}”{following}停办，不计考勤。{because}",
            "“{session}”{following} of {project} is cancelled. It counts for nobody. {because}",
        ),
    ),
    Topic.SESSION_RESTORED: (
        ("场次恢复", "A session takes place after all"),
        ("《{project}》的“{session}”恢复举办。", "“{session}” of {project} takes place after all."),
    ),
    Topic.SESSION_MOVED: (
        ("场次变更", "A session has moved"),
        (
            "《{project}》的“{session}”{following}时间或地点有变：{starts_at}，{venue}。{because}",
            "“{session}”{following} of {project} has a new time or venue: {starts_at}, {venue}. {because}",
        ),
    ),
    Topic.SESSION_TOMORROW: (
        ("场次提醒", "A session is coming"),
        (
            "《{project}》的“{session}”将于 {starts_at} 开始，地点：{venue}。",
            "“{session}” of {project} begins at {starts_at}, at {venue}.",
        ),
    ),
    Topic.PROJECT_CANCELLED: (
        ("项目取消", "A project is cancelled"),
        ("《{project}》已取消。{because}", "{project} is cancelled. {because}"),
    ),
    Topic.PLACE_GIVEN: (
        ("候补成功", "You have a place"),
        ("您已获得《{project}》{session}的名额。", "You have a place at {project} {session}."),
    ),
    Topic.APPLICATION_DECIDED: (
        ("报名结果", "Your application"),
        ("您对《{project}》的报名：{decision}。{because}", "Your application for {project}: {decision}. {because}"),
    ),
    Topic.ROSTER_REMOVED: (
        ("已移出名单", "You were removed from a roster"),
        (
            "主办方已将您移出《{project}》的学员名单。{because}如有疑问，请联系主办方。",
            "The organizer removed you from the roster of {project}. {because} Ask them if this is wrong.",
        ),
    ),
    Topic.ATTENDANCE_CORRECTED: (
        ("考勤更正", "Your attendance was corrected"),
        (
            "《{project}》的“{session}”：主办方将您的考勤更正为“{mark}”。{because}",
            "“{session}” of {project}: the organizer set your attendance to “{mark}”. {because}",
        ),
    ),
    Topic.REQUEST_DECIDED: (
        ("考勤申请结果", "Your request was decided"),
        (
            "您对《{project}》“{session}”的考勤申请：{decision}。{because}",
            "Your request about “{session}” of {project}: {decision}. {because}",
        ),
    ),
    Topic.CHECK_OUT_REMINDER: (
        ("请签退", "Please check out"),
        (
            "您还没有签退《{project}》的“{session}”，请在 {until} 前扫码签退；没有签退的，本场次可能不计。",
            "You have not checked out of “{session}” of {project}. Scan the code before {until}, or it may not count.",
        ),
    ),
    Topic.EVALUATION_REMINDER: (
        ("请完成项目评价", "Please evaluate"),
        (
            "您还没有评价《{project}》，请在 {until} 前完成；不评价的，没有学分。",
            "You have not evaluated {project}. Do it before {until}: there are no credits without it.",
        ),
    ),
    Topic.EXAM_REMINDER: (
        ("请参加考试", "Please sit the exam"),
        (
            "您还没有通过《{project}》的考试，请在 {until} 前完成；未通过的，没有学分。",
            "You have not passed the exam of {project}. Do it before {until}: there are no credits without it.",
        ),
    ),
    Topic.REGRADED: (
        ("考试重新评分", "Your exam was graded anew"),
        (
            "《{project}》的考题已更正，您的最好成绩由 {before:g} 分变为 {after:g} 分（{passed}）。{because}",
            "A question of the exam of {project} was corrected. Your best score was {before:g}, and is {after:g} now "
            "({passed}). {because}",
        ),
    ),
    Topic.CUT_OFF: (
        ("考试已截止", "Your exam was handed in"),
        (
            "《{project}》的主办方已截止考试，您正在作答的试卷已按现有答案交卷。{because}",
            "The organizer of {project} closed the exam. Your paper was handed in with its answers so far. {because}",
        ),
    ),
    Topic.CHECKED_IN_BY_HAND: (
        ("工作人员已为您登记考勤", "The staff checked you in or out"),
        (
            "《{project}》的“{session}”：{by}为您登记了{direction}{when}。{because}如与事实不符，请联系主办方。",
            "“{session}” of {project}: {by} entered your {direction}{when}. {because} If it is wrong, tell them.",
        ),
    ),
    Topic.WALKED_IN: (
        ("您已加入名单并签到", "You were put on the roster and checked in"),
        (
            "{by}在现场将您加入《{project}》的名单，并为您登记了“{session}”的{direction}{when}。{because}",
            "{by} put you on the roster of {project} and entered your {direction} at “{session}”{when}. {because}",
        ),
    ),
    Topic.CHECK_IN_ACCEPTED: (
        ("签到核对通过", "Your check-in was accepted"),
        (
            "《{project}》的“{session}”：{by}核对后认可了您的{direction}。{because}",
            "“{session}” of {project}: {by} looked at your {direction} and accepted it. {because}",
        ),
    ),
    Topic.CHECK_IN_REJECTED: (
        ("签到核对未通过", "Your check-in was rejected"),
        (
            "《{project}》的“{session}”：{by}核对后未认可您的{direction}，不计考勤。{because}如有异议，请提交考勤申请。",
            "“{session}” of {project}: {by} looked at your {direction} and rejected it: it does not count. {because} "
            "If you disagree, ask for a correction.",
        ),
    ),
    Topic.ATTENDANCE_UNDONE: (
        ("考勤登记已撤销", "An entry of your attendance was undone"),
        (
            "《{project}》的“{session}”：{by}撤销了刚才为您做的考勤登记，以此前的记录为准。{because}",
            "“{session}” of {project}: {by} undid what was entered for you a moment ago; what was there before counts. "
            "{because}",
        ),
    ),
    Topic.WALK_IN_UNDONE: (
        ("现场加入已撤销", "You were taken off the roster again"),
        (
            "{by}撤销了刚才将您加入《{project}》名单并登记“{session}”考勤的操作。{because}",
            "{by} undid that you were put on the roster of {project} and checked in at “{session}”. {because}",
        ),
    ),
    Topic.STAFF_ASSIGNED: (
        ("您被委派项目工作", "You were assigned to a project"),
        (
            "{by}委派您负责《{project}》{session}的{tasks}。",
            "{by} assigned you to {project} {session}: {tasks}.",
        ),
    ),
    Topic.STAFF_ENDED: (
        ("项目工作已结束", "Your assignment has ended"),
        (
            "{by}结束了您在《{project}》{session}的{tasks}委派，相关权限和由您启用的屏幕、终端已同时停用。",
            "{by} ended your assignment to {project} {session}: {tasks}. The screens and kiosks that you set up by it "
            "have stopped too.",
        ),
    ),
    Topic.SETTLED: (
        ("学分结算", "A project is settled"),
        ("《{project}》已结算：{result}", "{project} is settled: {result}"),
    ),
    Topic.GRANT_REVERSED: (
        ("学分冲销", "Credits were taken back"),
        (
            "《{project}》授予的学分已冲销。{because}如有异议，请联系最终审核单位。",
            "The credits from {project} were taken back. {because} If you disagree, ask the reviewing unit.",
        ),
    ),
    Topic.CLAIMS_WAITING: (
        ("有学分填报待审核", "Claims wait for you"),
        ("有人员上报了学分，请在“学分审核”中审核。", "People submitted claims of credits. Please review them."),
    ),
    Topic.CLAIM_DECIDED: (
        ("学分填报审核结果", "Your claim"),
        (
            "您填报的“{activity}”（{credits} 学分）：{claim_decision}。{because}",
            "Your claim “{activity}” ({credits} credits): {claim_decision}. {because}",
        ),
    ),
    Topic.REPORT_DUE: (
        ("总结材料即将到期", "A report is due soon"),
        (
            "《{project}》的执行情况材料（总结、日程、试卷、学员名单）须于 {due_on} 前报送。{todo}",
            "The report of {project} (summary, schedule, exam paper, people) is due by {due_on}. {todo}",
        ),
    ),
    Topic.REPORT_OVERDUE: (
        ("总结材料已逾期", "A report is overdue"),
        (
            "《{project}》的执行情况材料应于 {due_on} 前报送，尚未登记报送。{todo}",
            "The report of {project} was due by {due_on}, and nobody has handed it in. {todo}",
        ),
    ),
    **ABOUT_PEOPLE,
}

FOLLOWING = ("及之后 {number} 场", " with the {number} sessions after it")
REPORT_TODO = {
    True: ("请下载材料，报送后登记。", "Download it, and record that it was handed in."),
    False: ("请先确认学分名单，再下载材料。", "Confirm the list first, then download it."),
}
"""By whether the list is confirmed."""
BECAUSE = ("原因：{reason}。", "Reason: {reason}.")
GRANTED = ("获得 {credits} 学分，计入 {counted} 学分。", "You got {credits} credits, of which {counted} count.")
LEFT_OUT = ("未获得学分，原因：{reasons}。", "You got no credits: {reasons}.")
LAST_MOMENT = ("截止时间", "it closes")
"""In place of a last moment that is not known."""
PASSED = {True: ("合格", "passed"), False: ("未合格", "not passed")}
DECISIONS = {
    "accepted": ("已同意", "accepted"),
    "rejected": ("未同意", "rejected"),
    "declined": ("未同意", "declined"),
    "waiting": ("已同意，名额已满，正在候补", "accepted, and you are on the waiting list, for the project is full"),
    "on_site": ("现场报名成功，您已在名单中", "you joined on the spot, and are on the roster"),
    "lapsed": ("项目已结束或取消，报名失效", "it lapsed, for the project is over or cancelled"),
}
CLAIM_DECISIONS = {
    "passed": ("本级审核通过，已转下一级", "passed, and goes on to the next level"),
    "approved": ("审核通过，学分已授予", "approved: the credits are yours"),
    "returned": ("已退回，请修改后重新上报", "returned: change it and submit it again"),
    "rejected": ("审核不通过", "rejected"),
    "reversed": ("学分已冲销", "the credits were taken back"),
}
DIRECTIONS = {"in": ("签到", "check-in"), "out": ("签退", "check-out")}
STAFF = ("工作人员", "the staff")
WHEN = ("（{at}）", " ({at})")
MARKS = {
    "present": ("出席", "present"),
    "late": ("迟到", "late"),
    "left_early": ("早退", "left early"),
    "absent": ("缺勤", "absent"),
    "excused": ("请假", "excused"),
    "as_recorded": ("以签到记录为准", "as recorded"),
}
