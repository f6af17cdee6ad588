"""What to do next, in answers that are no refusals: Chinese and English."""

NEXT_ROUND = (
    "该项目已结算：请重新打开项目并再次确认，新合格的人员会列入下一轮名单。",
    "The project is settled: reopen it and confirm again; who newly passes is offered in the next round.",
)

HELD_AFTER_WITHDRAWAL = (
    "您的上一份人脸档案已按您的要求删除，新的建档须由所在单位管理员核实后生效；在此之前可请工作人员协助签到。",
    "Your last face was deleted at your request, so an admin of your unit must check the new one before you can use it."
    " Until then the staff can check you in.",
)

HELD_AS_DUPLICATE = (
    "该人脸可能已在另一账号建档，须由所在单位管理员核实后生效；在此之前可请工作人员协助签到。",
    "The face may be on another account, so an admin of your unit must check it before you can use it. Until then the"
    " staff can check you in.",
)

IS_IT_YOUR_FACE = (
    "密码重置前，本账号已有人脸档案。请确认是否为您本人建档；如选择“不是”，该档案将被删除并交管理员核实。",
    "A face was on file before your password was reset. Did you enrol it? If you say no, it is deleted, and an admin"
    " will look.",
)

PHOTO_NOT_KEPT = (
    "人脸已建档，但这张照片无法转换，未保存。更换识别模型时，可能需要您重新拍照。",
    "Your face is enrolled, but this photo can't be converted and is not kept. You may have to take new photos when the"
    " recognition model changes.",
)

WAITING = {
    "enrolled_after_withdrawal": HELD_AFTER_WITHDRAWAL,
    "two_people": (
        "一天内多次提交了不像同一个人的照片，须由管理员处理后才能建档；登录和不使用人脸的签到方式不受影响。",
        "You sent photos of two people several times in one day. An admin of your unit must decide before you enrol."
        " You can still sign in, and check in without a face.",
    ),
}
"""By the kind of the case; the other kinds are those of a likely duplicate."""
