"""The words of notices about a person's profile, face and sign-in: see `service/wording/notices.py`."""

from models.notices import NoticeTopic as Topic

ABOUT_PEOPLE: dict[Topic, tuple[tuple[str, str], tuple[str, str]]] = {
    Topic.PROFILE_REQUESTED: (
        ("资料更正申请", "A request to correct a profile"),
        (
            "{by}申请更正个人资料中的“{field}”，请审核。",
            "{by} asks to correct “{field}” of their profile. Please decide.",
        ),
    ),
    Topic.PROFILE_DECIDED: (
        ("资料更正结果", "Your profile"),
        (
            "您更正“{field}”的申请：{decision}。{because}",
            "Your request to correct “{field}”: {decision}. {because}",
        ),
    ),
    Topic.FACE_ENROLLED: (
        ("人脸建档", "A face was enrolled"),
        (
            "您的账号提交了人脸建档。如非本人操作，请立即联系所在单位管理员。",
            "A face was enrolled on your account. If that was not you, tell your unit's admin at once.",
        ),
    ),
    Topic.FACE_WITHDRAWN: (
        ("人脸档案已删除", "The face was deleted"),
        (
            "您账号的人脸档案已删除。如非本人操作，请立即联系所在单位管理员。",
            "The face on your account was deleted. If that was not you, tell your unit's admin at once.",
        ),
    ),
    Topic.FACE_QUESTION: (
        ("请确认人脸档案", "Is the face yours?"),
        (
            "您的密码或手机号已变更，请在“人脸建档”中确认人脸档案是否为您本人。",
            "Your password or phone was changed: say on the page of your face whether the face on file is yours.",
        ),
    ),
    Topic.FACE_DECIDED: (
        ("人脸核实结果", "What was decided about your face"),
        ("{face_decision}{because}", "{face_decision} {because}"),
    ),
    Topic.NEW_DEVICE: (
        ("新设备登录", "A sign-in on a new device"),
        (
            "您的账号在新设备上登录。如非本人操作，请立即修改密码并联系所在单位管理员。",
            "Somebody signed in to your account on a new device. If that was not you, change your password and tell "
            "your unit's admin.",
        ),
    ),
    Topic.PASSWORD_SLIP: (
        ("一次性密码条", "A one-time slip"),
        (
            "管理员为您的账号开具了一次性密码条。如非本人要求，请立即联系所在单位管理员。",
            "An admin made a one-time slip for your account. If you did not ask for it, tell your unit's admin.",
        ),
    ),
    Topic.PHONE_CHANGED: (
        ("手机号已更换", "Your phone was changed"),
        (
            "您账号的手机号已更换。如非本人操作，请立即联系所在单位管理员。",
            "The phone of your account was changed. If that was not you, tell your unit's admin at once.",
        ),
    ),
    Topic.SECOND_FACTOR_SET: (
        ("动态口令已启用", "A second factor was set up"),
        (
            "您的账号已启用动态口令。如非本人操作，请立即联系所在单位管理员。",
            "A second factor was set up on your account. If that was not you, tell your unit's admin at once.",
        ),
    ),
    Topic.SECOND_FACTOR_REMOVED: (
        ("动态口令已停用", "The second factor was removed"),
        (
            "您账号的动态口令已停用。如非本人操作，请立即联系所在单位管理员。",
            "The second factor of your account was removed. If that was not you, tell your unit's admin at once.",
        ),
    ),
}

FACE_DECISIONS = {
    "accepted": ("管理员已核实：您的人脸可用于签到。", "An admin has looked at it: your face can be used to check in."),
    "may_enrol": ("管理员已核实：请重新建档。", "An admin has looked at it: enrol your face again."),
    "still_held": (
        "管理员已核实其中一项：另有一项仍待核实，其间请由工作人员人工签到。",
        "An admin has looked at one matter of your face, and another one still waits: until then ask the staff to "
        "check you in.",
    ),
    "rejected_earlier": (
        "管理员核查后，此前的人脸未通过；您之后建档的人脸不受影响。",
        "An admin has rejected an earlier face. The one that you enrolled later stays as it is.",
    ),
    "rejected": (
        "管理员核实后未通过：人脸不可用，再次建档仍须核实。参加培训时请由工作人员人工签到。",
        "An admin has looked at it and rejected it: your face can't be used, and the next one will be looked at too. "
        "Ask the staff to check you in.",
    ),
    "reset": ("管理员已为您重置人脸：请重新建档。", "Admins have reset your face: enrol it again."),
}
"""What admins decided about a face, and what its owner can do now."""
