"""Why somebody is not checked in."""

from service.wording.problems.kinds import ProblemKind

ATTENDANCE: dict[str, ProblemKind] = {
    "qr_invalid": ProblemKind(
        422,
        "无法识别的考勤二维码",
        "This is not a venue code",
        "请扫描会场屏幕上的二维码。",
        "Scan the code on the venue screen.",
    ),
    "qr_expired": ProblemKind(
        410,
        "二维码已过期",
        "The venue code has expired",
        "请重新扫描屏幕上的最新二维码。",
        "Scan the newest code on the screen.",
    ),
    "scan_not_yours": ProblemKind(
        403,
        "这次扫码已被他人使用",
        "Somebody else has used this scan",
        "一次扫码只归第一个使用它的人。请用自己的手机对准会场屏幕扫码；无法扫码的，请现场工作人员核对身份后人工签到。",
        "A scan belongs to the first person who uses it. Scan the screen with your own phone, or ask the staff.",
    ),
    "qr_not_yet": ProblemKind(
        409,
        "二维码即将生效",
        "The venue code will be valid in a moment",
        "请在几秒后重试，不必重新扫描。",
        "Try again in a few seconds. There is no need to scan again.",
    ),
    "not_on_roster": ProblemKind(
        403,
        "您不在本项目学员名单中",
        "You are not on the roster",
        "请联系主办方核对名单。",
        "Ask the organizer to check the roster.",
    ),
    "person_not_on_roster": ProblemKind(
        422,
        "名单中没有这个继教编号",
        "This number is not on the roster",
        "请核对编号，或先把此人加入名单。",
        "Check the number, or add the person to the roster first.",
    ),
    "own_attendance": ProblemKind(
        403,
        "不能为本人办理考勤或考试",
        "You can't decide on your own attendance or exam",
        "请由本项目的其他工作人员、本单位管理员或最终审核单位把您加入名单；签到请用本人人脸。能查看考题答案的人不能参加该考试。",
        "Ask another of the staff, the admin of the unit, or the reviewing unit to put you on the roster, and check in"
        " by your own face. Whoever may read the answers to an exam can't sit it.",
    ),
    "outside_geofence": ProblemKind(
        403,
        "您不在会场范围内",
        "You are not at the venue",
        "请打开定位并在会场内重试，或请工作人员协助。",
        "Turn on location and try again inside the venue, or ask the staff.",
    ),
    "location_needed": ProblemKind(
        403,
        "本场次需要定位，但没有收到手机定位",
        "This session asks where you are, and your phone sent no location",
        "请打开手机定位并允许本应用使用，然后重试；无法定位的，请现场工作人员核对身份后人工签到。",
        "Turn location on, allow it for this app, and try again. If that is impossible, the staff can check you in.",
    ),
    "session_not_open": ProblemKind(
        409,
        "当前不在考勤时间内",
        "The session is not open for check-in or check-out now",
        "请在规定的签到或签退时间内操作。",
        "Try again within the time for check-in or check-out.",
    ),
    "session_cancelled": ProblemKind(
        409,
        "本场次已停办",
        "The session is cancelled",
        "本场次不计考勤，无需签到。",
        "Nobody needs to check in here, and it counts for nobody.",
    ),
    "ticket_invalid": ProblemKind(
        422, "签到凭证无效", "The ticket is not valid", "请重新扫码。", "Scan the venue code again."
    ),
    "ticket_expired": ProblemKind(
        410,
        "签到凭证已过期",
        "The ticket has expired",
        "请重新扫码获取新的凭证。",
        "Scan the venue code again for a new one.",
    ),
    "ticket_not_yours": ProblemKind(
        403,
        "该签到凭证不属于您",
        "The ticket is not yours",
        "请用自己的账号和手机扫码。",
        "Scan with your own account and phone.",
    ),
    "face_in_question": ProblemKind(
        409,
        "请先确认人脸档案是否为您本人",
        "First say whether the enrolled face is yours",
        "密码重置后需在“人脸建档”中确认；也可以请工作人员协助签到。",
        "Your password was reset: answer the question about your face, or ask the staff to check you in.",
    ),
    "face_mismatch": ProblemKind(
        403,
        "人脸与建档照片不符",
        "The face does not match",
        "请正对镜头、光线充足后重试；多次不成功请找工作人员。",
        "Look straight into the camera in good light and try again. If it fails several times, ask the staff.",
    ),
    "request_invalid": ProblemKind(
        422,
        "填写的时间还没有到",
        "The time is still to come",
        "请填写实际到场或离场的时间，或留空。",
        "Give the time at which you came or left, or leave it out.",
    ),
    "request_open": ProblemKind(
        409,
        "您在本项目的待处理申请过多",
        "You have too many open requests at this project",
        "请等主办方处理后再提交，或直接联系主办方。",
        "Wait until the organizer has decided, or ask them directly.",
    ),
}
