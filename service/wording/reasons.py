"""The words of the reasons why a settled list gives somebody nothing or less: Chinese and English."""

from attendance.settlement.rules import Note, Unmet
from credit.rules.awards import PROJECT_CAP

REASONS: dict[str, tuple[str, str]] = {
    Unmet.ATTENDANCE_TOO_LOW: ("出席不足", "attendance too low"),
    Unmet.NOT_EVALUATED: ("未评价", "not evaluated"),
    Unmet.EXAM_NOT_PASSED: ("考试未合格", "exam not passed"),
    Unmet.NO_TAUGHT_HOURS: ("未登记授课学时", "no taught hours"),
    Unmet.NO_RULE: ("规则中无此类学分", "no rule for it"),
    Unmet.NOT_HELD: ("项目未举办", "not held"),
    Unmet.ALREADY_GRANTED: ("已授予", "granted before"),
    Unmet.ALREADY_GRANTED_ELSEWHERE: ("同一活动已在别处授予", "granted elsewhere"),
    Unmet.REVERSED_FOR_MISCONDUCT: ("因违规已冲销", "taken back for misconduct"),
    Note.STILL_OPEN: ("仍可完成，达标后补充结算", "can still be met; another round follows"),
    Note.CUT_OFF: ("已截止，不再等待", "closed before it was done"),
    PROJECT_CAP: ("超过单个项目上限", "above the limit of one project"),
}
