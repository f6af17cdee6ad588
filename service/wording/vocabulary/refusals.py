"""Words of the facts of refusals: which of several causes it was, and which way leads on."""

from service.wording.vocabulary.kinds import Vocabulary

REFUSAL_REASONS: Vocabulary = {
    "too_early": ("尚未开放", "too early"),
    "too_late": ("已截止", "too late"),
    "session_over": ("场次已结束", "the session is over"),
    "closed": ("已提前关闭", "closed by the organizer"),
    "not_begun": ("场次尚未开始", "the session has not begun"),
    "project_over": ("项目已结束", "the project is over"),
    "project_cancelled": ("项目已取消", "the project is cancelled"),
    "waiting": ("正在候补", "on the waiting list"),
    "another_session": ("此时应在另一场次", "expected at another session now"),
    "unknown": ("名单中没有此人", "not on the roster"),
    "near": ("在会场附近", "near the venue"),
    "far": ("远离会场", "far from the venue"),
    "missing": ("没有收到定位", "no location was sent"),
    "too_vague": ("定位误差太大", "the location is too vague"),
    "future": ("拍摄时间在将来", "the time of the photo is still to come"),
    "before_scan": ("在扫码之前拍摄", "taken before the scan"),
    "after_window": ("在截止之后拍摄", "taken after the window"),
    "after_ticket": ("在凭证失效之后拍摄", "taken after the ticket's end"),
    "held": ("等待管理员核实", "an admin must check it"),
    "active": ("已建档", "on file"),
    "never": ("尚未建档", "not enrolled yet"),
    "of_another": ("此人没有人脸档案", "this person has no face on file"),
    "face_not_offered": ("未启用人脸识别", "face recognition is not used here"),
    "guardian_consent_required": ("未满十四周岁", "under fourteen"),
    "time_over": ("已过有效期", "its time is over"),
    "used_up": ("次数已用完", "its tries are used up"),
    "entry": ("记录尚未签名", "the entry is not signed yet"),
    "empty": ("尚无记录", "there is no entry yet"),
    "return_list": ("名单在审核", "the list is in review"),
    "reopen": ("已结算", "it is settled"),
    "correct": ("已结束", "it has ended"),
    "copy": ("已取消", "it is cancelled"),
    "edit": ("尚未批准", "it is not approved"),
}
"""By the fact `why`."""

REFUSALS: dict[str, Vocabulary] = {
    "RefusalReason": REFUSAL_REASONS,
    "WayOut": {
        "return_list": ("请审核单位退回名单", "the reviewing unit returns the list"),
        "reopen": ("请审核单位重新打开项目", "the reviewing unit reopens the project"),
        "correct": ("更正考勤", "correct the attendance"),
        "copy": ("复制为新项目", "copy it into a new project"),
        "edit": ("直接修改项目资料", "edit the project directly"),
    },
    "CheckInWay": {
        "enrol_face": ("先完成人脸建档", "enrol a face first"),
        "staff": ("请现场工作人员签到", "the staff check you in"),
    },
    "Need": {
        "check_out": ("须签退", "check-out"),
        "counts_false": ("设为不计考勤", "not to count"),
    },
}
