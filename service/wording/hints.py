"""What to do next, in answers that are no refusals: Chinese and English."""

NEXT_ROUND = (
    "该项目已结算：请重新打开项目并再次确认，新合格的人员会列入下一轮名单。",
    "The project is settled: reopen it and confirm again; who newly passes is offered in the next round.",
)

PHOTO_NOT_KEPT = (
    "人脸已建档，但这张照片无法转换，未保存。更换识别模型时，可能需要您重新拍照。",
    "Your face is enrolled, but this photo can't be converted and is not kept. You may have to take new photos when the"
    " recognition model changes.",
)
